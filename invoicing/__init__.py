"""What is owed and paid: ledger, invoices, Partnership Fund."""
