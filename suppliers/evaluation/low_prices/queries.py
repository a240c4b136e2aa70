"""Questions about prices that were asked about, scoped to who asks: the panel's side and the supplier's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.core import clock
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Actor
from marketplace.tenders.models import Tender
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.comparison import Offer
from suppliers.evaluation.low_prices.models import PriceInquiry
from suppliers.evaluation.low_prices.rules import Asked, InquiryStatus, why_not_yet
from suppliers.quotes import queries as quotes
from suppliers.quotes.models import Quote


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Inquiries this actor may read: of their supplier's quotes, and of prices that they may compare."""
    return or_(quotes.own(actor), Quote.tender_id.in_(select(Tender.id).where(evaluation.visible_to(actor))))


def find(session: Session, actor: Actor, quote_id: uuid.UUID) -> PriceInquiry | None:
    """What was asked about the price of a quote; None where nothing was, or the reader may not see it."""
    query = select(PriceInquiry).join(Quote).where(PriceInquiry.quote_id == quote_id, visible_to(actor))
    return session.scalars(query).one_or_none()


def get_own(session: Session, actor: Actor, quote_id: uuid.UUID, *, lock: bool = False) -> PriceInquiry:
    """The inquiry about a quote of the actor's own supplier. Raises NotFound."""
    return _get(session, quote_id, quotes.own(actor), lock=lock)


def get_compared(session: Session, actor: Actor, quote_id: uuid.UUID, *, lock: bool = False) -> PriceInquiry:
    """The inquiry about a quote that the actor may compare. Raises NotFound."""
    may_compare = Quote.tender_id.in_(select(Tender.id).where(evaluation.visible_to(actor)))
    return _get(session, quote_id, may_compare, lock=lock)


def _get(
    session: Session, quote_id: uuid.UUID, condition: ColumnElement[bool], *, lock: bool
) -> PriceInquiry:
    query = select(PriceInquiry).join(Quote).where(PriceInquiry.quote_id == quote_id, condition)
    if lock:
        query = query.with_for_update(of=PriceInquiry)
    inquiry = session.scalars(query).one_or_none()
    if inquiry is None:
        raise NotFound
    return inquiry


def of_tender(session: Session, tender_id: uuid.UUID) -> list[PriceInquiry]:
    """All inquiries of a tender, in the order they were made. Who may see them, ask first."""
    query = (
        select(PriceInquiry)
        .join(Quote)
        .where(Quote.tender_id == tender_id)
        .options(selectinload(PriceInquiry.quote).selectinload(Quote.supplier))
        .order_by(PriceInquiry.asked_at, PriceInquiry.quote_id)
    )
    return list(session.scalars(query))


def to_explain(session: Session, actor: Actor) -> list[PriceInquiry]:
    """What the actor's suppliers are asked to explain, the nearest last day first."""
    query = (
        select(PriceInquiry)
        .join(Quote)
        .where(quotes.own(actor), PriceInquiry.status == InquiryStatus.ASKED)
        .options(selectinload(PriceInquiry.quote).selectinload(Quote.tender))
        .order_by(PriceInquiry.answer_by, PriceInquiry.quote_id)
    )
    return list(session.scalars(query))


def to_conclude(session: Session, alliances: frozenset[uuid.UUID], today: date) -> list[PriceInquiry]:
    """What waits for the panels of these alliances: explained, or the last day has passed."""
    query = (
        select(PriceInquiry)
        .join(Quote)
        .join(Tender, Tender.id == Quote.tender_id)
        .where(
            Tender.alliance_id.in_(alliances),
            or_(
                PriceInquiry.status == InquiryStatus.EXPLAINED,
                (PriceInquiry.status == InquiryStatus.ASKED) & (PriceInquiry.answer_by < today),
            ),
        )
        .options(selectinload(PriceInquiry.quote).selectinload(Quote.supplier))
        .order_by(PriceInquiry.asked_at, PriceInquiry.quote_id)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Held:
    """A quote that would win but for its abnormally low price, and what must happen first."""

    quote_id: uuid.UUID
    supplier: str
    words: str


def held_up(session: Session, tender_id: uuid.UUID, would_win: Iterable[Offer]) -> list[Held]:
    """Which of these quotes hold a recommendation up until the panel has concluded on their price."""
    asked = {one.quote_id: Asked(one.status, one.answer_by) for one in of_tender(session, tender_id)}
    low = {offer.quote_id: offer.supplier for offer in would_win if offer.is_abnormally_low}
    return [
        Held(quote_id, supplier, words)
        for quote_id, supplier in low.items()
        if (words := why_not_yet(supplier, asked.get(quote_id), clock.today()))
    ]


def check_assessed(session: Session, tender_id: uuid.UUID, would_win: Iterable[Offer]) -> None:
    """Raise RuleBroken while a quote that would win has an abnormally low price nobody concluded on."""
    for one in held_up(session, tender_id, would_win):
        raise RuleBroken(one.words)


def asked_about(session: Session, tender_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The quotes of a tender whose price was asked about. Who may see them, ask first."""
    return frozenset(one.quote_id for one in of_tender(session, tender_id))


def accepted_prices(session: Session, tender_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The quotes of a tender whose low price the panel accepted. Who may see them, ask first."""
    return frozenset(
        one.quote_id for one in of_tender(session, tender_id) if one.status is InquiryStatus.ACCEPTED
    )
