"""Reminders of notices about contracts: when one begins to be owed, and once more when it is nearly due."""
