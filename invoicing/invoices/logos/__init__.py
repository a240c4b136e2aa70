"""The picture a school puts on its invoices: on those that are issued from then on, never on earlier ones."""
