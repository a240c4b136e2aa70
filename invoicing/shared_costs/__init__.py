"""Costs that one school pays for several, and how they are split among them."""
