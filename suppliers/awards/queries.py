"""Questions about awards, scoped to the people of an alliance who have no conflict of interest."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.models import Organisation, Person
from marketplace.alliance.queries import people_with_role
from marketplace.core.listing import Sorting
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Kind, Role
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import STATUS_COLOURS, STATUS_LABELS, Seat, TenderStatus
from suppliers.awards import bought, rules
from suppliers.awards.models import Award, AwardApproval
from suppliers.awards.rules import AwardStatus, Duties
from suppliers.evaluation.queries import in_order, visible_to, with_words
from suppliers.quotes.models import Quote

APPROVERS = (Role.HEADTEACHER, Role.GOVERNOR)


def live_awards(session: Session, tender_id: uuid.UUID) -> list[Award]:
    """The awards of a tender that were not sent back, one a lot, with their approvals."""
    query = (
        select(Award)
        .where(Award.tender_id == tender_id, Award.status != AwardStatus.REJECTED)
        .order_by(Award.id)
        .options(selectinload(Award.approvals))
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def winning_quotes(awards: Sequence[Award]) -> list[uuid.UUID]:
    """The quotes that win something, each once, in the order of the lots."""
    return list(dict.fromkeys(award.quote_id for award in awards))


def duties(tender: Tender, award: Award) -> Duties:
    """Who has had a hand in an award already."""
    return Duties(
        recommended_by=award.recommended_by,
        evaluators=frozenset(seat.person_id for seat in tender.panel if seat.seat is Seat.EVALUATOR),
        approved_by=frozenset(one.person_id for one in award.approvals),
        approved_for=frozenset(one.school_id for one in award.approvals),
    )


def approving_schools(session: Session, tender: Tender) -> frozenset[uuid.UUID]:
    """The schools whose people approve an award of this tender."""
    return rules.approving_schools(
        tenders.buyers(session, tender.id), tenders.member_ids(session, tender.alliance_id)
    )


def schools_approved_for(session: Session, actor: Actor, tender: Tender) -> frozenset[uuid.UUID]:
    """The schools of this actor among those that approve; empty for everybody else."""
    held = actor.organisations(Kind.SCHOOL, *APPROVERS)
    return held & approving_schools(session, tender)


def approvers(session: Session, tender: Tender) -> list[Person]:
    """The people who can approve an award of this tender: evaluators cannot."""
    scored = {seat.person_id for seat in tender.panel if seat.seat is Seat.EVALUATOR}
    people = people_with_role(session, approving_schools(session, tender), *APPROVERS)
    return [person for person in people if person.id not in scored]


@dataclass(frozen=True, slots=True)
class ContractDue:
    """A contract that a school gets from an award: `amount` over the whole term, before VAT."""

    school_id: uuid.UUID
    award_id: uuid.UUID
    title: str
    amount: Money


def contracts_due(session: Session, tender: Tender, awards: Sequence[Award]) -> list[ContractDue]:
    """A contract for each of these awards and each school that buys something of its lot."""
    titles = {lot.id: lot.title for lot in tenders.schedule(session, tender.id)}
    lots = {award.id: award.lot_id for award in awards}
    return [
        ContractDue(
            school_id,
            award_id,
            tender.title if len(titles) == 1 else f"{tender.title}: {titles[lots[award_id]]}",
            amount,
        )
        for award_id, due in bought.by_award(session, tender.id, awards).items()
        for school_id, amount in due.items()
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """A tender with an award, as a line of the list. `total` is before VAT over the whole term."""

    tender_id: uuid.UUID
    reference: str
    title: str
    supplier: str
    total: Money
    status_label: str
    status_colour: str
    recommended_at: datetime


ORDERS = ("recommended", "title")
LATEST_FIRST = Sorting("recommended", descending=True)


def awarded_tenders(actor: Actor, search: str = "", order: Sorting = LATEST_FIRST) -> Select[Tender]:
    """Tenders with a recommended or decided award that this actor may read, by words, sorted by ORDERS."""
    recommended = (
        select(Award.tender_id, func.max(Award.recommended_at).label("at"))
        .where(Award.status != AwardStatus.REJECTED)
        .group_by(Award.tender_id)
        .subquery()
    )
    query = select(Tender).join(recommended, recommended.c.tender_id == Tender.id).where(visible_to(actor))
    orders: dict[str, ColumnElement[Any]] = {
        "recommended": recommended.c.at,
        "title": func.lower(Tender.title),
    }
    return in_order(with_words(query, search), orders, order)


def count(session: Session, query: Select[Tender]) -> int:
    """How many tenders a query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def listed(session: Session, found: Sequence[Tender]) -> list[Listed]:
    """These tenders as lines of the list; each of them was found by `awarded_tenders`."""
    query = (
        select(Award)
        .where(Award.tender_id.in_([one.id for one in found]), Award.status != AwardStatus.REJECTED)
        .options(selectinload(Award.quote).selectinload(Quote.supplier))
    )
    by_tender: dict[uuid.UUID, list[Award]] = {}
    for award in session.scalars(query):
        by_tender.setdefault(award.tender_id, []).append(award)
    return [
        Listed(
            tender.id,
            tender.reference,
            tender.title,
            awards[0].quote.supplier.name,
            Money.total(award.total for award in awards),
            STATUS_LABELS[tender.status],
            STATUS_COLOURS.get(tender.status, "blue"),
            awards[0].recommended_at,
        )
        for tender in found
        if (awards := by_tender.get(tender.id))
    ]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved, for which school, when; `minute` of the governing body, where one was needed."""

    person: str
    school: str
    at: datetime
    minute: str = ""


@dataclass(frozen=True, slots=True)
class SentBack:
    """A recommendation that was sent back, and why."""

    supplier: str
    reason: str
    at: datetime | None


def approvals(session: Session, award: Award) -> list[Approval]:
    """The approvals of an award, in their order."""
    query = (
        select(Person.name, Organisation.name, AwardApproval.approved_at, Confirmation.minute_reference)
        .join(Person, Person.id == AwardApproval.person_id)
        .join(Organisation, Organisation.id == AwardApproval.school_id)
        .outerjoin(Confirmation, Confirmation.id == AwardApproval.confirmation_id)
        .where(AwardApproval.award_id == award.id)
        .order_by(AwardApproval.approved_at, Person.name)
    )
    return [Approval(*row[:3], row[3] or "") for row in session.execute(query)]


def sent_back(session: Session, tender_id: uuid.UUID) -> list[SentBack]:
    """The recommendations of a tender that were sent back, the latest first, each once."""
    query = (
        select(Award)
        .where(Award.tender_id == tender_id, Award.status == AwardStatus.REJECTED)
        .order_by(Award.decided_at.desc(), Award.id)
        .options(selectinload(Award.quote).selectinload(Quote.supplier))
    )
    found = [
        SentBack(award.quote.supplier.name, award.rejection_reason, award.decided_at)
        for award in session.scalars(query)
    ]
    return list(dict.fromkeys(found))


def waiting_tenders(session: Session, actor: Actor, *statuses: TenderStatus) -> list[Tender]:
    """Tenders in one of these statuses that the actor may read, the earliest deadline first."""
    query = select(Tender).where(Tender.status.in_(statuses), visible_to(actor)).order_by(Tender.closes_at)
    return list(session.scalars(query))
