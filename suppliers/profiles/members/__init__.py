"""The people of a supplier: who administers it, who quotes, and how somebody leaves."""
