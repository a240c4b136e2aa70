"""Which lot went to whom, and which school pays more than alone: parts of an award as its page shows them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.core.money import Money
from marketplace.core.policy import Actor, Kind
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import bought
from suppliers.awards.models import Award
from suppliers.awards.queries import APPROVERS
from suppliers.awards.waiving.models import AwardStanding
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.by_lot import Results
from suppliers.evaluation.comparison import Offer
from suppliers.evaluation.rules import Saving


@dataclass(frozen=True, slots=True)
class LotAward:
    """A lot and the quote that wins it. `discount` is per cent off for a bundle; nothing is none."""

    lot: str
    supplier: str
    reference: str
    rank: str
    total: Money
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What a school pays more than alone; `reason` is why it accepts that, blank until it does."""

    school_id: uuid.UUID
    school: str
    more: Money
    reason: str
    person: str
    may_accept: bool


def lot_awards(session: Session, tender: Tender, awards: Sequence[Award]) -> tuple[LotAward, ...]:
    """The awards of a tender lot by lot, in the order of the lots."""
    results = evaluation.results_of(session, tender)
    return tuple(
        LotAward(
            f"Lot {lot.number}: {lot.title}",
            award.quote.supplier.name,
            award.quote.reference or "",
            _rank(results, award),
            award.total,
            award.discount,
        )
        for lot in tender.lots
        for award in awards
        if award.lot_id == lot.id
    )


def _rank(results: Results | None, award: Award) -> str:
    offer = results.of(award.lot_id).comparison.offer_of(award.quote_id) if results else None
    return offer.rank if offer else ""


def low_prices(session: Session, tender: Tender, awards: Sequence[Award]) -> tuple[Offer, ...]:
    """The winning quotes whose price must be explained, each once a lot."""
    found = evaluation.comparisons_by_lot(session, tender)
    offers = (found[award.lot_id].offer_of(award.quote_id) for award in awards)
    return tuple(offer for offer in offers if offer is not None and offer.is_abnormally_low)


def school_amounts(
    session: Session, tender: Tender, awards: Sequence[Award]
) -> dict[uuid.UUID, tuple[str, Money, Saving | None]]:
    """By school its name, what it pays by all lots, and what that saves against today where that is known."""
    paid = bought.by_school(session, tender.id, awards)
    today: Mapping[uuid.UUID, Money] = {}
    if tender.contract_starts_on and tender.contract_ends_on:
        today = tenders.baselines_for_term(session, tender)
    return {
        school_id: (
            name,
            paid[school_id],
            Saving(today[school_id], paid[school_id]) if today.get(school_id) else None,
        )
        for school_id, name in tenders.buyers(session, tender.id).items()
        if school_id in paid
    }


def worse_off(actor: Actor, tender: Tender, held: Sequence[AwardStanding]) -> tuple[Standing, ...]:
    """The schools that pay more than alone, for the reader to accept where it is their own."""
    own = actor.organisations(Kind.SCHOOL, *APPROVERS)
    is_open = tender.status is TenderStatus.RECOMMENDED
    return tuple(
        Standing(
            one.school_id,
            one.school.name,
            one.more,
            one.reason,
            one.person.name if one.person else "",
            may_accept=is_open and one.is_waiting and one.school_id in own,
        )
        for one in held
        if one.is_worse_off
    )
