"""The page that shows what a supplier declared with an opened quote."""

from __future__ import annotations

import uuid
from typing import Any

from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.web import page
from suppliers.profiles.debarment.queries import look_ups
from suppliers.profiles.debarment.rules import SECTION
from suppliers.quotes.declarations import queries
from suppliers.quotes.views import quotes

__all__ = ["quotes"]


@quotes.route("/quotes/<uuid:quote_id>/declarations")
def show_declarations(quote_id: uuid.UUID) -> Any:
    """What was declared with a quote: for its supplier always, for the alliance once it is open."""
    session = db.session()
    quote = queries.get_quote(session, web.actor(), quote_id)
    return page(
        "quotes/show_declarations.html",
        quote=quote,
        tender=quote.tender,
        confirmed=queries.confirmed_with(session, [quote]).get(quote_id),
        own=quote.supplier_id in web.actor().supplier_ids,
        look_ups=look_ups(session, web.actor(), quote.supplier_id),
        section=SECTION,
    )
