"""Questions about what was confirmed with quotes. Load the quote as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor
from suppliers.profiles.declarations.models import Declaration
from suppliers.profiles.declarations.queries import DeclarationView, latest_of, view
from suppliers.quotes.declarations.models import QuoteDeclaration
from suppliers.quotes.models import Quote
from suppliers.quotes.queries import visible_to


@dataclass(frozen=True, slots=True)
class ConfirmedView:
    """What came with a quote: the version confirmed, what was added, and what the supplier declares since.

    `later` is a newer version, made after the quote was submitted; None when there is none.
    """

    standing: DeclarationView
    conflict: str
    sub_contractors: tuple[str, ...]
    confirmed_by: str
    confirmed_at: datetime
    later: DeclarationView | None

    @property
    def points(self) -> tuple[str, ...]:
        """What whoever decides about this supplier should read first, in short; none is good news."""
        said = [f"{one.title} ({one.cited})" for one in self.standing.grounds]
        if self.conflict or self.standing.declared.conflict:
            said.append("A conflict of interest")
        if self.later and self.later.declared.applying - self.standing.declared.applying:
            said.append("A ground declared after the quote was submitted")
        return tuple(said)


def get_quote(session: Session, actor: Actor, quote_id: uuid.UUID) -> Quote:
    """A quote whose declarations the actor may read: their own, or one open to them. Raises NotFound."""
    quote = session.scalars(select(Quote).where(Quote.id == quote_id, visible_to(actor))).one_or_none()
    if quote is None:
        raise NotFound
    return quote


def confirmed_with(session: Session, quotes: Collection[Quote]) -> dict[uuid.UUID, ConfirmedView]:
    """What was confirmed with these quotes, by their ids; nothing for those from before declarations."""
    suppliers = {quote.id: quote.supplier_id for quote in quotes}
    query = (
        select(QuoteDeclaration)
        .where(QuoteDeclaration.quote_id.in_(suppliers))
        .options(
            joinedload(QuoteDeclaration.declaration).joinedload(Declaration.person),
            joinedload(QuoteDeclaration.person),
        )
    )
    newest = latest_of(session, set(suppliers.values()))
    found = {}
    for row in session.scalars(query):
        now = newest.get(suppliers[row.quote_id])
        found[row.quote_id] = ConfirmedView(
            view(row.declaration),
            row.conflict,
            tuple(row.sub_contractors),
            row.person.name,
            row.confirmed_at,
            view(now) if now and now.id != row.declaration_id else None,
        )
    return found
