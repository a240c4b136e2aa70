"""What people are told by e-mail as schools come and go before publication.

Each function writes in the action's own transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from marketplace.alliance.queries import names, people_with_role
from marketplace.core.policy import Role
from marketplace.tenders import queries
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.notices import coordinators, deciders, unanswered, unique, write


def school_committed(session: Session, tender: Tender, commitment: Commitment) -> None:
    """Tell the coordinator that a school is in, and whether anybody is still to answer."""
    write(
        session,
        coordinators(session, tender),
        f"{commitment.school.name} committed to {tender.title}",
        "tenders_committed.txt",
        tender,
        school=commitment.school.name,
        unanswered=unanswered(tender),
    )


def school_declined(session: Session, tender: Tender, commitment: Commitment) -> None:
    """Tell the coordinator that a school stays out, and why."""
    write(
        session,
        coordinators(session, tender),
        f"{commitment.school.name} declined {tender.title}",
        "tenders_declined.txt",
        tender,
        school=commitment.school.name,
        reason=commitment.reason,
        unanswered=unanswered(tender),
    )


def confirmation_asked(session: Session, tender: Tender, commitment: Commitment) -> None:
    """Ask a school's governors to record that the governing body agrees."""
    write(
        session,
        people_with_role(session, [commitment.school_id], Role.GOVERNOR),
        f"{commitment.school.name}: please confirm {tender.title}",
        "tenders_confirmation_asked.txt",
        tender,
        school=commitment.school.name,
        commitment_id=commitment.id,
        school_id=commitment.school_id,
    )


def school_corrected(session: Session, tender: Tender, commitment: Commitment) -> None:
    """Tell the coordinator that a school that had committed corrected what it buys or its conditions."""
    write(
        session,
        coordinators(session, tender),
        f"{commitment.school.name} corrected its answer to {tender.title}",
        "tenders_corrected.txt",
        tender,
        school=commitment.school.name,
    )


def school_invited_late(session: Session, tender: Tender, commitment: Commitment) -> None:
    """Ask one more school, and tell those that have answered that their answers stand."""
    invited = deciders(session, [commitment.school_id])
    write(
        session,
        invited,
        f"{commitment.school.name}: will you buy together? {tender.title}",
        "tenders_invited.txt",
        tender,
        school=commitment.school.name,
        school_id=commitment.school_id,
    )
    others = set(queries.buyers(session, tender.id)) - {commitment.school_id}
    write(
        session,
        [one for one in deciders(session, others) if one not in invited],
        f"{commitment.school.name} is invited to {tender.title}, too",
        "tenders_invited_late.txt",
        tender,
        school=commitment.school.name,
    )


def school_left(
    session: Session, tender: Tender, commitment: Commitment, dropped: Mapping[uuid.UUID, str], went_back: str
) -> None:
    """Tell the coordinator and every school, those that drop out included, who left and what follows."""
    concerned = {commitment.school_id, *dropped, *queries.buyers(session, tender.id)}
    people = [*deciders(session, concerned), *coordinators(session, tender)]
    governors = people_with_role(session, [commitment.school_id, *dropped], Role.GOVERNOR)
    named = names(session, dropped)
    write(
        session,
        unique([*people, *governors]),
        f"{commitment.school.name} is no longer part of {tender.title}",
        "tenders_left.txt",
        tender,
        school=commitment.school.name,
        reason=commitment.reason,
        followers=sorted((named[school_id], why) for school_id, why in dropped.items()),
        went_back=went_back,
        buyers=list(queries.buyers(session, tender.id).values()),
    )
