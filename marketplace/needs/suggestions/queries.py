"""What is read to make suggestions, and who may see them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.contracts import categories
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.batches import collector_at_rest
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind, Role
from marketplace.needs.models import Need
from marketplace.needs.queries import BEYOND_DRAFT
from marketplace.needs.rules import NeedStatus
from marketplace.needs.suggestions import rules
from marketplace.needs.suggestions.models import NeedRequest, NeighbourConsent, SuggestionCount
from marketplace.needs.suggestions.pairing import Asked, Known, Term, pair
from marketplace.needs.suggestions.rules import Suggestion

READING_SCHOOLS = (Role.BURSAR, Role.HEADTEACHER)
READING_ALLIANCES = (Role.COORDINATOR, Role.AUDITOR)
NEIGHBOURHOOD = 25_000
"""How many metres beyond an alliance's outermost schools a school still is its neighbour."""


def reads_as_a_school(actor: Actor) -> bool:
    """Does this person read suggestions for a school?"""
    return bool(actor.organisations(Kind.SCHOOL, *READING_SCHOOLS))


def reads_suggestions(actor: Actor) -> bool:
    """Does this person sit where suggestions are read?"""
    return reads_as_a_school(actor) or bool(actor.organisations(Kind.ALLIANCE, *READING_ALLIANCES))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Alliances whose suggestions this actor may read.

    Their coordinators and auditors, and the bursars and headteachers of their schools.
    """
    schools = actor.organisations(Kind.SCHOOL, *READING_SCHOOLS)
    through_schools = select(Membership.alliance_id).where(
        Membership.school_id.in_(schools), Membership.status == MembershipStatus.ACTIVE
    )
    return or_(
        Organisation.id.in_(actor.organisations(Kind.ALLIANCE, *READING_ALLIANCES)),
        Organisation.id.in_(through_schools),
    )


def alliances(session: Session, actor: Actor) -> dict[uuid.UUID, str]:
    """The alliances whose suggestions this actor may read, by name."""
    query = select(Organisation.id, Organisation.name).where(visible_to(actor)).order_by(Organisation.name)
    return {row.id: row.name for row in session.execute(query)}


def get_alliance(
    session: Session, actor: Actor, alliance_id: uuid.UUID, *, lock: bool = False
) -> Organisation:
    """An alliance whose suggestions the actor may read. Raises NotFound."""
    query = select(Organisation).where(Organisation.id == alliance_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Organisation, key_share=True)
    alliance = session.scalars(query).one_or_none()
    if alliance is None:
        raise NotFound
    return alliance


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that is known and suggested for one alliance on a day. `members` are its own schools."""

    alliance_id: uuid.UUID
    members: dict[uuid.UUID, str]
    known: Known
    suggestions: list[Suggestion]

    def find(self, category: str, starts_on: date) -> Suggestion:
        """The suggestion of a category with a start. Raises NotFound with a sentence that says why."""
        for one in self.suggestions:
            if (one.category, one.plan.starts_on) == (category, starts_on):
                return one
        raise NotFound(
            "This suggestion is not there any more: a contract, a need or the time left has changed. "
            "Look at the list of suggestions again."
        )


def findings(session: Session, alliance_id: uuid.UUID, today: date) -> Findings:
    """What is suggested for an alliance: find out before whether the reader may see it.

    The registers of its schools and of consenting neighbours are read, and their needs once submitted.
    A suggestion has at least one school of the alliance itself. Three queries, however many schools.
    """
    members = _names(session, _member_ids(alliance_id))
    considered = _considered(session, alliance_id)
    with collector_at_rest():
        known = pair(read_terms(session, considered), read_needs(session, considered), today)
        found = rules.suggest(known.terms, today)
    own = [one for one in found if any(standing.term.school_id in members for standing in one.members)]
    return Findings(alliance_id, members, known, own)


def _member_ids(alliance_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Membership.school_id).where(
        Membership.alliance_id == alliance_id, Membership.status == MembershipStatus.ACTIVE
    )


def _names(session: Session, school_ids: Select[uuid.UUID]) -> dict[uuid.UUID, str]:
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(school_ids))
    return {row.id: row.name for row in session.execute(query.order_by(Organisation.name, Organisation.id))}


def _considered(session: Session, alliance_id: uuid.UUID) -> ColumnElement[bool]:
    """The schools whose terms count: the alliance's own, and neighbours of other alliances that consent."""
    own = School.id.in_(_member_ids(alliance_id))
    corners = session.execute(
        select(
            func.min(School.easting),
            func.max(School.easting),
            func.min(School.northing),
            func.max(School.northing),
        ).where(own)
    ).one()
    west, east, south, north = corners
    if west is None or east is None or south is None or north is None:
        return own
    neighbours = and_(
        School.id.in_(select(NeighbourConsent.school_id)),
        School.id.in_(select(Membership.school_id).where(Membership.status == MembershipStatus.ACTIVE)),
        School.easting.between(west - NEIGHBOURHOOD, east + NEIGHBOURHOOD),
        School.northing.between(south - NEIGHBOURHOOD, north + NEIGHBOURHOOD),
    )
    return or_(own, neighbours)


