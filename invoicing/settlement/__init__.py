"""Netting: once a month, what the schools of an alliance owe one another becomes the fewest payments."""
