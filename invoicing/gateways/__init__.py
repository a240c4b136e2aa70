"""Doors to libraries that speak to the outside: nothing else in Weald imports them."""
