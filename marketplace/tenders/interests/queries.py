"""Who is behind a tender, what they declared, how it was assessed. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import policy
from marketplace.core.policy import Act, Actor, Kind, Role
from marketplace.core.web import Task
from marketplace.needs.thresholds import Regime
from marketplace.tenders import queries
from marketplace.tenders.interests import rules
from marketplace.tenders.interests.models import ConflictsAssessment, Interest
from marketplace.tenders.interests.rules import Concerned, Part
from marketplace.tenders.models import Tender
from marketplace.tenders.progress import StepLink
from marketplace.tenders.rules import BEFORE_PUBLICATION, Seat, TenderStatus

WHEN_NAMES_APPEAR = frozenset({TenderStatus.OPENED, TenderStatus.PRICES_OPENED})
ENDED = frozenset({TenderStatus.CANCELLED, TenderStatus.UNSUCCESSFUL, TenderStatus.AWARDED})


def concerned(session: Session, tender: Tender) -> list[Concerned]:
    """Everybody behind a tender, by name, with what they have declared."""
    parts: dict[uuid.UUID, list[Part]] = {}
    names: dict[uuid.UUID, str] = {}
    for person, part in _behind(session, tender):
        names[person.id] = person.name
        held = parts.setdefault(person.id, [])
        if part not in held:
            held.append(part)
    query = select(Interest).where(Interest.tender_id == tender.id)
    said = {one.person_id: one for one in session.scalars(query)}
    found = [
        Concerned(
            person_id,
            names[person_id],
            tuple(held),
            one.has_interest if (one := said.get(person_id)) else None,
            one.interest if one else "",
            one.mitigation if one else "",
            one.declared_at if one else None,
        )
        for person_id, held in parts.items()
    ]
    return sorted(found, key=lambda one: (one.name, one.person_id))


def _behind(session: Session, tender: Tender) -> Iterator[tuple[Person, Part]]:
    drafting = {one for one in (tender.drafted_by, tender.publication_asked_by) if one}
    for person in session.scalars(select(Person).where(Person.id.in_(drafting))):
        yield person, Part.DRAFTS
    if tender.lead_school_id is not None:
        for person in people_with_role(session, [tender.lead_school_id], Role.HEADTEACHER):
            yield person, Part.LEADS
    for seat in tender.panel:
        yield seat.person, Part.OPENS if seat.seat is Seat.OPENER else Part.SCORES
    if tender.status in BEFORE_PUBLICATION:
        approving = queries.approving_schools(session, tender)
        for person in people_with_role(session, approving, Role.HEADTEACHER):
            yield person, Part.APPROVES
    elif tender.published_by is not None:
        yield session.get_one(Person, tender.published_by), Part.APPROVES


def assessments(session: Session, tender_id: uuid.UUID) -> Sequence[ConflictsAssessment]:
    """The assessments of a tender, the newest first."""
    query = select(ConflictsAssessment).where(ConflictsAssessment.tender_id == tender_id)
    return session.scalars(query.order_by(ConflictsAssessment.recorded_at.desc())).all()


def latest_assessment(session: Session, tender_id: uuid.UUID) -> ConflictsAssessment | None:
    """The assessment that holds now."""
    return next(iter(assessments(session, tender_id)), None)


def own_interest(session: Session, tender_id: uuid.UUID, person_id: uuid.UUID | None) -> Interest | None:
    """What a person declared for a tender."""
    query = select(Interest).where(Interest.tender_id == tender_id, Interest.person_id == person_id)
    return session.scalars(query).one_or_none()


def open_points(session: Session, tender: Tender) -> list[str]:
    """What is missing from the assessment of a tender, in sentences."""
    latest = latest_assessment(session, tender.id)
    return rules.open_points(concerned(session, tender), latest.recorded_at if latest else None)


def review_points(session: Session, tender: Tender) -> list[str]:
    """What the review of a tender's assessment before its award lacks, in sentences; see `rules`."""
    latest = latest_assessment(session, tender.id)
    opened = [one.reached_at for one in tender.steps if one.status in WHEN_NAMES_APPEAR]
    return rules.review_points(
        queries.value_and_regime(session, tender)[1],
        concerned(session, tender),
        latest.recorded_at if latest else None,
        min(opened, default=None),
    )


def conflicts_reviewed(session: Session, tender_id: uuid.UUID) -> bool:
    """Has the conflicts assessment been reviewed since quotes were opened, where the law asks for one?"""
    return not review_points(session, session.get_one(Tender, tender_id))


def reads_all(actor: Actor, tender: Tender) -> bool:
    """Who reads what others declared: the alliance's coordinator and auditor, and headteachers."""
    seated = actor.organisations(Kind.ALLIANCE, Role.COORDINATOR, Role.AUDITOR)
    return tender.alliance_id in seated or bool(actor.organisations(Kind.SCHOOL, Role.HEADTEACHER))


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """From the tender's page to the declarations, for those whom they concern."""
    if tender.status in ENDED:
        return []
    href = url_for("tenders.show_interests", tender_id=tender.id)
    if policy.allows(actor, Act.INTEREST_ASSESS, tender.alliance_id):
        return [StepLink("Conflicts of interest", href)]
    if any(one.person_id == actor.person_id for one in concerned(session, tender)):
        said = own_interest(session, tender.id, actor.person_id)
        return [StepLink("Your declaration of interests" if said else "Declare your interests", href)]
    return []


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Declarations that wait for this person: above the threshold, once schools have been invited."""
    if actor.person_id is None:
        return []
    query = select(Tender).where(
        queries.of_the_alliances_of(actor),
        Tender.status.in_([TenderStatus.JOINING, TenderStatus.CONFIRMED]),
    )
    return [
        Task(
            f"Declare your interests: {tender.title}",
            url_for("tenders.declare_interest", tender_id=tender.id),
            tender.reference,
        )
        for tender in session.scalars(query.order_by(Tender.drafted_at))
        if _must_declare(session, actor.person_id, tender)
    ]


def _must_declare(session: Session, person_id: uuid.UUID, tender: Tender) -> bool:
    if queries.value_and_regime(session, tender)[1] is Regime.BELOW:
        return False
    return any(one.person_id == person_id and one.has_interest is None for one in concerned(session, tender))
