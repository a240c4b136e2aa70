"""What a tender costs, and who wins it, by the number of schools that join."""
