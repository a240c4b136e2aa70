"""The bank account of a supplier: changed only by two people, after a day, with notice to the old address."""
