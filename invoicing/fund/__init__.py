"""The Partnership Fund: contributions that governing bodies confirmed, claims, and statements."""
