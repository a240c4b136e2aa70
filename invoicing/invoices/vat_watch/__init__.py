"""The watch over what a school that is not registered for VAT invoices: above a limit it must register."""
