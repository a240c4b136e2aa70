"""Questions about joint tenders, scoped to who asks.

People of an alliance and of its schools see its tenders whole. Everybody else sees what was
published, and of that the public part: pages for them show an `Opportunity`, never the tender.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role
from marketplace.core.web import Task
from marketplace.needs.thresholds import Regime
from marketplace.tenders import rules
from marketplace.tenders.models import (
    Commitment,
    LineVolume,
    Lot,
    PanelSeat,
    PriceLine,
    Tender,
    TenderDocument,
)
from marketplace.tenders.readers import acts_everywhere, theirs
from marketplace.tenders.rules import CommitmentStatus, Seat, TenderStatus
from marketplace.tenders.timetable import over_whole_term
from marketplace.tenders.watch.queries import watch


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Tenders this actor may read: all of their alliances', and what was published of any other."""
    if acts_everywhere(actor):
        return true()
    return or_(theirs(actor), Tender.published_at.is_not(None))


def of_the_alliances_of(actor: Actor) -> ColumnElement[bool]:
    """Tenders this actor may read whole, drafts and people included."""
    return true() if acts_everywhere(actor) else theirs(actor)


def get_tender(session: Session, actor: Actor, tender_id: uuid.UUID, *, lock: bool = False) -> Tender:
    """A tender the actor may read, if only its public part. Raises NotFound."""
    return _one(session, Tender.id == tender_id, visible_to(actor), lock=lock)


def get_tender_of_alliance(
    session: Session, actor: Actor, tender_id: uuid.UUID, *, lock: bool = False
) -> Tender:
    """A tender the actor may read whole, as one of its alliance's people. Raises NotFound."""
    return _one(session, Tender.id == tender_id, of_the_alliances_of(actor), lock=lock)


def is_known(session: Session, actor: Actor, tender_id: uuid.UUID) -> bool:
    """Is there a tender with this id that the actor may read whole?"""
    query = select(Tender.id).where(Tender.id == tender_id, of_the_alliances_of(actor))
    return session.scalar(query) is not None


def _one(session: Session, *conditions: ColumnElement[bool], lock: bool) -> Tender:
    query = select(Tender).where(*conditions)
    if lock:
        query = query.with_for_update(of=Tender, key_share=True)
    tender = session.scalars(query).one_or_none()
    if tender is None:
        raise NotFound
    return tender


@dataclass(frozen=True, slots=True)
class SchoolVolume:
    """How many units of a line one school buys over the whole term."""

    school_id: uuid.UUID
    school: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """A price line with every school's volume; `total` is the units of all schools, whole term.

    `once`: paid at the start, and not in equal parts every year.
    """

    id: uuid.UUID
    number: int
    item: str
    unit: str
    volumes: tuple[SchoolVolume, ...]
    total: Decimal
    once: bool = False

    def volume_of(self, school_id: uuid.UUID) -> Decimal | None:
        """One school's units; None when it buys none."""
        return next((volume.quantity for volume in self.volumes if volume.school_id == school_id), None)


@dataclass(frozen=True, slots=True)
class ScheduleLot:
    """A lot with its lines, in order."""

    id: uuid.UUID
    number: int
    title: str
    description: str
    lines: tuple[ScheduleLine, ...]

    @property
    def schools(self) -> dict[uuid.UUID, str]:
        """The schools with a volume in this lot, by name."""
        return _schools(self.lines)


def schedule(session: Session, tender_id: uuid.UUID) -> tuple[ScheduleLot, ...]:
    """A tender's price schedule: lots, lines and volumes by school. Ask for the tender itself first.

    Lots and lines come in the order of their numbers, schools by name. Only schools that have not
    declined count, and but for a draft, lines and lots that nobody buys any more are left out; so the
    totals depend on who is in, and never on the order in which schools came and went. Five queries,
    however long.
    """
    declined = set(
        session.scalars(
            select(Commitment.school_id).where(
                Commitment.tender_id == tender_id, Commitment.status == CommitmentStatus.DECLINED
            )
        )
    )
    drafted = session.get_one(Tender, tender_id).status is TenderStatus.DRAFT
    of_tender = Lot.tender_id == tender_id
    bought: dict[uuid.UUID, dict[uuid.UUID, Decimal]] = {}
    volumes = select(LineVolume.line_id, LineVolume.school_id, LineVolume.quantity).join(PriceLine).join(Lot)
    for line_id, school_id, quantity in session.execute(volumes.where(of_tender)):
        bought.setdefault(line_id, {})[school_id] = quantity
    school_ids = {school_id for quantities in bought.values() for school_id in quantities}
    names = {school.id: school.name for school in schools_by_id(session, school_ids - declined).values()}
    lines: dict[uuid.UUID, list[ScheduleLine]] = {}
    of_line = (PriceLine.lot_id, PriceLine.id, PriceLine.number, PriceLine.item, PriceLine.unit)
    rows = select(*of_line, PriceLine.once).join(Lot)
    for row in session.execute(rows.where(of_tender).order_by(PriceLine.number)):
        line = _line(row, bought.get(row.id, {}), names)
        if line.volumes or drafted:
            lines.setdefault(row.lot_id, []).append(line)
    lots = select(Lot.id, Lot.number, Lot.title, Lot.description).where(of_tender).order_by(Lot.number)
    found = (ScheduleLot(*row, tuple(lines.get(row.id, ()))) for row in session.execute(lots))
    return tuple(lot for lot in found if lot.lines or drafted)


