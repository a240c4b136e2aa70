"""Refunds on leaving: what the Partnership Fund held for a school that left is paid back to it."""
