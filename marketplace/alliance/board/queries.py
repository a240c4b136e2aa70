"""Questions about the seats of Strategic Boards: which there are, and who holds each."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.alliance.board import rules
from marketplace.alliance.board.models import SeatNaming
from marketplace.alliance.board.rules import SEATED, Candidate
from marketplace.alliance.models import Membership, Organisation, Person, RoleHolding, School
from marketplace.alliance.rules import MembershipKind, MembershipStatus
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind, Role

IS_A_SEAT = and_(Membership.kind == MembershipKind.FULL, Membership.status == MembershipStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class Seat:
    """A school's seat on a board and who holds it now; `since` is None while nobody has been named."""

    membership_id: uuid.UUID
    alliance_id: uuid.UUID
    school_id: uuid.UUID
    school: str
    holders: tuple[Candidate, ...]
    since: datetime | None

    @property
    def held_by(self) -> str:
        """The names of whoever holds it; blank when the school has no headteacher in Weald."""
        return " and ".join(one.name for one in self.holders)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Seats on the boards of the alliances this actor may read."""
    return and_(IS_A_SEAT, Membership.alliance_id.in_(actor.alliance_ids))


def get_seat(session: Session, actor: Actor, membership_id: uuid.UUID, *, lock: bool = False) -> Membership:
    """The membership that gives a seat, if the actor may read that board. Raises NotFound."""
    query = select(Membership).where(Membership.id == membership_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Membership)
    options = (joinedload(Membership.alliance), joinedload(Membership.school).joinedload(School.organisation))
    membership = session.scalars(query.options(*options)).one_or_none()
    if membership is None:
        raise NotFound
    return membership


def seats(session: Session, wanted: ColumnElement[bool]) -> list[Seat]:
    """The seats for which a condition holds, by school, each with its holders. Three queries for any."""
    query = (
        select(Membership.id, Membership.alliance_id, Membership.school_id, Organisation.name)
        .join(Organisation, Organisation.id == Membership.school_id)
        .where(IS_A_SEAT, wanted)
        .order_by(Organisation.name, Membership.id)
    )
    rows = list(session.execute(query))
    named = _newest(session, [row.id for row in rows])
    leading = candidates(session, {row.school_id for row in rows})
    found = []
    for row in rows:
        naming = named.get(row.id)
        sitting = rules.holders(naming.person_id if naming else None, leading[row.school_id])
        counts = naming is not None and naming.person_id in {one.person_id for one in sitting}
        since = naming.named_at if naming and counts else None
        found.append(Seat(row.id, row.alliance_id, row.school_id, row.name, sitting, since))
    return found


def _newest(session: Session, membership_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, SeatNaming]:
    query = (
        select(SeatNaming)
        .where(SeatNaming.membership_id.in_(membership_ids))
        .order_by(SeatNaming.named_at, SeatNaming.id)
    )
    return {one.membership_id: one for one in session.scalars(query)} if membership_ids else {}


def candidates(session: Session, school_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Candidate, ...]]:
    """Who could hold the seat of each of these schools, by name: their headteachers and senior leaders."""
    query = (
        select(RoleHolding.organisation_id, RoleHolding.role, Person.id, Person.name, Person.email)
        .join(Person, Person.id == RoleHolding.person_id)
        .where(RoleHolding.organisation_id.in_(school_ids), RoleHolding.role.in_(SEATED), Person.active)
        .order_by(Person.name, Person.id)
    )
    found: dict[uuid.UUID, dict[uuid.UUID, Candidate]] = {school_id: {} for school_id in school_ids}
    for school_id, role, person_id, name, email in session.execute(query) if school_ids else ():
        known = found[school_id].get(person_id)
        heads = role is Role.HEADTEACHER or (known is not None and known.is_headteacher)
        found[school_id][person_id] = Candidate(person_id, name, email, heads)
    return {school_id: tuple(people.values()) for school_id, people in found.items()}


def of_alliance(session: Session, alliance_id: uuid.UUID) -> list[Seat]:
    """The seats on an alliance's board, by school."""
    return seats(session, Membership.alliance_id == alliance_id)


def seat_of(session: Session, membership_id: uuid.UUID) -> Seat | None:
    """The seat that a membership gives; None when it gives none."""
    return next(iter(seats(session, Membership.id == membership_id)), None)


def held_by(session: Session, actor: Actor) -> list[Seat]:
    """The seats that this actor holds, on whichever boards."""
    schools = actor.organisations(Kind.SCHOOL, *SEATED)
    if not schools:
        return []
    found = seats(session, Membership.school_id.in_(schools))
    return [seat for seat in found if actor.person_id in {one.person_id for one in seat.holders}]


def people_on(session: Session, alliance_id: uuid.UUID) -> list[Person]:
    """Everybody who holds a seat on an alliance's board, each once, by name."""
    people = {one.person_id for seat in of_alliance(session, alliance_id) for one in seat.holders}
    return list(session.scalars(select(Person).where(Person.id.in_(people)).order_by(Person.name)))


def seated_in(actor: Actor) -> Select[uuid.UUID]:
    """The alliances on whose board the actor sits: as holder of a seat, or head of a school with one."""
    later = aliased(SeatNaming)
    is_named = (
        select(SeatNaming.membership_id)
        .outerjoin(
            later,
            and_(later.membership_id == SeatNaming.membership_id, later.named_at > SeatNaming.named_at),
        )
        .where(SeatNaming.person_id == actor.person_id, later.id.is_(None))
    )
    heads = actor.organisations(Kind.SCHOOL, Role.HEADTEACHER)
    leads = actor.organisations(Kind.SCHOOL, *SEATED)
    return select(Membership.alliance_id).where(
        IS_A_SEAT,
        or_(
            Membership.school_id.in_(heads),
            and_(Membership.school_id.in_(leads), Membership.id.in_(is_named)),
        ),
    )


def history(session: Session, membership_id: uuid.UUID) -> list[SeatNaming]:
    """Whoever was named to hold a seat, the newest first."""
    query = (
        select(SeatNaming)
        .where(SeatNaming.membership_id == membership_id)
        .options(joinedload(SeatNaming.person), joinedload(SeatNaming.namer))
        .order_by(SeatNaming.named_at.desc(), SeatNaming.id.desc())
    )
    return list(session.scalars(query))
