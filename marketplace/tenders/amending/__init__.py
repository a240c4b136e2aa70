"""What may still change of a published tender, until its deadline."""
