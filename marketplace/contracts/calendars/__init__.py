"""Calendar feeds: each person's contracts in their own calendar, by an address that only they know."""