def _line(row: Any, quantities: Mapping[uuid.UUID, Decimal], names: Mapping[uuid.UUID, str]) -> ScheduleLine:
    """A line as the named schools buy it."""
    volumes = sorted(
        (SchoolVolume(one, names[one], quantity) for one, quantity in quantities.items() if one in names),
        key=lambda volume: (volume.school, volume.school_id),
    )
    total = sum((volume.quantity for volume in volumes), Decimal(0))
    return ScheduleLine(row.id, row.number, row.item, row.unit, tuple(volumes), total, row.once)


def _schools(lines: Iterable[ScheduleLine]) -> dict[uuid.UUID, str]:
    found = {volume.school_id: volume.school for line in lines for volume in line.volumes}
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def buyers(session: Session, tender_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The schools that buy, by name: those who committed, and before they all answered, those invited."""
    query = (
        select(School)
        .join(Commitment, Commitment.school_id == School.id)
        .where(Commitment.tender_id == tender_id, Commitment.status != CommitmentStatus.DECLINED)
    )
    return dict(
        sorted(
            ((school.id, school.name) for school in session.scalars(query)),
            key=lambda item: (item[1], item[0]),
        )
    )


def baselines_for_term(session: Session, tender: Tender) -> dict[uuid.UUID, Money]:
    """What each buying school would pay over the whole term at what it pays today, before VAT.

    The one figure to compare quoted totals with. KeyError-free: a school without a baseline has £0.00,
    which means unknown. Raises ValueError when the tender has no contract dates yet.
    """
    if tender.contract_starts_on is None or tender.contract_ends_on is None:
        raise ValueError("The tender has no contract dates.")
    starts_on, ends_on = tender.contract_starts_on, tender.contract_ends_on
    return {
        commitment.school_id: over_whole_term(commitment.baseline, starts_on, ends_on)
        for commitment in _standing(session, tender.id)
    }


def _standing(session: Session, tender_id: uuid.UUID) -> list[Commitment]:
    query = select(Commitment).where(
        Commitment.tender_id == tender_id, Commitment.status != CommitmentStatus.DECLINED
    )
    return list(session.scalars(query))


def value_and_regime(session: Session, tender: Tender) -> tuple[Money | None, Regime]:
    """The estimated value and the rules that bind.

    The value is the tender's own, VAT included, over the whole term with every option to run longer
    (Procurement Act 2023, s.4 and Sch 3); None when unknown. The rules follow from what it counts
    together with others: see `watch`.
    """
    worth = watch(session, tender)
    return worth.value, worth.regime


def get_document(
    session: Session, actor: Actor, tender_id: uuid.UUID, document_id: uuid.UUID
) -> TenderDocument:
    """A document of a tender the actor may read. Raises NotFound."""
    query = (
        select(TenderDocument)
        .join(Tender)
        .where(TenderDocument.id == document_id, Tender.id == tender_id, visible_to(actor))
    )
    document = session.scalars(query).one_or_none()
    if document is None:
        raise NotFound
    return document


def member_ids(session: Session, alliance_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The schools whose membership of the alliance runs."""
    query = select(Membership.school_id).where(
        Membership.alliance_id == alliance_id, Membership.status == MembershipStatus.ACTIVE
    )
    return frozenset(session.scalars(query))


def approving_schools(session: Session, tender: Tender) -> frozenset[uuid.UUID]:
    """The schools whose headteacher may approve and publish this tender."""
    return rules.approving_schools(
        tender.lead_school_id, buyers(session, tender.id), member_ids(session, tender.alliance_id)
    )


def schools_by_id(session: Session, school_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, School]:
    """Schools, whoever asks: for what stands on a tender that the actor was found to see."""
    schools = session.scalars(select(School).where(School.id.in_(set(school_ids))))
    return {school.id: school for school in schools}


def headteacher_of(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools this actor heads."""
    return frozenset(seat.organisation_id for seat in actor.seats if seat.role is Role.HEADTEACHER)


def named(tender: Tender, seat: Seat) -> list[PanelSeat]:
    """Who was named to a seat, by name."""
    seats = [one for one in tender.panel if one.seat is seat]
    return sorted(seats, key=lambda one: (one.person.name, one.person_id))


def due_to_close(session: Session, now: datetime) -> list[uuid.UUID]:
    """Published tenders whose deadline has passed at a moment of the database's clock."""
    query = select(Tender.id).where(Tender.status == TenderStatus.PUBLISHED, Tender.closes_at <= now)
    return list(session.scalars(query))


SORTS = {
    "title": (Tender.title,),
    "reference": (Tender.reference,),
    "closes": (Tender.closes_at,),
    "drafted": (Tender.drafted_at,),
}
"""Columns that the list sorts by, by the word in its address."""


@dataclass(frozen=True, slots=True)
class TenderRow:
    """A line of the list of tenders. `buyers` counts the schools that have not declined."""

    id: uuid.UUID
    reference: str
    title: str
    category: str
    status: TenderStatus
    closes_at: datetime | None
    buyers: int
    lead_school: str


def search(
    actor: Actor, *, text: str = "", status: TenderStatus | None = None, category_id: str = ""
) -> Select[Any]:
    """The tenders this actor may read whole, narrowed down, as rows for `page_of`."""
    buying = (
        select(func.count())
        .where(Commitment.tender_id == Tender.id, Commitment.status != CommitmentStatus.DECLINED)
        .scalar_subquery()
    )
    lead = select(Organisation.name).where(Organisation.id == Tender.lead_school_id).scalar_subquery()
    query = select(Tender, buying.label("buyers"), lead.label("lead")).where(of_the_alliances_of(actor))
    if text:
        query = query.where(
            or_(
                Tender.title.icontains(text, autoescape=True),
                Tender.reference.icontains(text, autoescape=True),
                Tender.description.icontains(text, autoescape=True),
            )
        )
    if status is not None:
        query = query.where(Tender.status == status)
    if category_id:
        query = query.where(Tender.category == category_id)
    return query


def count(session: Session, query: Select[Any]) -> int:
    """How many tenders a search finds."""
    return (
        session.scalar(select(func.count()).select_from(query.with_only_columns(Tender.id).subquery())) or 0
    )


def page_of(
    session: Session, query: Select[Any], sort: str, *, descending: bool, offset: int, size: int
) -> list[TenderRow]:
    """Some rows of a search in the order of one of SORTS."""
    ordered = [column.desc() if descending else column.asc() for column in SORTS[sort]]
    sliced = query.order_by(*(one.nulls_last() for one in ordered), Tender.id.desc())
    now = clock.now()
    return [
        TenderRow(
            tender.id,
            tender.reference,
            tender.title,
            tender.category,
            rules.shown_status(tender.status, tender.closes_at, now),
            tender.closes_at,
            buyers,
            lead or "",
        )
        for tender, buyers, lead in session.execute(sliced.offset(offset).limit(size))
    ]


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """What waits for this person: invitations to answer, approvals, and for a coordinator the drafts."""
    query = select(Tender).where(of_the_alliances_of(actor), Tender.status.in_(rules.BEFORE_PUBLICATION))
    tenders = session.scalars(query.order_by(Tender.drafted_at).options(selectinload(Tender.commitments)))
    return [task for tender in tenders for task in _tasks(session, actor, tender)]


def _tasks(session: Session, actor: Actor, tender: Tender) -> Iterable[Task]:
    where = tender.reference
    coordinates = tender.alliance_id in actor.organisations(Kind.ALLIANCE, Role.COORDINATOR)
    if tender.status is TenderStatus.DRAFT and coordinates:
        yield Task(
            f"Finish the draft tender: {tender.title}",
            url_for("tenders.edit_tender", tender_id=tender.id),
            where,
        )
    if tender.status is TenderStatus.JOINING:
        deciding = actor.organisations(Kind.SCHOOL, *POLICY[Act.TENDER_COMMIT].roles)
        invited = [one for one in tender.commitments if one.status is CommitmentStatus.INVITED]
        for commitment in invited:
            if commitment.school_id in deciding:
                href = url_for("tenders.commit_school", tender_id=tender.id, school_id=commitment.school_id)
                yield Task(
                    f"Commit {commitment.school.name} to buying together, or decline: {tender.title}",
                    href,
                    where,
                )
        if coordinates and not invited:
            href = url_for("tenders.confirm_tender", tender_id=tender.id)
            yield Task(f"Settle who buys and ask for approval: {tender.title}", href, where)
    if tender.status is TenderStatus.CONFIRMED and may_publish(session, actor, tender):
        yield Task(
            f"Approve and publish: {tender.title}",
            url_for("tenders.publish_tender", tender_id=tender.id),
            where,
        )


def may_publish(session: Session, actor: Actor, tender: Tender) -> bool:
    """Is this somebody who may approve and publish this tender? See `rules.check_publisher`."""
    involved = {tender.drafted_by, tender.publication_asked_by}
    approving = headteacher_of(actor) & approving_schools(session, tender)
    return tender.approved_at is None and actor.person_id not in involved and bool(approving)
