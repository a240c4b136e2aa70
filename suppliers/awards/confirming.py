"""Awards that a school's governing body must confirm before anybody approves them for the school.

A school's delegation ladder says above which value that is: what the school itself buys by the award,
over the whole term and with VAT. A school without a ladder needs no confirmation.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.alliance.decisions import confirming
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.about import About
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.delegation.queries import band_for, ladder_of
from marketplace.alliance.delegation.rules import Approver
from marketplace.alliance.queries import names
from marketplace.core import clock
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import queries, rules
from suppliers.awards.models import Award
from suppliers.evaluation import queries as evaluation

OPEN = (TenderStatus.RECOMMENDED, TenderStatus.CONFIRMED_BY_SCHOOLS, TenderStatus.STANDSTILL)


def for_approval(
    session: Session, tender: Tender, awards: Sequence[Award], school_id: uuid.UUID
) -> Confirmation | None:
    """The confirmation on whose strength a school's approval is given; None where it needs none.

    Raises RuleBroken, saying what to do, where the governing body must confirm first.
    """
    if not awards or school_id not in schools_that_need_one(session, tender, awards):
        return None
    return confirming.require_live(
        session,
        school_id=school_id,
        school=names(session, [school_id])[school_id],
        subject=Subject.AWARD,
        subject_id=awards[0].id,
    )


def check_all(session: Session, tender: Tender, awards: Sequence[Award]) -> None:
    """Raise RuleBroken, naming each, unless every school that buys above its limit has its confirmation.

    Contracts are about to be made for all of them, not for the two that approved alone.
    """
    kept = {one.school_id for one in awards[0].approvals if one.confirmation_id is not None}
    missing = [
        school_id
        for school_id in schools_that_need_one(session, tender, awards)
        if school_id not in kept and not _confirmed(session, awards, school_id)
    ]
    if missing:
        listed = ", ".join(sorted(names(session, missing).values()))
        raise RuleBroken(
            f"The governing body has not confirmed this award for: {listed}. Their parts are above the "
            "schools’ limits. Ask a governor to record the minute, then confirm the award."
        )


def schools_that_need_one(
    session: Session, tender: Tender, awards: Sequence[Award]
) -> dict[uuid.UUID, Money]:
    """The schools that buy above their own limit, each with its part: whole term, with VAT."""
    parts: dict[uuid.UUID, Money] = {}
    for due in queries.contracts_due(session, tender, awards):
        parts[due.school_id] = parts.get(due.school_id, ZERO) + due.amount
    found = {}
    for school_id, amount in parts.items():
        value = rules.value_with_vat(amount)
        band = band_for(session, school_id, value)
        if band and band.approver is Approver.GOVERNING_BODY:
            found[school_id] = value
    return found


def waiting(
    session: Session, tender: Tender, awards: Sequence[Award], school_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, Money]:
    """Of these schools, those whose governing body is asked to confirm an award that is not confirmed yet."""
    if not awards or tender.status not in OPEN:
        return {}
    wanted = set(school_ids)
    if not wanted:
        return {}
    return {
        school_id: value
        for school_id, value in schools_that_need_one(session, tender, awards).items()
        if school_id in wanted and not _confirmed(session, awards, school_id)
    }


def _confirmed(session: Session, awards: Sequence[Award], school_id: uuid.UUID) -> bool:
    found = decisions.live_confirmation(
        session,
        school_id=school_id,
        subject=Subject.AWARD,
        subject_id=awards[0].id,
        today=clock.today(),
    )
    return found is not None


def about(session: Session, actor: Actor, award_id: uuid.UUID) -> About | None:
    """An award as its confirmation tells of it; None when the actor may not read it."""
    award = session.get(Award, award_id)
    if award is None:
        return None
    try:
        tender = evaluation.get_tender(session, award.tender_id, evaluation.visible_to(actor))
    except NotFound:
        return None
    awards = queries.live_awards(session, tender.id)
    governed = actor.organisations(Kind.SCHOOL, *POLICY[Act.CONFIRMATION_RECORD].roles)
    asks: dict[uuid.UUID, Money] = {}
    if awards and awards[0].id == award_id:
        asks = waiting(session, tender, awards, governed)
    facts = [("Tender", f"{tender.reference}: {tender.title}"), ("Supplier", award.quote.supplier.name)]
    facts += [
        (f"{name}’s part", f"{asks[school_id]} with VAT over the whole term")
        for school_id, name in names(session, asks).items()
    ]
    return About(
        f"Award of {tender.title}",
        tuple(facts),
        "awards.show_award",
        {"tender_id": tender.id},
        frozenset(asks),
    )


def address(awards: Sequence[Award], school_id: uuid.UUID) -> str:
    """The page on which a governor records the confirmation of an award."""
    return url_for(
        "decisions.record_confirmation",
        subject=Subject.AWARD.value,
        subject_id=awards[0].id,
        school_id=school_id,
    )


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Awards on their way that this person's governing body is asked to confirm."""
    held = actor.organisations(Kind.SCHOOL, *POLICY[Act.CONFIRMATION_RECORD].roles)
    governed = [school_id for school_id in held if ladder_of(session, school_id)]
    if not governed:
        return []
    found = []
    for tender in queries.waiting_tenders(session, actor, *OPEN):
        awards = queries.live_awards(session, tender.id)
        asked = waiting(session, tender, awards, governed)
        found += [
            Task(
                f"Confirm the award of {tender.title} for {name}",
                address(awards, school_id),
                f"{asked[school_id]} with VAT is above the school’s limit",
            )
            for school_id, name in names(session, asked).items()
        ]
    return found
