"""How schools come into an alliance, as what they belong to it, and how they leave."""
