"""Suppliers' invoices in the books of the schools that owe them."""
