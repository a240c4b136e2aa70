"""Statements of a school’s own bank account: read, checked, and matched with what it is owed."""
