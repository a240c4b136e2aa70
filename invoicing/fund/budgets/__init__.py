"""Budgets: what the board allows the Partnership Fund to spend on each purpose in a year."""
