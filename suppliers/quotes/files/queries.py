"""Questions about files of quotes. Ask for the quote as its reader first."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import storage
from marketplace.core.errors import NotFound
from suppliers.quotes.files import locks
from suppliers.quotes.files.boxes import bound_to
from suppliers.quotes.files.models import QuotedFile
from suppliers.quotes.models import Quote


def opened_files(session: Session, quote_id: uuid.UUID) -> list[QuotedFile]:
    """The files of a quote whose answers are open, by name; none before."""
    query = select(QuotedFile).where(QuotedFile.quote_id == quote_id)
    return list(session.scalars(query.order_by(QuotedFile.name, QuotedFile.sha256)))


def get_opened_file(session: Session, quote_id: uuid.UUID, sha256: str) -> QuotedFile:
    """One of them. Raises NotFound."""
    file = session.get(QuotedFile, (quote_id, sha256))
    if file is None:
        raise NotFound
    return file


def content(quote: Quote, file: QuotedFile) -> bytes:
    """A file, unlocked. Raises NotFound when it is not whole in the store, BrokenFile when it was changed."""
    locked = storage.read(file.sha256)
    return b"".join(locks.unlock(locked, file.key, bound_to(quote.tender_id, quote.supplier_id)))
