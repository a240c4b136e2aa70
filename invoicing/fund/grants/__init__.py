"""Grants: money that somebody outside the alliance gives to its Partnership Fund for a purpose."""
