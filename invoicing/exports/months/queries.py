"""Questions about the months in which a school issued or received documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.exports import queries
from invoicing.exports.months import rules
from invoicing.exports.months.rules import Pack
from invoicing.exports.rules import Document, Wanted
from marketplace.core import storage
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor


@dataclass(frozen=True, slots=True)
class Month:
    """A month with documents: how many, and what they come to with credit notes taken off."""

    first_day: date
    count: int
    total: Money

    @property
    def name(self) -> str:
        """The month as its address names it: 2026-11."""
        return f"{self.first_day:%Y-%m}"


def months(session: Session, actor: Actor, wanted: Wanted) -> Sequence[Month]:
    """The months with documents of a list, the newest first."""
    found: dict[date, Month] = {}
    for day, count, total in queries.by_day(session, actor, wanted):
        first = day.replace(day=1)
        known = found.get(first, Month(first, 0, ZERO))
        found[first] = replace(known, count=known.count + count, total=known.total + total)
    return sorted(found.values(), key=lambda month: month.first_day, reverse=True)


def pack_of(session: Session, documents: Sequence[Document]) -> Pack:
    """The ZIP of some documents that their reader may read."""
    hashes = [sha for one in documents for sha in (one.document_sha256, one.xml_sha256) if sha]
    sizes: dict[str, int] = {}
    for start in range(0, len(hashes), queries.IN_ONE_QUESTION):
        some = hashes[start : start + queries.IN_ONE_QUESTION]
        query = select(storage.StoredFile).where(storage.StoredFile.sha256.in_(some))
        sizes.update({one.sha256: one.size for one in session.scalars(query) if storage.is_kept(one.sha256)})
    return rules.pack(documents, sizes)
