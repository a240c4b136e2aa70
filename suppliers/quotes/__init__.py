"""Quotes: drafts, sealing, receipts, opening."""
