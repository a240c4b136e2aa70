"""Personal tokens: by which a program does for a person what that person lets it, until a day."""
