"""Doors to libraries that need more than a moment to load: nothing else among the suppliers imports them."""
