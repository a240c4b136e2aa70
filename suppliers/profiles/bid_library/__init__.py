"""The bid library: answers that a supplier keeps on purpose, to use them again."""
