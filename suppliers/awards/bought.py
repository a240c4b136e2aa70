"""What each school buys by the awards of a tender, at the prices that hold when all of them buy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.core.money import ZERO, Money
from marketplace.tenders import queries as tenders
from marketplace.tenders.lots.queries import division_of
from suppliers.awards.models import Award
from suppliers.quotes import amounts, opened


def by_award(
    session: Session, tender_id: uuid.UUID, awards: Sequence[Award]
) -> dict[uuid.UUID, Mapping[uuid.UUID, Money]]:
    """By award what each school pays over the whole term, before VAT. An award is of one lot."""
    lots = {lot.id: lot for lot in tenders.schedule(session, tender_id)}
    division = division_of(session, tender_id)
    offers = opened.offers_priced(session, {award.quote_id for award in awards})
    return {
        award.id: amounts.of_lot(
            lot, offers[award.quote_id], amounts.start_reached(division, lot), award.discount
        )
        for award in awards
        for lot in [lots[award.lot_id]]
    }


def by_school(session: Session, tender_id: uuid.UUID, awards: Sequence[Award]) -> dict[uuid.UUID, Money]:
    """What each school pays by all these awards together, over the whole term, before VAT."""
    found: dict[uuid.UUID, Money] = {}
    for due in by_award(session, tender_id, awards).values():
        for school_id, amount in due.items():
            found[school_id] = found.get(school_id, ZERO) + amount
    return found
