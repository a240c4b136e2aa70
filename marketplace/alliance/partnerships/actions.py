"""What people do about trust partnerships: propose and review; and what the clock does."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.decisions import deciding
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.memberships.queries import is_member
from marketplace.alliance.models import School
from marketplace.alliance.partnerships import agreeing, notices, queries, rules
from marketplace.alliance.partnerships.models import Partnership, PartnershipReview
from marketplace.alliance.partnerships.rules import Terms
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.ids import new_id, next_reference
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.core.web import day


def propose_partnership(
    actor: Actor, partnership_id: uuid.UUID, alliance_id: uuid.UUID, urn: str, terms: Terms
) -> None:
    """Propose a partnership to a school, by its URN: the board votes, and its governing body confirms.

    Raises RuleBroken for a school that belongs already or has a proposal, and for terms that cannot be.
    """
    with transaction() as session:
        if alliance_id not in actor.alliance_ids:
            raise NotFound
        policy.require(actor, Act.PARTNERSHIP_PROPOSE, alliance_id)
        if session.get(Partnership, partnership_id):
            return
        school = _school(session, urn)
        if is_member(session, alliance_id, school.id):
            raise RuleBroken(f"{school.name} belongs to this alliance already.", "urn")
        if queries.proposed_to(session, alliance_id, school.id):
            raise RuleBroken(f"A partnership has been proposed to {school.name} already.", "urn")
        rules.check_terms(terms, clock.today())
        partnership = _write(session, actor, partnership_id, (alliance_id, school.id), terms)
        events.record(session, actor, Act.PARTNERSHIP_PROPOSE, partnership.id, organisation_id=alliance_id)
        deciding.open_decision(
            session,
            actor,
            new_id(),
            alliance_id=alliance_id,
            subject=Subject.PARTNERSHIP,
            subject_id=partnership.id,
            question=f"Shall we enter into a trust partnership with {school.name}?",
            carried=(
                f"If it is carried and the governing body of {school.name} confirms it, the partnership runs "
                f"from {day(terms.starts_on)} to {day(terms.ends_on)}."
            ),
        )
        notices.ask_partner(session, partnership)


def _school(session: Session, urn: str) -> School:
    school = session.scalars(select(School).where(School.urn == urn.strip())).one_or_none()
    if school is None:
        raise RuleBroken(
            "No school with this URN is in the register. Check its six digits, or ask the administrator "
            "to import it.",
            "urn",
        )
    return school


def _write(
    session: Session,
    actor: Actor,
    partnership_id: uuid.UUID,
    between: tuple[uuid.UUID, uuid.UUID],
    terms: Terms,
) -> Partnership:
    """A proposal's row; `between` are the ids of the alliance and of the school."""
    now = clock.now()
    partnership = Partnership(
        id=partnership_id,
        reference=next_reference(session, "TP", now),
        alliance_id=between[0],
        school_id=between[1],
        starts_on=terms.starts_on,
        months=terms.months,
        ends_on=terms.ends_on,
        service_charge=terms.service_charge,
        objectives=terms.objectives.strip(),
        credit=terms.credit,
        credit_source=terms.credit_source.strip(),
        proposed_by=_person(actor),
        proposed_at=now,
        reviews=[PartnershipReview(id=new_id(), due_on=due_on) for due_on in terms.reviews],
    )
    session.add(partnership)
    session.flush()
    return partnership


def record_review(actor: Actor, review_id: uuid.UUID, held_on: date, notes: str) -> None:
    """Record that a partnership was reviewed and what was found. The partner is told."""
    with transaction() as session:
        review = queries.get_review(session, actor, review_id, lock=True)
        partnership = review.partnership
        policy.require(actor, Act.PARTNERSHIP_REVIEW, partnership.alliance_id)
        if (review.held_on, review.notes) == (held_on, notes.strip()):
            return
        if review.held_on is not None:
            raise RuleBroken(f"This review was recorded already, as held on {day(review.held_on)}.")
        given = rules.check_review(held_on, notes, partnership.starts_on, clock.today())
        review.held_on, review.notes, review.recorded_by = held_on, given, _person(actor)
        session.flush()
        events.record(
            session,
            actor,
            Act.PARTNERSHIP_REVIEW,
            partnership.id,
            organisation_id=partnership.alliance_id,
            held_on=held_on,
        )
        notices.tell_reviewed(session, review)


def begin_partnership(partnership_id: uuid.UUID) -> bool:
    """Begin a partnership whose first day has come, if both have agreed. Says whether it did."""
    with transaction() as session:
        policy.require(SYSTEM, Act.PARTNERSHIP_BEGIN)
        return agreeing.begin_if_both_agreed(session, queries.locked_partnership(session, partnership_id))


def remind_of_review(review_id: uuid.UUID) -> bool:
    """Tell coordinator and partner once that a review is due. Says whether they were told."""
    with transaction() as session:
        policy.require(SYSTEM, Act.PARTNERSHIP_REMIND)
        review = queries.locked_review(session, review_id)
        if review.reminded_at or review.held_on:
            return False
        review.reminded_at = clock.now()
        session.flush()
        events.record(
            session,
            SYSTEM,
            Act.PARTNERSHIP_REMIND,
            review.partnership_id,
            organisation_id=review.partnership.alliance_id,
        )
        notices.remind_of_review(session, review)
        return True


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people agree partnerships"
    return actor.person_id
