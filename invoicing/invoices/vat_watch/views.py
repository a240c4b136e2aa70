"""The page that shows how near a school is to having to register for VAT."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from invoicing.invoices.vat_watch import queries
from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.web import page

vat_watch = Blueprint("vat_watch", __name__, url_prefix="/invoices/vat-registration")


@vat_watch.get("")
def show_watch() -> Any:
    """What the reader's schools invoiced, month by month, beside the limit of the law."""
    return page("vat_watch/show_watch.html", schools=queries.watched_schools(db.session(), web.actor()))
