"""The openers of a published tender: who can still open, and who is taken off by two people."""
