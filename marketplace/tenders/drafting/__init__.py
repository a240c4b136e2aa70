"""Filling in a draft joint tender: what, who buys, lots, criteria, people, dates, documents."""
