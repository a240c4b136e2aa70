"""Invoices between schools: drafts, numbers, VAT, and the documents that never change."""
