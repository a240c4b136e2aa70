"""What people are told by e-mail about an award. What bidders are told of their results is in `letters`.

Each function writes in the action's own transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.money import Money
from marketplace.core.policy import POLICY, Act, Role
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from suppliers.awards.models import Award
from suppliers.awards.waiving.models import AwardStanding
from suppliers.profiles.queries import people_who_bid
from suppliers.quotes.models import Quote


def approval_asked(
    session: Session,
    tender: Tender,
    approvers: Iterable[Person],
    supplier: str,
    waiting: Sequence[AwardStanding] = (),
) -> None:
    """Ask headteachers and governors to approve the recommended award or to send it back.

    `waiting` are the schools that accept first that they pay more than alone.
    """
    _write(
        session,
        approvers,
        f"Please decide about an award: {tender.title}",
        "awards_approval_asked.txt",
        tender,
        supplier=supplier,
        waiting=[one.school.name for one in waiting],
    )
    for standing in waiting:
        _write(
            session,
            people_with_role(session, [standing.school_id], *POLICY[Act.AWARD_WAIVE].roles),
            f"Your school would pay more than alone: {tender.title}",
            "awards_acceptance_asked.txt",
            tender,
            standing=standing,
        )


def confirmation_asked(
    session: Session, tender: Tender, award: Award, asked: Mapping[uuid.UUID, Money]
) -> None:
    """Ask the governors of schools that buy above their limit to record their governing body's minute."""
    for school_id, value in asked.items():
        governors = people_with_role(session, [school_id], *POLICY[Act.CONFIRMATION_RECORD].roles)
        _write(
            session,
            governors,
            f"Please confirm an award: {tender.title}",
            "awards_confirmation_asked.txt",
            tender,
            award_id=award.id,
            school_id=school_id,
            value=value,
        )


def award_rejected(session: Session, tender: Tender, by: str, reason: str) -> None:
    """Tell the coordinator that a recommendation came back, and why."""
    _write(
        session,
        _coordinators(session, tender),
        f"Sent back: the award of {tender.title}",
        "awards_rejected.txt",
        tender,
        by=by,
        reason=reason,
    )


def award_approved(session: Session, tender: Tender) -> None:
    """Tell the coordinator that two schools have approved, and when the award can be confirmed."""
    _write(
        session,
        _coordinators(session, tender),
        f"Approved: the award of {tender.title}",
        "awards_approved.txt",
        tender,
    )


def award_confirmed(session: Session, tender: Tender, winner: Quote, schools: Sequence[str]) -> None:
    """Tell a winner that its quote is accepted, and by which schools."""
    _write(
        session,
        people_who_bid(session, winner.supplier_id),
        f"You have won: {tender.title}",
        "awards_winner.txt",
        tender,
        reference=winner.reference,
        schools=schools,
        quote_id=winner.id,
    )


def schools_told(session: Session, tender: Tender, winners: Sequence[str]) -> None:
    """Tell the schools that their contracts stand in their registers."""
    _write(
        session,
        people_with_role(session, tenders.buyers(session, tender.id), Role.HEADTEACHER, Role.BURSAR),
        f"Awarded: {tender.title}",
        "awards_confirmed.txt",
        tender,
        supplier=" and ".join(winners),
    )


def _coordinators(session: Session, tender: Tender) -> list[Person]:
    return people_with_role(session, [tender.alliance_id], Role.COORDINATOR)


def _write(
    session: Session, people: Iterable[Person], subject: str, template: str, tender: Tender, **context: Any
) -> None:
    for person in {person.id: person for person in people}.values():
        mail.write(
            session, person.email, subject, template, person_name=person.name, tender=tender, **context
        )
