"""Registers from Excel or CSV: the right rows go in, the others come back with reasons."""
