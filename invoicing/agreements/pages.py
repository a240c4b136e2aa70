"""All pages of agreements: the blueprint with what each room adds to it, and the ways there from home."""

from __future__ import annotations

from invoicing.agreements.charging import views as charging
from invoicing.agreements.offers import views as offers
from invoicing.agreements.signing import views as signing
from invoicing.agreements.usage import views as usage
from invoicing.agreements.views import SHORTCUTS as OF_AGREEMENTS
from invoicing.agreements.views import agreements

__all__ = ["ROOMS", "SHORTCUTS", "agreements"]
ROOMS = (signing, usage, charging, offers)
"""Modules whose pages stand on the blueprint."""
SHORTCUTS = (*OF_AGREEMENTS, *offers.SHORTCUTS)
