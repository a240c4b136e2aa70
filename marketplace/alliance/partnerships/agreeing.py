"""What follows when board and governing body have agreed to a partnership, or one of them has not."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.memberships import admitting
from marketplace.alliance.memberships.queries import is_member
from marketplace.alliance.partnerships import notices, rules
from marketplace.alliance.partnerships.models import Partnership
from marketplace.alliance.partnerships.rules import PartnershipStatus
from marketplace.alliance.rules import MembershipKind
from marketplace.core import clock, events, policy
from marketplace.core.policy import SYSTEM, Act


def begin_if_both_agreed(session: Session, partnership: Partnership) -> bool:
    """Begin a partnership when the board has carried it, the governing body confirms it and its day is come.

    Does nothing while one of the three is missing, and when the school has come to belong otherwise.
    """
    if partnership.status is not PartnershipStatus.PROPOSED or partnership.starts_on > clock.today():
        return False
    if not admitting.both_agreed(session, partnership.school_id, Subject.PARTNERSHIP, partnership.id):
        return False
    if is_member(session, partnership.alliance_id, partnership.school_id):
        return False
    policy.require(SYSTEM, Act.PARTNERSHIP_BEGIN)
    membership = admitting.admit(
        session,
        SYSTEM,
        alliance_id=partnership.alliance_id,
        school_id=partnership.school_id,
        kind=MembershipKind.TRUST_PARTNERSHIP,
        ends_on=partnership.ends_on,
    )
    partnership.status = rules.move(partnership.status, PartnershipStatus.AGREED)
    partnership.membership_id = membership.id
    session.flush()
    events.record(
        session, SYSTEM, Act.PARTNERSHIP_BEGIN, partnership.id, organisation_id=partnership.alliance_id
    )
    notices.tell_begun(session, partnership)
    return True


def drop(session: Session, partnership: Partnership, answer: str) -> None:
    """End a proposal that the board has rejected or that was taken back from it; the partner is told."""
    if partnership.status is not PartnershipStatus.PROPOSED:
        return
    policy.require(SYSTEM, Act.PARTNERSHIP_DROP)
    partnership.status = rules.move(partnership.status, PartnershipStatus.NOT_AGREED)
    session.flush()
    events.record(
        session, SYSTEM, Act.PARTNERSHIP_DROP, partnership.id, organisation_id=partnership.alliance_id
    )
    notices.tell_not_agreed(session, partnership, answer)
