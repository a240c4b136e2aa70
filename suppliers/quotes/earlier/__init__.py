"""Earlier answers of a supplier, used again: those in its library, and those of its opened quotes."""
