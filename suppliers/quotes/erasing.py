"""Drafts of quotes that were never submitted are deleted once their tender has been closed for long."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select

from marketplace.alliance.privacy.erasing import Rows
from marketplace.tenders.models import Tender
from suppliers.quotes.declarations.models import QuoteDeclaration
from suppliers.quotes.files.models import AttachedFile, QuotedFile
from suppliers.quotes.models import Quote, SealedBody
from suppliers.quotes.rules import QuoteStatus


def _never_sent(before: datetime) -> ColumnElement[bool]:
    closed = select(Tender.id).where(Tender.closes_at < before)
    return and_(Quote.status == QuoteStatus.DRAFT, Quote.tender_id.in_(closed))


DRAFTS = Rows(
    Quote.id,
    _never_sent,
    (SealedBody.quote_id, AttachedFile.quote_id, QuotedFile.quote_id, QuoteDeclaration.quote_id),
)
