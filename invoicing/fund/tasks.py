"""What waits for a person in the funds they can read, for their home page."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from invoicing.fund import notices
from invoicing.fund.billing import jobs as billing
from invoicing.fund.billing.queries import billed
from invoicing.fund.budgets import jobs as budgets
from invoicing.fund.models import Claim, Contribution, ContributionRound, Fund
from invoicing.fund.queries import (
    WITH_APPROVALS,
    approving_schools,
    get_claim,
    get_contribution,
    needs_confirming,
    visible_to,
    waits_for_governors,
)
from invoicing.fund.refunds import tasks as refunds
from invoicing.fund.rules import ClaimStatus, ContributionStatus
from marketplace.alliance.decisions.about import About, describe_with, subject_of
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.delegation.queries import people_to_ask
from marketplace.core import clock, events
from marketplace.core.errors import NotFound
from marketplace.core.events import Event
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


def listen() -> None:
    """Hear of confirmations of claims, and tell of claims and contributions where they are confirmed.

    Called by the composition root.
    """
    refunds.listen()
    budgets.listen()
    billing.listen()
    events.subscribe("fund.confirmed", ask_once_confirmed, Act.CONFIRMATION_RECORD)
    describe_with(Subject.CLAIM, about_claim)
    describe_with(Subject.CONTRIBUTION, about)


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Contributions to confirm or record, claims and refunds to approve or pay; the oldest first in each."""
    return [
        *_to_confirm(session, actor),
        *_to_release(session, actor),
        *_to_approve(session, actor),
        *_to_receive(session, actor),
        *_to_pay(session, actor),
        *refunds.waiting_for(session, actor),
    ]


def _to_confirm(session: Session, actor: Actor) -> Iterator[Task]:
    schools = actor.organisations(Kind.SCHOOL, *POLICY[Act.CONTRIBUTION_CONFIRM].roles)
    query = (
        select(Contribution)
        .join(ContributionRound)
        .join(Fund)
        .where(
            visible_to(actor),
            Contribution.school_id.in_(schools),
            Contribution.status != ContributionStatus.RECEIVED,
        )
        .options(
            joinedload(Contribution.round),
            joinedload(Contribution.school),
            joinedload(Contribution.confirmation),
        )
        .order_by(ContributionRound.proposed_at)
    )
    for contribution in session.scalars(query):
        if not needs_confirming(contribution, clock.today()):
            continue
        yield Task(
            f"Confirm {contribution.school.name}’s contribution of {contribution.amount}",
            url_for("fund.confirm_contribution", contribution_id=contribution.id),
            f"{contribution.round.reference}: {contribution.round.title}",
        )


def _to_release(session: Session, actor: Actor) -> Iterator[Task]:
    query = (
        select(Claim)
        .where(Claim.school_id.in_(actor.school_ids), Claim.status == ClaimStatus.AT_SCHOOL)
        .options(joinedload(Claim.school))
        .order_by(Claim.made_at)
    )
    found = list(session.scalars(query)) if actor.school_ids else []
    governs = actor.organisations(Kind.SCHOOL, *POLICY[Act.CONFIRMATION_RECORD].roles)
    for claim in found:
        if waits_for_governors(session, claim):
            if claim.school_id in governs:
                yield Task(
                    f"Record the governing body’s confirmation of the claim “{claim.title}”",
                    confirmation_address(claim),
                    f"{claim.reference}, {claim.amount}",
                )
        elif claim.approver and actor.person_id in {
            one.id for one in people_to_ask(session, claim.school_id, claim.approver, claim.made_by)
        }:
            yield Task(
                f"Approve your school’s claim of {claim.amount}",
                url_for("fund.release_claim", claim_id=claim.id),
                f"{claim.reference}: {claim.title}",
            )


def confirmation_address(claim: Claim) -> str:
    """The page on which a governor records the confirmation of a claim."""
    return url_for(
        "decisions.record_confirmation",
        subject=Subject.CLAIM.value,
        subject_id=claim.id,
        school_id=claim.school_id,
    )


