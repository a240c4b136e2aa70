"""Who is told by e-mail about belonging. Each function writes in the action's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.board.queries import people_on
from marketplace.alliance.memberships.models import Departure, MembershipApplication
from marketplace.alliance.models import Membership, Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import POLICY, Act, Role


def tell_of_application(session: Session, application: MembershipApplication) -> None:
    """Tell the coordinator that a school has applied; the board is asked to vote by the decision itself."""
    _tell(
        session,
        people_with_role(session, [application.alliance_id], Role.COORDINATOR),
        f"{application.school.name} applies to join {application.alliance.name}",
        "memberships_applied.txt",
        application=application,
    )


def tell_admitted(session: Session, application: MembershipApplication) -> None:
    """Tell the school's people that they belong."""
    _tell(
        session,
        people_with_role(session, [application.school_id], *Role),
        f"{application.school.name} belongs to {application.alliance.name}",
        "memberships_admitted.txt",
        application=application,
    )


def tell_not_admitted(session: Session, application: MembershipApplication) -> None:
    """Tell who applied that the school was not admitted, or the question was taken back, and why."""
    _tell(
        session,
        [application.submitter],
        f"Your application to {application.alliance.name}",
        "memberships_not_admitted.txt",
        application=application,
    )


def ask_governors(session: Session, membership: Membership) -> None:
    """Ask an associate's governors to confirm that it becomes a full member."""
    _tell(
        session,
        people_with_role(session, [membership.school_id], *POLICY[Act.CONFIRMATION_RECORD].roles),
        f"Please confirm: {membership.school.name} as a full member of {membership.alliance.name}",
        "memberships_confirm.txt",
        membership=membership,
    )


def tell_converted(session: Session, membership: Membership) -> None:
    """Tell the school, the board and the coordinator that an associate is a full member now."""
    _tell(
        session,
        people_told_of_leaving(session, membership),
        f"{membership.school.name} is a full member of {membership.alliance.name}",
        "memberships_converted.txt",
        membership=membership,
    )


def remind_of_end(session: Session, membership: Membership) -> None:
    """Tell the school's head and governors, and the coordinator, that a membership is near its end."""
    school = people_with_role(session, [membership.school_id], Role.HEADTEACHER, Role.GOVERNOR)
    alliance = people_with_role(session, [membership.alliance_id], Role.COORDINATOR)
    _tell(
        session,
        [*school, *alliance],
        f"{membership.school.name}’s membership of {membership.alliance.name} is near its end",
        "memberships_ending.txt",
        membership=membership,
    )


def people_told_of_leaving(session: Session, membership: Membership) -> list[Person]:
    """The school's people, the board and the coordinator, each once. Ask before the membership ends."""
    school = people_with_role(session, [membership.school_id], *Role)
    board = people_on(session, membership.alliance_id)
    officers = people_with_role(session, [membership.alliance_id], Role.COORDINATOR)
    return list({person.id: person for person in (*school, *board, *officers)}.values())


def tell_of_leaving(
    session: Session, membership: Membership, departure: Departure, listed: list[str], told: Iterable[Person]
) -> None:
    """Tell them that the school has left, and what runs on."""
    _tell(
        session,
        told,
        f"{membership.school.name} has left {membership.alliance.name}",
        "memberships_left.txt",
        membership=membership,
        departure=departure,
        listed=listed,
    )


def tell_ended(session: Session, membership: Membership, told: Iterable[Person]) -> None:
    """Tell them that a membership has ended because its time ran out."""
    _tell(
        session,
        told,
        f"{membership.school.name}’s membership of {membership.alliance.name} has ended",
        "memberships_ended.txt",
        membership=membership,
    )


def _tell(session: Session, people: Iterable[Person], subject: str, template: str, **context: Any) -> None:
    for person in people:
        mail.write(session, person.email, subject, template, person_name=person.name, **context)
