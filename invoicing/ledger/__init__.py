"""Double-entry transfers: nothing else writes money."""
