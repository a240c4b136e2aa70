"""What is owed and paid: the ledger, agreements, invoices and the Partnership Fund."""
