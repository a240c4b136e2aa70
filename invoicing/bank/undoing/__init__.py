"""Undoing a match that was confirmed by mistake."""
