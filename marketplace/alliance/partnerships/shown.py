"""What pages say about a trust partnership, for this stage's pages and those of decisions."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.about import About
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.rules import DecisionStatus, Subject
from marketplace.alliance.partnerships import queries
from marketplace.alliance.partnerships.models import Partnership
from marketplace.alliance.partnerships.rules import PartnershipStatus
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor
from marketplace.core.web import day


def facts(session: Session, partnership: Partnership) -> tuple[tuple[str, str], ...]:
    """The terms, as board and governing body read them."""
    credit = "None"
    if partnership.credit:
        credit = f"{partnership.credit}, from {partnership.credit_source}"
    return (
        ("School", f"{partnership.school.name}, URN {partnership.school.urn}"),
        ("Term", f"{day(partnership.starts_on)} to {day(partnership.ends_on)}, {partnership.months} months"),
        ("Service charge", f"{partnership.service_charge} for the whole term, before VAT"),
        ("Credit towards it", credit),
        ("Objectives", partnership.objectives),
        ("Reviews", "\n".join(day(review.due_on) for review in partnership.reviews)),
        ("Governing body", governing_body(session, partnership)),
    )


def about(session: Session, actor: Actor, partnership_id: uuid.UUID) -> About | None:
    """What a partnership is about, for whoever may read it."""
    try:
        partnership = queries.get_partnership(session, actor, partnership_id)
    except NotFound:
        return None
    return About(
        f"Trust partnership of {partnership.school.name} and {partnership.alliance.name}",
        facts(session, partnership),
        "partnerships.show",
        {"partnership_id": partnership.id},
        frozenset({partnership.school_id} if asks_governors(session, partnership) else ()),
        frozenset({partnership.school_id}),
    )


def asks_governors(session: Session, partnership: Partnership) -> bool:
    """Does a proposal wait for the governing body?"""
    if partnership.status is not PartnershipStatus.PROPOSED or confirmation(session, partnership):
        return False
    asked = decisions.decisions_on(session, Subject.PARTNERSHIP, partnership.id)
    return bool(asked) and asked[0].status in {DecisionStatus.OPEN, DecisionStatus.CARRIED}


def confirmation(session: Session, partnership: Partnership) -> Confirmation | None:
    """The governing body's confirmation that counts today."""
    return decisions.live_confirmation(
        session,
        school_id=partnership.school_id,
        subject=Subject.PARTNERSHIP,
        subject_id=partnership.id,
        today=clock.today(),
    )


def governing_body(session: Session, partnership: Partnership) -> str:
    """Whether the governing body has confirmed it, in words."""
    found = confirmation(session, partnership)
    if found is None:
        return "Has not confirmed it"
    return f"Confirmed it: minute {found.minute_reference} of {day(found.minuted_on)}"