def joint_categories(today: date) -> list[str]:
    """The categories in which schools can buy together: not those bought elsewhere, nor "something else"."""
    return [
        one.id
        for one in categories.CATALOGUE.values()
        if one.id != categories.OTHER and not (one.elsewhere and today >= one.elsewhere.since)
    ]


def read_terms(session: Session, schools: ColumnElement[bool]) -> list[Term]:
    """The contracts of schools that run or renew, as terms, in one query of plain rows."""
    today = clock.today()
    query = (
        select(
            Contract.id,
            Contract.school_id,
            Organisation.name,
            Contract.category,
            Contract.starts_on,
            Contract.ends_on,
            Contract.annual_value,
            Contract.notice_days,
            Contract.notice_months,
            Contract.renewal_months,
            Contract.extension_months,
        )
        .join(School, School.id == Contract.school_id)
        .join(Organisation, Organisation.id == Contract.school_id)
        .where(
            schools,
            Contract.category.in_(joint_categories(today)),
            or_(Contract.ends_on >= today, Contract.renewal_months > 0),
        )
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [Term(*row) for row in rows]


def read_needs(session: Session, schools: ColumnElement[bool]) -> list[Asked]:
    """The needs of schools from submission on. One whose term nobody knows yet fits no common term."""
    query = (
        select(
            Need.id,
            Need.school_id,
            Organisation.name,
            Need.category,
            Need.status,
            Need.contract_ends_on,
            Need.wanted_from,
            Need.term_months,
            Need.volume,
            Need.current_annual_spend,
            Need.joint,
            Need.joint_condition,
        )
        .join(School, School.id == Need.school_id)
        .join(Organisation, Organisation.id == Need.school_id)
        .where(
            schools,
            Need.status.in_(BEYOND_DRAFT),
            Need.category.in_(joint_categories(clock.today())),
            Need.term_months.is_not(None),
        )
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [Asked(*row) for row in rows]


def places(session: Session, school_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """Where schools are, easting and northing in metres; those without either are left out."""
    query = select(School.id, School.easting, School.northing).where(
        School.id.in_(school_ids), School.easting.is_not(None), School.northing.is_not(None)
    )
    return {row.id: (row.easting, row.northing) for row in session.execute(query)}


def alliances_of_schools(session: Session, school_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of the alliances that schools belong to, joined where there are several."""
    query = (
        select(Membership.school_id, Organisation.name)
        .join(Organisation, Organisation.id == Membership.alliance_id)
        .where(Membership.school_id.in_(school_ids), Membership.status == MembershipStatus.ACTIVE)
        .order_by(Organisation.name)
    )
    found: dict[uuid.UUID, list[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.school_id, []).append(row.name)
    return {school_id: " and ".join(names) for school_id, names in found.items()}


def consenting(session: Session, school_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these schools that let neighbouring alliances see them."""
    query = select(NeighbourConsent.school_id).where(NeighbourConsent.school_id.in_(school_ids))
    return set(session.scalars(query))


def submitted(session: Session, suggestion: Suggestion) -> set[uuid.UUID]:
    """The suggestion's schools with a need of its category that waits for approval."""
    query = select(Need.school_id).where(
        Need.school_id.in_(suggestion.schools),
        Need.category == suggestion.category,
        Need.status == NeedStatus.SUBMITTED,
    )
    return set(session.scalars(query))


def requests(session: Session, suggestion: Suggestion) -> dict[uuid.UUID, NeedRequest]:
    """Who of a suggestion's schools was asked to post a need for it."""
    query = select(NeedRequest).where(
        NeedRequest.school_id.in_(suggestion.schools),
        NeedRequest.category == suggestion.category,
        NeedRequest.starts_on == suggestion.plan.starts_on,
    )
    return {one.school_id: one for one in session.scalars(query)}


def alliances_concerned(session: Session, organisation_id: uuid.UUID | None) -> list[uuid.UUID]:
    """The alliance with this id, or the alliances to which the school with this id belongs: for the job."""
    through = select(Membership.alliance_id).where(
        Membership.school_id == organisation_id, Membership.status == MembershipStatus.ACTIVE
    )
    query = select(Organisation.id).where(
        Organisation.kind == Kind.ALLIANCE,
        or_(Organisation.id == organisation_id, Organisation.id.in_(through)),
    )
    return list(session.scalars(query.order_by(Organisation.id)))


def alliances_to_count(session: Session, today: date) -> list[uuid.UUID]:
    """The alliances whose suggestions have not been counted on this day: for the job."""
    query = (
        select(Organisation.id)
        .outerjoin(SuggestionCount, SuggestionCount.alliance_id == Organisation.id)
        .where(
            Organisation.kind == Kind.ALLIANCE,
            or_(SuggestionCount.counted_on.is_(None), SuggestionCount.counted_on != today),
        )
    )
    return list(session.scalars(query.order_by(Organisation.id)))


def counts(session: Session, alliance_ids: Collection[uuid.UUID]) -> list[SuggestionCount]:
    """How many suggestions there are for alliances that have any, as counted last."""
    query = select(SuggestionCount).where(
        SuggestionCount.alliance_id.in_(alliance_ids), SuggestionCount.number > 0
    )
    return list(session.scalars(query.order_by(SuggestionCount.decide_by, SuggestionCount.alliance_id)))
