"""How long the links of a change of address work."""

from __future__ import annotations

from datetime import timedelta

CONFIRM_LASTS = timedelta(hours=24)
UNDO_LASTS = timedelta(days=14)
"""Longer than a holiday week, in which nobody reads the old address."""
