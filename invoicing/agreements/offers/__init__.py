"""What the schools of an alliance offer one another, and asking for it."""
