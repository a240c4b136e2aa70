"""Months and years of the books: closed in order by one person, reopened by two."""
