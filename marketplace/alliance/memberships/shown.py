"""What pages say about applications and memberships, for this stage's pages and those of decisions."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.about import About
from marketplace.alliance.decisions.models import Decision
from marketplace.alliance.decisions.rules import DecisionStatus, Subject
from marketplace.alliance.memberships import queries, rules
from marketplace.alliance.memberships.models import MembershipApplication
from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MEMBERSHIP_LABELS, MembershipKind, MembershipStatus
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor
from marketplace.core.web import day


def application_facts(application: MembershipApplication) -> tuple[tuple[str, str], ...]:
    """An application as a board reads it: the figures plainly, and what in them it will ask about."""
    evidence = queries.evidence_of(application)
    school = application.school
    kind, is_full = MEMBERSHIP_LABELS[application.kind], application.kind is MembershipKind.FULL
    facts = [
        ("School", f"{school.name}, URN {school.urn}, {school.local_authority}"),
        ("Pupils on roll", f"{school.pupils:,}"),
        ("Applies as", kind if is_full else f"{kind}, for {application.months} months"),
        ("Why", application.reasons),
        ("Latest accounts", f"Year to {day(evidence.year_end)}"),
        ("Reserves at the end of that year", str(evidence.reserves)),
        ("In-year balance (income less spending)", str(evidence.in_year_balance)),
        (
            "Notice to improve",
            f"Yes. {evidence.notice_explanation}" if evidence.notice_to_improve else "None",
        ),
    ]
    if found := rules.concerns(evidence):
        facts.append(("To look at", "\n".join(found)))
    return tuple(facts)


def about_application(session: Session, actor: Actor, application_id: uuid.UUID) -> About | None:
    """What an admission is about, for whoever may read the application."""
    try:
        application = queries.get_application(session, actor, application_id)
    except NotFound:
        return None
    return About(
        f"Application of {application.school.name}",
        application_facts(application),
        "memberships.show_application",
        {"application_id": application.id},
        concerns=frozenset({application.school_id}),
    )


def about_conversion(session: Session, actor: Actor, membership_id: uuid.UUID) -> About | None:
    """What a conversion is about, for whoever may read the membership."""
    try:
        membership = queries.get_membership(session, actor, membership_id)
    except NotFound:
        return None
    asks = {membership.school_id} if asks_governors(session, membership) else set()
    ends = f"Ends on {day(membership.ends_on)}" if membership.ends_on else "Full member now"
    return About(
        f"{membership.school.name} as a full member of {membership.alliance.name}",
        (
            ("School", f"{membership.school.name}, {membership.school.pupils:,} pupils on roll"),
            ("Member since", day(membership.joined_on)),
            ("Membership", ends),
            ("Governing body", governing_body(session, membership)),
        ),
        "memberships.show",
        {"membership_id": membership.id},
        frozenset(asks),
        frozenset({membership.school_id}),
    )


def asks_governors(session: Session, membership: Membership) -> bool:
    """Does a conversion wait for the governing body: asked for, not rejected, and not confirmed?"""
    if (membership.kind, membership.status) != (MembershipKind.ASSOCIATE, MembershipStatus.ACTIVE):
        return False
    asked = decisions.decisions_on(session, Subject.CONVERSION, membership.id)
    if not asked or asked[0].status not in {DecisionStatus.OPEN, DecisionStatus.CARRIED}:
        return False
    return not _confirmed(session, membership)


def governing_body(session: Session, membership: Membership) -> str:
    """Whether the governing body has confirmed a conversion, in words."""
    found = decisions.live_confirmation(
        session,
        school_id=membership.school_id,
        subject=Subject.CONVERSION,
        subject_id=membership.id,
        today=clock.today(),
    )
    if found is None:
        return "Has not confirmed it"
    ends = f", counts until {day(found.expires_on)}" if found.expires_on else ""
    return f"Confirmed it: minute {found.minute_reference} of {day(found.minuted_on)}{ends}"


def _confirmed(session: Session, membership: Membership) -> bool:
    found = decisions.live_confirmation(
        session,
        school_id=membership.school_id,
        subject=Subject.CONVERSION,
        subject_id=membership.id,
        today=clock.today(),
    )
    return found is not None


def may_ask_again(asked: list[Decision]) -> bool:
    """Can a conversion be asked for: never asked, or the last time rejected or taken back?"""
    return not asked or asked[0].status not in {DecisionStatus.OPEN, DecisionStatus.CARRIED}
