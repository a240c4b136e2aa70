"""Polite reminders of invoices that are due, and interest on those that stay unpaid."""
