"""Interest on invoices that were paid late, for schools that charge it."""
