"""What a school needs, by category."""
