"""Supplier organisations."""
