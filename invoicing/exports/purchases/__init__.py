"""Suppliers' documents beside those of other schools: what a school bought, for its finance package."""
