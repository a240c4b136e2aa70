"""Invoices paid online by card or Direct Debit, through the issuer's own account at Stripe."""
