"""How an agreement comes about and ends: signed by both heads, extended, ended by notice or by its day."""
