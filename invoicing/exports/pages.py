"""All pages of what a school takes to its finance package: importing this puts them on the blueprint."""

from __future__ import annotations

from invoicing.exports.layouts import views as layouts
from invoicing.exports.months import views as months
from invoicing.exports.vat126 import views as vat126
from invoicing.exports.views import exports
from marketplace.core.policy import Actor, Kind, Role
from marketplace.core.web import NavigationItem

__all__ = ["ROOMS", "SHORTCUTS", "exports"]
ROOMS = (layouts, months, vat126)
"""Modules whose pages stand on the blueprint."""


def _keeps_books(actor: Actor) -> bool:
    return bool(actor.organisations(Kind.SCHOOL, Role.FINANCE_LEAD, Role.BURSAR))


SHORTCUTS = (NavigationItem("For your finance package", "exports.list_documents", _keeps_books),)
