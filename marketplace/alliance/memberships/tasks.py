"""What waits for a person about belonging, for their home page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.memberships import queries, shown
from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MembershipKind, MembershipStatus
from marketplace.core import clock
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task, day


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Conversions to confirm for a governing body, and memberships near their end."""
    return [*_to_confirm(session, actor), *_ending(session, actor)]


def _to_confirm(session: Session, actor: Actor) -> Iterator[Task]:
    governs = actor.organisations(Kind.SCHOOL, *POLICY[Act.CONFIRMATION_RECORD].roles)
    if not governs:
        return
    query = (
        select(Membership)
        .where(
            Membership.school_id.in_(governs),
            Membership.kind == MembershipKind.ASSOCIATE,
            Membership.status == MembershipStatus.ACTIVE,
        )
        .options(*queries.WITH_NAMES)
    )
    for membership in session.scalars(query):
        if shown.asks_governors(session, membership):
            yield Task(
                f"Confirm that {membership.school.name} becomes a full member of {membership.alliance.name}",
                url_for(
                    "decisions.record_confirmation",
                    subject=Subject.CONVERSION.value,
                    subject_id=membership.id,
                    school_id=membership.school_id,
                ),
                "Record the governing body’s minute",
                due=membership.ends_on,
            )


def _ending(session: Session, actor: Actor) -> Iterator[Task]:
    for membership in queries.ending_soon(session, actor, clock.today()):
        assert membership.ends_on
        asked = decisions.decisions_on(session, Subject.CONVERSION, membership.id)
        if asked:
            continue
        yield Task(
            f"{membership.school.name}’s membership ends on {day(membership.ends_on)}",
            url_for("memberships.show", membership_id=membership.id),
            "It ends by itself. Ask for full membership first, if that is wanted",
            due=membership.ends_on,
        )
