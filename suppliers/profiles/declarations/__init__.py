"""What a supplier declares once: exclusion, connected persons, sub-contractors and conflicts."""
