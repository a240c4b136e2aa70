"""Which combination of lots is best, what else could be awarded, and recommending one lot by lot."""
