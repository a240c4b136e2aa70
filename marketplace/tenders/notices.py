"""What people are told by e-mail as a tender moves, and what each of them is to do next.

Each function writes in the action's own transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import Role
from marketplace.tenders import queries
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import CommitmentStatus, Seat


def schools_invited(session: Session, tender: Tender) -> None:
    """Ask headteachers and bursars to commit their school or to decline."""
    invited = [one for one in tender.commitments if one.status is CommitmentStatus.INVITED]
    for commitment in invited:
        write(
            session,
            deciders(session, [commitment.school_id]),
            f"{commitment.school.name}: will you buy together? {tender.title}",
            "tenders_invited.txt",
            tender,
            school=commitment.school.name,
            school_id=commitment.school_id,
        )


def approval_asked(session: Session, tender: Tender, dropped: Sequence[Commitment]) -> None:
    """Ask the headteachers who may approve to publish; tell the schools that are left out why they are."""
    approving = queries.approving_schools(session, tender)
    heads = people_with_role(session, approving, Role.HEADTEACHER)
    asked = [head for head in heads if head.id not in {tender.drafted_by, tender.publication_asked_by}]
    write(session, asked, f"Please approve: {tender.title}", "tenders_approval_asked.txt", tender)
    for commitment in dropped:
        write(
            session,
            deciders(session, [commitment.school_id]),
            f"{commitment.school.name} is not part of {tender.title}",
            "tenders_dropped.txt",
            tender,
            school=commitment.school.name,
            reason=commitment.reason,
        )


def tender_published(session: Session, tender: Tender) -> None:
    """Tell the schools that quotes can come, and the openers and evaluators when they are needed."""
    schools = deciders(session, queries.buyers(session, tender.id))
    people = unique([*schools, *coordinators(session, tender)])
    write(session, people, f"Published: {tender.title}", "tenders_published.txt", tender)
    for seat, template in ((Seat.OPENER, "tenders_opener.txt"), (Seat.EVALUATOR, "tenders_evaluator.txt")):
        named = unique([one.person for one in tender.panel if one.seat is seat])
        write(session, named, f"You are named for {tender.title}", template, tender)


def reference_wanted(session: Session, tender: Tender) -> None:
    """Ask the coordinator to publish the notice on Find a Tender and to enter its reference."""
    write(
        session,
        coordinators(session, tender),
        f"Approved, now for Find a Tender: {tender.title}",
        "tenders_reference_wanted.txt",
        tender,
    )


def tender_returned(session: Session, tender: Tender, reason: str) -> None:
    """Tell the coordinator and the schools that the tender is a draft again, and why."""
    schools = deciders(session, queries.buyers(session, tender.id))
    people = unique([*coordinators(session, tender), *schools])
    write(session, people, f"Back to draft: {tender.title}", "tenders_returned.txt", tender, reason=reason)


def tender_cancelled(session: Session, tender: Tender) -> None:
    """Tell the schools that nothing will be bought by this tender, and why."""
    schools = deciders(session, [one.school_id for one in tender.commitments])
    people = unique([*schools, *coordinators(session, tender)])
    write(session, people, f"Cancelled: {tender.title}", "tenders_cancelled.txt", tender)


def tender_closed(session: Session, tender: Tender) -> None:
    """Ask the openers to open, and tell the coordinator that they were asked."""
    openers = unique([one.person for one in tender.panel if one.seat is Seat.OPENER])
    names = [opener.name for opener in openers]
    write(session, openers, f"Please open the quotes: {tender.title}", "tenders_closed.txt", tender)
    write(
        session,
        coordinators(session, tender),
        f"Closed: {tender.title}",
        "tenders_closed_coordinator.txt",
        tender,
        openers=names,
    )


def write(
    session: Session, people: Collection[Person], subject: str, template: str, tender: Tender, **context: Any
) -> None:
    """The same message about a tender to several people. A shared step, as are those below."""
    for person in people:
        mail.write(
            session, person.email, subject, template, person_name=person.name, tender=tender, **context
        )


def deciders(session: Session, school_ids: Collection[uuid.UUID]) -> list[Person]:
    """The people who answer for schools."""
    return people_with_role(session, school_ids, Role.HEADTEACHER, Role.BURSAR)


def coordinators(session: Session, tender: Tender) -> list[Person]:
    """The people who run a tender."""
    return people_with_role(session, [tender.alliance_id], Role.COORDINATOR)


def unanswered(tender: Tender) -> int:
    """How many schools have still to answer."""
    return sum(one.status is CommitmentStatus.INVITED for one in tender.commitments)


def unique(people: Collection[Person]) -> list[Person]:
    """Each person once, in order."""
    return list({person.id: person for person in people}.values())
