"""Threshold watch: what a tender is worth, with which others it counts, and what the law then asks."""
