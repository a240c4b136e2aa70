"""Prices that look abnormally low: the supplier is asked, explains, and the panel concludes."""
