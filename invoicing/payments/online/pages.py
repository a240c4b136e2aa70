"""All pages of online payments: the blueprint with what each room adds to it, and the way there from home."""

from __future__ import annotations

from invoicing.payments.online.accounts import views as accounts
from invoicing.payments.online.news import views as news
from invoicing.payments.online.refunds import views as refunds
from invoicing.payments.online.views import SHORTCUTS, online

__all__ = ["ROOMS", "SHORTCUTS", "online"]
ROOMS = (accounts, refunds, news)
"""Modules whose pages stand on the blueprint."""
