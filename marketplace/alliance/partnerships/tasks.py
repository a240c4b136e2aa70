"""What waits for a person about trust partnerships, for their home page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.partnerships import queries, shown
from marketplace.alliance.partnerships.models import Partnership
from marketplace.alliance.partnerships.rules import PartnershipStatus
from marketplace.core import clock
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Proposals to confirm for a governing body, and reviews that are due for the coordinator."""
    return [*_to_confirm(session, actor), *_to_review(session, actor)]


def _to_confirm(session: Session, actor: Actor) -> Iterator[Task]:
    governs = actor.organisations(Kind.SCHOOL, *POLICY[Act.CONFIRMATION_RECORD].roles)
    if not governs:
        return
    query = select(Partnership).where(
        Partnership.school_id.in_(governs), Partnership.status == PartnershipStatus.PROPOSED
    )
    for partnership in session.scalars(query.options(*queries.WITH_NAMES)):
        if shown.asks_governors(session, partnership):
            yield Task(
                f"Confirm the trust partnership with {partnership.alliance.name}",
                url_for(
                    "decisions.record_confirmation",
                    subject=Subject.PARTNERSHIP.value,
                    subject_id=partnership.id,
                    school_id=partnership.school_id,
                ),
                f"{partnership.reference}, for {partnership.school.name}",
                due=partnership.starts_on,
            )


def _to_review(session: Session, actor: Actor) -> Iterator[Task]:
    alliances = actor.organisations(Kind.ALLIANCE, *POLICY[Act.PARTNERSHIP_REVIEW].roles)
    if not alliances:
        return
    query = queries.due_reviews(clock.today()).where(Partnership.alliance_id.in_(alliances))
    for review in session.scalars(query):
        yield Task(
            f"Review the trust partnership with {review.partnership.school.name}",
            url_for("partnerships.record_review", review_id=review.id),
            review.partnership.reference,
            due=review.due_on,
        )
