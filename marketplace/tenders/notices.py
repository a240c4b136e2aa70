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
        _write(
            session,
            _deciders(session, [commitment.school_id]),
            f"{commitment.school.name}: will you buy together? {tender.title}",
            "tenders_invited.txt",
            tender,
            school=commitment.school.name,
            school_id=commitment.school_id,
        )


def school_committed(session: Session, tender: Tender, commitment: Commitment) -> None:
    """Tell the coordinator that a school is in, and whether anybody is still to answer."""
    _write(
        session,
        _coordinators(session, tender),
        f"{commitment.school.name} committed to {tender.title}",
        "tenders_committed.txt",
        tender,
        school=commitment.school.name,
        unanswered=_unanswered(tender),
    )


def school_declined(session: Session, tender: Tender, commitment: Commitment) -> None:
    """Tell the coordinator that a school stays out, and why."""
    _write(
        session,
        _coordinators(session, tender),
        f"{commitment.school.name} declined {tender.title}",
        "tenders_declined.txt",
        tender,
        school=commitment.school.name,
        reason=commitment.reason,
        unanswered=_unanswered(tender),
    )


def approval_asked(session: Session, tender: Tender, silent: Sequence[Commitment]) -> None:
    """Ask the headteachers who may approve to publish; tell schools that did not answer that they are out."""
    approving = queries.approving_schools(session, tender)
    heads = people_with_role(session, approving, Role.HEADTEACHER)
    asked = [head for head in heads if head.id not in {tender.drafted_by, tender.publication_asked_by}]
    _write(session, asked, f"Please approve: {tender.title}", "tenders_approval_asked.txt", tender)
    for commitment in silent:
        _write(
            session,
            _deciders(session, [commitment.school_id]),
            f"{commitment.school.name} is not part of {tender.title}",
            "tenders_dropped.txt",
            tender,
            school=commitment.school.name,
        )


def tender_published(session: Session, tender: Tender) -> None:
    """Tell the schools that quotes can come, and the openers and evaluators when they are needed."""
    schools = _deciders(session, queries.buyers(session, tender.id))
    people = _unique([*schools, *_coordinators(session, tender)])
    _write(session, people, f"Published: {tender.title}", "tenders_published.txt", tender)
    for seat, template in ((Seat.OPENER, "tenders_opener.txt"), (Seat.EVALUATOR, "tenders_evaluator.txt")):
        named = _unique([one.person for one in tender.panel if one.seat is seat])
        _write(session, named, f"You are named for {tender.title}", template, tender)


def tender_returned(session: Session, tender: Tender, reason: str) -> None:
    """Tell the coordinator and the schools that the tender is a draft again, and why."""
    schools = _deciders(session, queries.buyers(session, tender.id))
    people = _unique([*_coordinators(session, tender), *schools])
    _write(session, people, f"Back to draft: {tender.title}", "tenders_returned.txt", tender, reason=reason)


def tender_cancelled(session: Session, tender: Tender) -> None:
    """Tell the schools that nothing will be bought by this tender, and why."""
    schools = _deciders(session, [one.school_id for one in tender.commitments])
    people = _unique([*schools, *_coordinators(session, tender)])
    _write(session, people, f"Cancelled: {tender.title}", "tenders_cancelled.txt", tender)


def tender_closed(session: Session, tender: Tender) -> None:
    """Ask the openers to open, and tell the coordinator that they were asked."""
    openers = _unique([one.person for one in tender.panel if one.seat is Seat.OPENER])
    names = [opener.name for opener in openers]
    _write(session, openers, f"Please open the quotes: {tender.title}", "tenders_closed.txt", tender)
    _write(
        session,
        _coordinators(session, tender),
        f"Closed: {tender.title}",
        "tenders_closed_coordinator.txt",
        tender,
        openers=names,
    )


def _write(
    session: Session, people: Collection[Person], subject: str, template: str, tender: Tender, **context: Any
) -> None:
    for person in people:
        mail.write(
            session, person.email, subject, template, person_name=person.name, tender=tender, **context
        )


def _deciders(session: Session, school_ids: Collection[uuid.UUID]) -> list[Person]:
    return people_with_role(session, school_ids, Role.HEADTEACHER, Role.BURSAR)


def _coordinators(session: Session, tender: Tender) -> list[Person]:
    return people_with_role(session, [tender.alliance_id], Role.COORDINATOR)


def _unanswered(tender: Tender) -> int:
    return sum(one.status is CommitmentStatus.INVITED for one in tender.commitments)


def _unique(people: Collection[Person]) -> list[Person]:
    return list({person.id: person for person in people}.values())
