"""Alliances, their schools, and the people who act for them."""
