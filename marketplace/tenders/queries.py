"""Questions about joint tenders, scoped to who asks.

People of an alliance and of its schools see its tenders whole. Everybody else sees what was
published, and of that the public part: pages for them show an `Opportunity`, never the tender.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Membership, Organisation, Person, RoleHolding, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import POLICY, Act, Actor, Role
from marketplace.tenders import rules
from marketplace.tenders.drafting.rules import CriterionDraft, LineDraft, LotDraft, Readiness
from marketplace.tenders.models import Commitment, Lot, PriceLine, Tender, TenderDocument
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from marketplace.tenders.timetable import Regime, estimated_value, over_whole_term, regime


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Tenders this actor may read: all of their alliances', and what was published of any other."""
    if _acts_everywhere(actor):
        return true()
    return or_(Tender.alliance_id.in_(actor.alliance_ids), Tender.published_at.is_not(None))


def of_the_alliances_of(actor: Actor) -> ColumnElement[bool]:
    """Tenders this actor may read whole, drafts and people included."""
    return true() if _acts_everywhere(actor) else Tender.alliance_id.in_(actor.alliance_ids)


def get_tender(session: Session, actor: Actor, tender_id: uuid.UUID, *, lock: bool = False) -> Tender:
    """A tender the actor may read, if only its public part. Raises NotFound."""
    return _one(session, Tender.id == tender_id, visible_to(actor), lock=lock)


def get_tender_of_alliance(
    session: Session, actor: Actor, tender_id: uuid.UUID, *, lock: bool = False
) -> Tender:
    """A tender the actor may read whole, as one of its alliance's people. Raises NotFound."""
    return _one(session, Tender.id == tender_id, of_the_alliances_of(actor), lock=lock)


def _one(session: Session, *conditions: ColumnElement[bool], lock: bool) -> Tender:
    query = select(Tender).where(*conditions)
    if lock:
        query = query.with_for_update(of=Tender)
    tender = session.scalars(query).one_or_none()
    if tender is None:
        raise NotFound
    return tender


def _acts_everywhere(actor: Actor) -> bool:
    """Is this the system, or an administrator at the command line?"""
    return any(seat.organisation_id.int == 0 for seat in actor.seats)


@dataclass(frozen=True, slots=True)
class SchoolVolume:
    """How many units of a line one school buys over the whole term."""

    school_id: uuid.UUID
    school: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """A price line with every school's volume; `total` is the units of all schools, whole term."""

    id: uuid.UUID
    number: int
    item: str
    unit: str
    volumes: tuple[SchoolVolume, ...]
    total: Decimal

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

    Lots and lines come in the order of their numbers, schools by name. Four queries, however long.
    """
    query = (
        select(Lot)
        .where(Lot.tender_id == tender_id)
        .order_by(Lot.number)
        .options(selectinload(Lot.lines).selectinload(PriceLine.volumes))
    )
    lots = session.scalars(query).all()
    school_ids = {volume.school_id for lot in lots for line in lot.lines for volume in line.volumes}
    names = {school.id: school.name for school in schools_by_id(session, school_ids).values()}
    return tuple(
        ScheduleLot(
            lot.id, lot.number, lot.title, lot.description, tuple(_line(line, names) for line in lot.lines)
        )
        for lot in lots
    )


def _line(line: PriceLine, names: dict[uuid.UUID, str]) -> ScheduleLine:
    volumes = sorted(
        (SchoolVolume(volume.school_id, names[volume.school_id], volume.quantity) for volume in line.volumes),
        key=lambda volume: (volume.school, volume.school_id),
    )
    total = sum((volume.quantity for volume in volumes), Decimal(0))
    return ScheduleLine(line.id, line.number, line.item, line.unit, tuple(volumes), total)


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
    """The estimated value (VAT included, whole term; None when unknown) and the rules that bind."""
    value = None
    if tender.contract_starts_on and tender.contract_ends_on:
        spend = [commitment.baseline for commitment in _standing(session, tender.id)]
        if all(spend):
            value = estimated_value(spend, tender.contract_starts_on, tender.contract_ends_on) or None
    return value, regime(tender.cpv, value, clock.today())


def readiness(session: Session, tender: Tender) -> Readiness:
    """What the tender has, for `drafting.rules.missing`."""
    lots = [
        LotDraft(
            lot.title,
            [
                LineDraft(line.item, line.unit, {one.school_id: one.quantity for one in line.volumes})
                for line in lot.lines
            ],
        )
        for lot in schedule(session, tender.id)
    ]
    names = buyers(session, tender.id)
    return Readiness(
        lead_school_id=tender.lead_school_id,
        buyers=frozenset(names),
        lots=lots,
        criteria=[
            CriterionDraft(
                criterion.kind,
                criterion.title,
                criterion.weight,
                criterion.question,
                criterion.word_limit,
                criterion.highest_score,
                criterion.lowest_score,
            )
            for criterion in tender.criteria
        ],
        closes_at=tender.closes_at,
        has_contract_dates=bool(tender.contract_starts_on and tender.contract_ends_on),
        names=names,
    )


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


def due_to_close(session: Session, now: datetime) -> list[uuid.UUID]:
    """Published tenders whose deadline has passed at a moment of the database's clock."""
    query = select(Tender.id).where(Tender.status == TenderStatus.PUBLISHED, Tender.closes_at <= now)
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class PanelCandidate:
    """Somebody who can be named to open or to score, for one of their schools."""

    person_id: uuid.UUID
    person: str
    school_id: uuid.UUID
    school: str
    roles: tuple[Role, ...]


def panel_candidates(session: Session, tender: Tender) -> list[PanelCandidate]:
    """The people of the alliance's schools whose role lets them open and score, by school and name."""
    allowed = POLICY[Act.QUOTES_OPEN].roles & POLICY[Act.SCORE_GIVE].roles
    query = (
        select(Person.id, Person.name, RoleHolding.role, Organisation.id.label("school_id"))
        .add_columns(Organisation.name.label("school"))
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .join(Organisation, Organisation.id == RoleHolding.organisation_id)
        .where(
            Organisation.id.in_(member_ids(session, tender.alliance_id)),
            RoleHolding.role.in_(allowed),
            Person.active,
        )
        .order_by(Organisation.name, Organisation.id, Person.name, Person.id, RoleHolding.role)
    )
    found: dict[tuple[uuid.UUID, uuid.UUID], PanelCandidate] = {}
    for row in session.execute(query):
        key = (row.id, row.school_id)
        roles = (*found[key].roles, row.role) if key in found else (row.role,)
        found[key] = PanelCandidate(row.id, row.name, row.school_id, row.school, roles)
    return list(found.values())
