"""Money received for invoices."""
