"""What the schools ask for: requirements, what each school says of them, and all of it together."""
