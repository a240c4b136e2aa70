"""A school's bank account: given once, and from then on changed by two people after a day."""
