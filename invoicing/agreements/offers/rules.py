"""What an offer says, and how an agreement begins from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from invoicing.agreements.rules import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    OF_STAFF,
    PERIOD_WORDS,
    Basis,
    Price,
    Schedule,
    Service,
    Supply,
    Terms,
    check_no_certificate,
    check_price,
)
from marketplace.core import moves
from marketplace.core.errors import RuleBroken

LONGEST_CONTACT = 200


class OfferStatus(StrEnum):
    """Whether something is on offer."""

    OFFERED = "offered"
    WITHDRAWN = "withdrawn"


MOVES: Mapping[OfferStatus, frozenset[OfferStatus]] = {
    OfferStatus.OFFERED: frozenset({OfferStatus.WITHDRAWN}),
    OfferStatus.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """What a school offers: what, at which price, and whom to ask. The price counts no pupils yet."""

    service: Service
    title: str
    what: str
    supply: Supply
    price: Price
    schedule: Schedule
    contact: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a school that asks wants: from when to when, and anything else in words."""

    starts_on: date
    ends_on: date
    words: str


def move(present: OfferStatus, wanted: OfferStatus) -> OfferStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_offer(offered: Offered) -> None:
    """Raise RuleBroken, naming the field, for an offer that says too little or makes no sense."""
    for name, text, longest, missing in (
        ("title", offered.title, LONGEST_TITLE, "Say in a few words what is offered."),
        ("what", offered.what, LONGEST_TEXT, "Say what is offered."),
        ("contact", offered.contact, LONGEST_CONTACT, "Say whom to ask."),
    ):
        if not text.strip():
            raise RuleBroken(missing, name)
        if len(text) > longest:
            raise RuleBroken(f"Use {longest:,} characters or fewer.", name)
        check_no_certificate(text, name)
    if offered.service in OF_STAFF and offered.supply is Supply.NO_STAFF:
        raise RuleBroken("Say what kind of staff works in the other school.", "supply")
    check_price(for_pupils(offered.price, 1))


def for_pupils(price: Price, pupils: int) -> Price:
    """The price of an offer for a school of so many pupils; only a rate a pupil counts them."""
    counted = max(pupils, 1) if price.basis is Basis.PER_PUPIL else None
    return Price(price.basis, price.rate, price.unit, counted, price.share)


def price_words(price: Price, schedule: Schedule) -> str:
    """The price of an offer as people read it, before anybody's pupils are counted."""
    if price.basis is Basis.PER_PUPIL:
        return f"{price.rate} a pupil and {PERIOD_WORDS[schedule]}"
    return price.words(schedule)


def asked_terms(offered: Offered, wish: Wish, *, buyer: str, pupils: int) -> Terms:
    """The draft that an offer and a wish make, for the seller to complete: children, notice, reviews."""
    asked = f"\n\n{buyer} asks: {wish.words.strip()}" if wish.words.strip() else ""
    return Terms(
        service=offered.service,
        title=offered.title,
        work=f"{offered.what}{asked}"[:LONGEST_TEXT],
        supply=offered.supply,
        regulated=None,
        price=for_pupils(offered.price, pupils),
        schedule=offered.schedule,
        starts_on=wish.starts_on,
        ends_on=wish.ends_on,
        objectives="To be agreed." if offered.service is Service.TRUST_PARTNERSHIP else "",
        reviews=(wish.ends_on,) if offered.service is Service.TRUST_PARTNERSHIP else (),
    )
