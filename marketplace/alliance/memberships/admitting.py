"""The steps by which schools come to belong and cease to: by the administrator, the board or the clock."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import DecisionStatus, Subject
from marketplace.alliance.memberships import notices, queries, rules
from marketplace.alliance.memberships.models import MembershipApplication
from marketplace.alliance.memberships.rules import ApplicationStatus
from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MEMBERSHIP_MOVES, MembershipKind, MembershipStatus
from marketplace.core import clock, events, moves, policy
from marketplace.core.ids import new_id
from marketplace.core.policy import SYSTEM, Act, Actor


def admit(
    session: Session,
    actor: Actor,
    *,
    alliance_id: uuid.UUID,
    school_id: uuid.UUID,
    kind: MembershipKind,
    ends_on: date | None,
) -> Membership:
    """Make a school a member of an alliance from today. The caller has seen that it is none."""
    policy.require(actor, Act.SCHOOL_ADMIT, alliance_id)
    membership = Membership(
        id=new_id(),
        alliance_id=alliance_id,
        school_id=school_id,
        kind=kind,
        joined_on=clock.today(),
        ends_on=ends_on,
    )
    session.add(membership)
    session.flush()
    events.record(session, actor, Act.SCHOOL_ADMIT, school_id, organisation_id=alliance_id, kind=kind)
    return membership


def settle(
    session: Session, application: MembershipApplication, outcome: DecisionStatus, answer: str
) -> None:
    """Do what the board decided on an application, and tell the school. Does nothing when it was withdrawn.

    `answer` is the board's minute, or the reason for which the question was taken back.
    """
    if application.status is not ApplicationStatus.SUBMITTED:
        return
    application.settled_at = clock.now()
    if outcome is DecisionStatus.CARRIED:
        application.status = rules.move(application.status, ApplicationStatus.ADMITTED)
        if not queries.is_member(session, application.alliance_id, application.school_id):
            ends_on = rules.last_day(clock.today(), application.kind, application.months)
            admit(
                session,
                SYSTEM,
                alliance_id=application.alliance_id,
                school_id=application.school_id,
                kind=application.kind,
                ends_on=ends_on,
            )
        notices.tell_admitted(session, application)
        return
    policy.require(SYSTEM, Act.MEMBERSHIP_REFUSE)
    refused = outcome is DecisionStatus.REJECTED
    wanted = ApplicationStatus.REJECTED if refused else ApplicationStatus.RETURNED
    application.status = rules.move(application.status, wanted)
    application.answer = answer
    session.flush()
    events.record(
        session, SYSTEM, Act.MEMBERSHIP_REFUSE, application.id, organisation_id=application.school_id
    )
    notices.tell_not_admitted(session, application)


def convert_if_both_agreed(session: Session, membership: Membership) -> bool:
    """Make an associate a full member, once the board has carried it and the governing body confirms it.

    Whichever of the two comes last brings it about; until then nothing changes. A confirmation that
    has ended or was withdrawn counts for nothing.
    """
    if (membership.kind, membership.status) != (MembershipKind.ASSOCIATE, MembershipStatus.ACTIVE):
        return False
    if not both_agreed(session, membership.school_id, Subject.CONVERSION, membership.id):
        return False
    policy.require(SYSTEM, Act.MEMBERSHIP_CONVERT)
    membership.kind, membership.ends_on, membership.reminded_at = MembershipKind.FULL, None, None
    session.flush()
    events.record(
        session,
        SYSTEM,
        Act.MEMBERSHIP_CONVERT,
        membership.school_id,
        organisation_id=membership.alliance_id,
    )
    notices.tell_converted(session, membership)
    return True


def both_agreed(session: Session, school_id: uuid.UUID, subject: Subject, subject_id: uuid.UUID) -> bool:
    """Has the board carried a subject, and does a confirmation of the school's governing body count today?"""
    carried = any(
        one.status is DecisionStatus.CARRIED for one in decisions.decisions_on(session, subject, subject_id)
    )
    confirmed = decisions.live_confirmation(
        session, school_id=school_id, subject=subject, subject_id=subject_id, today=clock.today()
    )
    return carried and confirmed is not None


def end(membership: Membership, left_on: date) -> None:
    """End a membership on a day. Contracts, published tenders and the fund's books run on."""
    membership.status = moves.move(MEMBERSHIP_MOVES, membership.status, MembershipStatus.LEFT)
    membership.left_on = left_on
