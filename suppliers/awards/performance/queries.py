"""Questions about reviews: a school's own, the supplier's, and those that member schools may read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MembershipStatus
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.offered import ContractLink
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind
from suppliers.awards.performance import rules
from suppliers.awards.performance.models import PerformanceReview
from suppliers.awards.performance.rules import MEASURES, RATING_COLOURS, RATINGS
from suppliers.profiles.models import Supplier


def parties(actor: Actor) -> ColumnElement[bool]:
    """Contracts with a supplier that this actor may read, or whose supplier they are of."""
    supplied = Contract.supplier_id.in_(actor.supplier_ids)
    return or_(contracts.visible_to(actor) & Contract.supplier_id.is_not(None), supplied)


def get_contract(session: Session, actor: Actor, contract_id: uuid.UUID, *, lock: bool = False) -> Contract:
    """A contract whose reviews this actor may read. Raises NotFound."""
    query = select(Contract).where(Contract.id == contract_id, parties(actor))
    if lock:
        query = query.with_for_update(of=Contract, key_share=True)
    contract = session.scalars(query).one_or_none()
    if contract is None:
        raise NotFound
    return contract


def get_review(
    session: Session, actor: Actor, review_id: uuid.UUID, *, lock: bool = False
) -> PerformanceReview:
    """A review of a contract whose reviews this actor may read. Raises NotFound."""
    query = (
        select(PerformanceReview)
        .join(Contract, Contract.id == PerformanceReview.contract_id)
        .where(PerformanceReview.id == review_id, parties(actor))
    )
    if lock:
        query = query.with_for_update(of=PerformanceReview)
    review = session.scalars(query).one_or_none()
    if review is None:
        raise NotFound
    return review


def reviews_of(session: Session, contract_id: uuid.UUID) -> list[PerformanceReview]:
    """The reviews of a contract, newest first. Load the contract as its reader first."""
    query = (
        select(PerformanceReview)
        .where(PerformanceReview.contract_id == contract_id)
        .order_by(PerformanceReview.recorded_at.desc())
        .options(selectinload(PerformanceReview.ratings))
    )
    return list(session.scalars(query))


def of_supplier(session: Session, actor: Actor, supplier_id: uuid.UUID) -> list[PerformanceReview]:
    """The reviews of a supplier by schools of the reader's alliances that are open to members, newest first.

    The supplier itself reads all of its own. Raises NotFound for a supplier that does not exist.
    """
    if session.get(Supplier, supplier_id) is None:
        raise NotFound
    query = (
        select(PerformanceReview)
        .join(Contract, Contract.id == PerformanceReview.contract_id)
        .where(Contract.supplier_id == supplier_id)
        .order_by(PerformanceReview.recorded_at.desc())
        .options(selectinload(PerformanceReview.ratings), selectinload(PerformanceReview.contract))
    )
    if supplier_id in actor.supplier_ids:
        return list(session.scalars(query))
    if not (actor.alliance_ids or actor.organisations(Kind.SCHOOL)):
        raise NotFound
    members = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.alliance_ids), Membership.status == MembershipStatus.ACTIVE
    )
    of_members = query.where(or_(Contract.school_id.in_(members), Contract.school_id.in_(actor.school_ids)))
    return [
        one
        for one in session.scalars(of_members)
        if one.contract.school_id in actor.school_ids or is_open(one, clock.today())
    ]


def is_open(review: PerformanceReview, today: date) -> bool:
    """May member schools read this review?"""
    recorded_on = review.recorded_at.astimezone(clock.LONDON).date()
    return rules.is_open_to_members(recorded_on, today, replied=review.replied_at is not None)


@dataclass(frozen=True, slots=True)
class RatingView:
    """A measure in words."""

    measure: str
    rating: str
    colour: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as pages show it. `opens_on` is until when it waits for the supplier's reply."""

    id: uuid.UUID
    title: str
    school: str
    covers_from: date
    covers_until: date
    summary: str
    ratings: tuple[RatingView, ...]
    recorded_at: datetime
    reply: str
    replied_at: datetime | None
    waits_until: date | None


def view(review: PerformanceReview) -> ReviewView:
    """A review in words."""
    rated = {one.measure: one for one in review.ratings}
    recorded_on = review.recorded_at.astimezone(clock.LONDON).date()
    return ReviewView(
        review.id,
        review.contract.title,
        review.contract.school.name,
        review.covers_from,
        review.covers_until,
        review.summary,
        tuple(
            RatingView(words, RATINGS[one.rating], RATING_COLOURS[one.rating], one.evidence)
            for measure, words in MEASURES.items()
            if (one := rated.get(measure))
        ),
        review.recorded_at,
        review.reply,
        review.replied_at,
        None if is_open(review, clock.today()) else rules.reply_until(recorded_on),
    )


def views(reviews: Sequence[PerformanceReview]) -> list[ReviewView]:
    """Reviews in words."""
    return [view(one) for one in reviews]


def links_of_contract(session: Session, actor: Actor, contract: Contract) -> list[ContractLink]:  # noqa: ARG001  # a place's signature
    """From a contract's page to the reviews of its supplier."""
    if contract.supplier_id is None:
        return []
    return [
        ContractLink("See how the supplier does", url_for("awards.list_reviews", contract_id=contract.id))
    ]
