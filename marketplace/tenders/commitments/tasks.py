"""What people can do about who buys, and what a governor is asked to confirm."""

from __future__ import annotations

import uuid

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.decisions.about import About
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import policy
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task, day
from marketplace.tenders.commitments import queries, rules
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.progress import StepLink
from marketplace.tenders.queries import of_the_alliances_of
from marketplace.tenders.recommitting.queries import governors_asked
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from marketplace.tenders.timetable import term_in_words

DROPS_OUT = (
    "If it is the one that the school’s commitment needs, the school drops out of this tender at once, and "
    "the other schools in it are told."
)
STAYS_BOUND = "The tender is published: the school stays bound by its commitment, because suppliers price it."


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Commitments of this governor's schools that their governing bodies have still to confirm."""
    schools = actor.organisations(Kind.SCHOOL, *POLICY[Act.CONFIRMATION_RECORD].roles)
    if not schools:
        return []
    query = (
        select(Commitment, Tender)
        .join(Tender, Tender.id == Commitment.tender_id)
        .where(
            of_the_alliances_of(actor),
            Commitment.school_id.in_(schools),
            Commitment.status == CommitmentStatus.COMMITTED,
            Tender.status.in_({*rules.OPEN_TO_LEAVING, TenderStatus.PUBLISHED}),
        )
        .order_by(Tender.closes_at, Tender.id)
    )
    return [
        Task(
            f"Record the governing body’s confirmation: {tender.title}",
            record_href(commitment),
            f"{commitment.school.name}, {tender.reference}",
        )
        for commitment, tender in session.execute(query)
        if _asks_governors(session, tender, commitment)
    ]


def _asks_governors(session: Session, tender: Tender, commitment: Commitment) -> bool:
    """Does a school's governing body have to confirm, before publication or for other volumes after it?"""
    if tender.status in rules.OPEN_TO_LEAVING:
        return bool(queries.unconfirmed(session, tender, commitment))
    return governors_asked(session, tender, commitment)


def record_href(commitment: Commitment) -> str:
    """The page on which a governor records the confirmation of a commitment."""
    return url_for(
        "decisions.record_confirmation",
        subject=Subject.COMMITMENT.value,
        subject_id=commitment.id,
        school_id=commitment.school_id,
    )


def describe(session: Session, actor: Actor, commitment_id: uuid.UUID) -> About | None:
    """A commitment as its confirmation shows it. It asks its school while it needs one that counts."""
    query = (
        select(Commitment, Tender)
        .join(Tender, Tender.id == Commitment.tender_id)
        .where(Commitment.id == commitment_id, of_the_alliances_of(actor))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    commitment, tender = found
    share = queries.share(tender, commitment)
    facts = [
        ("School", commitment.school.name),
        ("Value of its share", f"{share} with VAT over the whole term" if share else "Not known"),
    ]
    if tender.contract_starts_on and tender.contract_ends_on:
        term = term_in_words(tender.contract_starts_on, tender.contract_ends_on)
        facts.append(("Contract", f"From {day(tender.contract_starts_on)}, {term}"))
    asked = commitment.status is not CommitmentStatus.DECLINED and _asks_governors(
        session, tender, commitment
    )
    return About(
        f"{tender.title}, {tender.reference}",
        tuple(facts),
        "tenders.show",
        {"tender_id": tender.id},
        frozenset({commitment.school_id}) if asked else frozenset(),
        when_withdrawn=DROPS_OUT if tender.status in rules.OPEN_TO_LEAVING else STAYS_BOUND,
    )


def links(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """What this actor can do about who buys, on the tender's page, until it is published."""
    if tender.status not in rules.OPEN_TO_LEAVING:
        return []
    deciding = tender.status in rules.OPEN_TO_ANSWERS
    found = []
    for commitment in tender.commitments:
        if policy.allows(actor, Act.TENDER_COMMIT, commitment.school_id):
            found += _own_links(tender, commitment, deciding=deciding)
        if (
            policy.allows(actor, Act.CONFIRMATION_RECORD, commitment.school_id)
            and commitment.status is CommitmentStatus.COMMITTED
            and queries.unconfirmed(session, tender, commitment)
        ):
            found.append(StepLink("Record the governing body’s confirmation", record_href(commitment)))
    if deciding and policy.allows(actor, Act.TENDER_CONFIRM, tender.alliance_id):
        found.append(StepLink("Settle who buys", url_for("tenders.confirm_tender", tender_id=tender.id)))
    if policy.allows(actor, Act.COMMITMENT_INVITE, tender.alliance_id):
        href = url_for("tenders.invite_school", tender_id=tender.id)
        found.append(StepLink("Invite one more school", href))
    return found


def _own_links(tender: Tender, commitment: Commitment, *, deciding: bool) -> list[StepLink]:
    """What somebody who answers for a school can do about its answer."""
    school = commitment.school.name
    answer = url_for("tenders.commit_school", tender_id=tender.id, school_id=commitment.school_id)
    if deciding and commitment.status is CommitmentStatus.INVITED:
        return [StepLink(f"Commit {school}, or decline", answer)]
    if commitment.status is not CommitmentStatus.COMMITTED:
        return []
    if deciding:
        return [StepLink(f"See or change the answer of {school}", answer)]
    leave = url_for("tenders.decline_tender", tender_id=tender.id, school_id=commitment.school_id)
    return [StepLink(f"Take {school} out", leave)]
