"""What people send about online payments."""

from __future__ import annotations

from marketplace.core.forms import NewThingForm


class StartForm(NewThingForm):
    """Sets out to pay an invoice online."""
