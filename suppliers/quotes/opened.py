"""What opened price envelopes held: written as rows when two people open them, and read as offers again.

Ask first whether the reader may see the quotes.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.core.db import Base
from marketplace.tenders.lots.division import FROM_THE_FIRST
from suppliers.quotes.files.models import QuotedFile
from suppliers.quotes.models import Quote, QuotedAnswer, QuotedDiscount, QuotedLot, QuotedPrice
from suppliers.quotes.offers import Offer


def rows(quote_id: uuid.UUID, offer: Offer) -> Iterator[Base]:
    """The rows that say what an envelope held."""
    for line_id, price in offer.prices.items():
        yield QuotedPrice(quote_id=quote_id, line_id=line_id, unit_price=price)
    for (line_id, start), price in offer.tier_prices.items():
        yield QuotedPrice(quote_id=quote_id, line_id=line_id, starts_at=start, unit_price=price)
    for lot_id in offer.lots:
        yield QuotedLot(quote_id=quote_id, lot_id=lot_id)
    for bundle_id, percent in offer.discounts.items():
        yield QuotedDiscount(quote_id=quote_id, bundle_id=bundle_id, percent=percent)
    for criterion_id, text in offer.answers.items():
        yield QuotedAnswer(quote_id=quote_id, criterion_id=criterion_id, answer=text)


def offer_of(session: Session, quote_id: uuid.UUID) -> Offer:
    """The prices and answers of a quote whose envelopes are open; nothing for one that is sealed."""
    answers = session.execute(
        select(QuotedAnswer.criterion_id, QuotedAnswer.answer).where(QuotedAnswer.quote_id == quote_id)
    )
    priced = _priced(session, Quote.id == quote_id).get(quote_id, Offer())
    return Offer(priced.prices, dict(answers.all()), priced.tier_prices, priced.discounts, priced.lots)


def priced_offers(session: Session, tender_id: uuid.UUID) -> dict[uuid.UUID, Offer]:
    """What each quote asks, without its answers; nothing before the price envelope is open."""
    return _priced(session, Quote.tender_id == tender_id)


def offers_priced(session: Session, quote_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Offer]:
    """What these quotes ask, without their answers."""
    return _priced(session, Quote.id.in_(quote_ids))


def _priced(session: Session, wanted: ColumnElement[bool]) -> dict[uuid.UUID, Offer]:
    """Offers without answers by quote, in three questions however many there are."""
    found: dict[uuid.UUID, dict[str, Any]] = {}

    def held(quote_id: uuid.UUID) -> dict[str, Any]:
        return found.setdefault(
            quote_id, {"prices": {}, "tier_prices": {}, "discounts": {}, "lots": frozenset()}
        )

    prices = select(QuotedPrice).join(Quote, Quote.id == QuotedPrice.quote_id).where(wanted)
    for row in session.scalars(prices):
        if row.starts_at == FROM_THE_FIRST:
            held(row.quote_id)["prices"][row.line_id] = row.unit_price
        else:
            held(row.quote_id)["tier_prices"][row.line_id, row.starts_at] = row.unit_price
    lots = select(QuotedLot.quote_id, QuotedLot.lot_id).join(Quote, Quote.id == QuotedLot.quote_id)
    for quote_id, lot_id in session.execute(lots.where(wanted)):
        held(quote_id)["lots"] |= {lot_id}
    discounts = select(QuotedDiscount).join(Quote, Quote.id == QuotedDiscount.quote_id).where(wanted)
    for one in session.scalars(discounts):
        held(one.quote_id)["discounts"][one.bundle_id] = one.percent
    return {quote_id: Offer(**one) for quote_id, one in found.items()}


def file_rows(quote_id: uuid.UUID, offer: Offer, keys: Mapping[str, bytes]) -> list[QuotedFile]:
    """The files of a quote whose answers are open, each with the key that unlocks it."""
    return [
        QuotedFile(
            quote_id=quote_id,
            sha256=file.sha256,
            name=file.name,
            size=file.size,
            media_type=file.media_type,
            key=keys[file.sha256],
        )
        for file in offer.files
        if file.sha256 in keys
    ]
