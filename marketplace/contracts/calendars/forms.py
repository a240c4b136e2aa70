"""The form that makes an address."""

from __future__ import annotations

from marketplace.core.forms import NewThingForm


class MakeFeedForm(NewThingForm):
    """Asks for a new address; there is nothing to fill in."""
