"""Suppliers quote, and two people from two schools open what they sent."""

from __future__ import annotations

import io
from decimal import Decimal

from demonstration.cast import Bidder
from demonstration.openers import PASSPHRASE
from demonstration.path import Walk
from demonstration.reach import Bid
from marketplace.core.db import db
from marketplace.tenders.criteria.tree import judged
from suppliers.quotes import actions, queries
from suppliers.quotes.declarations.rules import Confirmed
from suppliers.quotes.files import actions as files
from suppliers.quotes.offers import Offer
from suppliers.quotes.rules import Envelope

HOW_WE_WORK = """How we work

One person answers for each school, and comes when called within a day.
Everybody we send has an enhanced check, and is named to the school a week before.
What went wrong is written down with what we changed, and goes to the school at the end of each term.
"""


def submit_all(walk: Walk) -> None:
    """Every supplier of the purchase submits its quote, days apart."""
    for place, (key, bid) in enumerate(walk.purchase.bids.items()):
        with walk.on(3 + 2 * place, hour=9 + place, minute=11 * (place + 1)):
            _submit(walk, walk.cast.suppliers[key], bid, with_file=place == 0)


def begin_all(walk: Walk) -> None:
    """Some suppliers have begun a quote: prices, no answers yet."""
    with walk.on(2):
        for key, prices in walk.purchase.begun.items():
            supplier = walk.cast.suppliers[key]
            offer = _offer(walk, Bid(prices, (), ()))
            actions.save_draft(supplier.actor, walk.tender_id, supplier.id, 0, offer)


def start_opening(walk: Walk, envelope: Envelope, offset: int) -> None:
    """The first opener starts."""
    with walk.on(offset, hour=14):
        actions.start_opening(walk.schools[0].bursar, walk.tender_id, envelope, PASSPHRASE)


def complete_opening(walk: Walk, envelope: Envelope, offset: int) -> None:
    """Both openers open an envelope, five minutes apart."""
    start_opening(walk, envelope, offset)
    with walk.on(offset, hour=14, minute=5):
        actions.complete_opening(walk.schools[1].bursar, walk.tender_id, envelope, PASSPHRASE)


def end_without_any(walk: Walk) -> None:
    """No supplier quoted, so the coordinator ends the tender."""
    with walk.on(33):
        actions.end_without_quotes(walk.cast.coordinator, walk.tender_id)


def _submit(walk: Walk, supplier: Bidder, bid: Bid, *, with_file: bool) -> None:
    actions.save_draft(supplier.actor, walk.tender_id, supplier.id, 0, _offer(walk, bid))
    if with_file and bid.answers:
        files.attach_file(
            supplier.actor, walk.tender_id, supplier.id, "How we work.txt", io.BytesIO(HOW_WE_WORK.encode())
        )
    session = db.session()
    session.rollback()
    draft = queries.draft_of(session, walk.tender_id, supplier.id)
    if draft is None:
        raise LookupError(f"{supplier.name} has no draft.")
    actions.submit_quote(supplier.actor, draft.id, draft.version, Confirmed())


def _offer(walk: Walk, bid: Bid) -> Offer:
    """The bid's prices and answers by the ids of lines and questions, in their order."""
    tender = walk.tender()
    lines = [line.id for lot in tender.lots for line in lot.lines]
    priced = {line: Decimal(price) for line, price in zip(lines, bid.prices, strict=False) if price}
    questions = [placed.criterion.id for placed in judged(tender.criteria)]
    asked = queries.schedule_of(db.session(), tender)
    tiers = [
        ((line, start), Decimal(price))
        for line, prices in zip(lines, bid.lower, strict=False)
        for start, price in zip(walk.purchase.tiers, prices, strict=True)
    ]
    return Offer(
        prices=priced,
        answers=dict(zip(questions, bid.answers, strict=False)),
        tier_prices=dict(tiers),
        discounts={one.id: Decimal(bid.discount) for one in asked.division.bundles if bid.discount},
        lots=frozenset(
            lot.id
            for lot in tender.lots
            if asked.division.apart and any(line.id in priced for line in lot.lines)
        ),
    )
