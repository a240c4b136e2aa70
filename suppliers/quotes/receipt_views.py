"""The receipt of a quote, to take away."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from marketplace.core import web
from marketplace.core.db import db
from suppliers.quotes import queries, receipts
from suppliers.quotes.files.views import quotes
from suppliers.quotes.receipts import Receipt

__all__ = ["quotes"]


@quotes.route("/quotes/<uuid:quote_id>/receipt.pdf")
def download_receipt(quote_id: uuid.UUID) -> Any:
    """The receipt as a document."""
    receipt = _receipt(quote_id)
    return _as_file(receipts.as_pdf(receipt), "application/pdf", f"{receipt.reference} receipt.pdf")


@quotes.route("/quotes/<uuid:quote_id>/receipt.json")
def download_receipt_file(quote_id: uuid.UUID) -> Any:
    """The receipt as a file that a program can check."""
    receipt = _receipt(quote_id)
    return _as_file(receipts.as_file(receipt), receipts.MEDIA_TYPE, f"{receipt.reference} receipt.json")


def _receipt(quote_id: uuid.UUID) -> Receipt:
    session = db.session()
    return receipts.receipt_of(session, queries.get_own_quote(session, web.actor(), quote_id))


def _as_file(content: bytes, media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
