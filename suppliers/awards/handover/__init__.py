"""What a school gets with its contract: everything it needs on the first day, in one file."""
