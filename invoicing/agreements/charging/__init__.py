"""What agreements charge, each thing once, and the draft invoices that follow."""