def about_claim(session: Session, actor: Actor, claim_id: uuid.UUID) -> About | None:
    """A claim as the page of its confirmation tells of it; None when the actor may not read it."""
    try:
        claim = get_claim(session, actor, claim_id)
    except NotFound:
        return None
    return About(
        title=f"{claim.title} ({claim.reference})",
        facts=(("School", claim.school.name), ("Claim from the fund", str(claim.amount))),
        endpoint="fund.show_claim",
        values={"claim_id": claim.id},
        asks=frozenset({claim.school_id} if waits_for_governors(session, claim) else ()),
    )


def ask_once_confirmed(session: Session, event: Event) -> None:
    """Once the governing body has confirmed a claim, ask its headteacher to release it."""
    subject, claim_id = subject_of(event)
    if subject is Subject.CLAIM:
        claim = session.get_one(Claim, claim_id)
        if claim.status is ClaimStatus.AT_SCHOOL:
            notices.ask_own_school(session, claim)


def _to_approve(session: Session, actor: Actor) -> Iterator[Task]:
    query = (
        select(Claim)
        .join(Fund)
        .where(visible_to(actor), Claim.status == ClaimStatus.SUBMITTED)
        .options(WITH_APPROVALS, joinedload(Claim.fund), joinedload(Claim.school))
        .order_by(Claim.made_at)
    )
    claims = list(session.scalars(query)) if actor.organisations(Kind.SCHOOL) else []
    approving = approving_schools(session, actor, claims)
    for claim in claims:
        if approving[claim.id]:
            yield Task(
                f"Decide on {claim.school.name}’s claim of {claim.amount}",
                url_for("fund.show_claim", claim_id=claim.id),
                f"{claim.reference}: {claim.title}",
            )


def _to_receive(session: Session, actor: Actor) -> Iterator[Task]:
    alliances = actor.organisations(Kind.ALLIANCE, *POLICY[Act.CONTRIBUTION_RECEIVE].roles)
    query = (
        select(ContributionRound, func.count(Contribution.id))
        .join(Fund)
        .join(Contribution, Contribution.round_id == ContributionRound.id)
        .where(
            Fund.alliance_id.in_(alliances),
            Contribution.status == ContributionStatus.CONFIRMED,
            Contribution.id.not_in(billed()),
        )
        .group_by(ContributionRound.id)
        .order_by(ContributionRound.proposed_at)
    )
    for found, waiting in session.execute(query):
        yield Task(
            f"Record the contributions that have come in: {found.title}",
            url_for("fund.show_round", round_id=found.id),
            f"{found.reference}: {waiting} confirmed and not yet received",
        )


def _to_pay(session: Session, actor: Actor) -> Iterator[Task]:
    alliances = actor.organisations(Kind.ALLIANCE, *POLICY[Act.CLAIM_PAY].roles)
    query = (
        select(Claim)
        .join(Fund)
        .where(Fund.alliance_id.in_(alliances), Claim.status == ClaimStatus.APPROVED)
        .options(joinedload(Claim.school))
        .order_by(Claim.made_at)
    )
    for claim in session.scalars(query):
        yield Task(
            f"Pay {claim.school.name}’s claim of {claim.amount}",
            url_for("fund.pay_claim", claim_id=claim.id),
            f"{claim.reference}: {claim.title}",
        )


def about(session: Session, actor: Actor, contribution_id: uuid.UUID) -> About | None:
    """A contribution as the list of confirmations tells of it; None when the actor may not read it.

    It has a confirming page of its own, which asks where the money comes from.
    """
    try:
        contribution = get_contribution(session, actor, contribution_id)
    except NotFound:
        return None
    return About(
        f"Contribution of {contribution.amount} to the {contribution.round.fund.name}",
        (("Round", f"{contribution.round.reference}: {contribution.round.title}"),),
        "fund.show_round",
        {"round_id": contribution.round_id},
    )
