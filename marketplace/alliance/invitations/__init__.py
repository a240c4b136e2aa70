"""Invitations: who was added and has not chosen a password yet, sent again or withdrawn."""
