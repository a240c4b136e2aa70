"""Questions about schools' commitments: what a school may read, and who would buy if it were settled now.

Load the tender as its reader first; `sealed_from` says whose conditions a reader may not see yet.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.queries import live_confirmation
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.delegation.queries import band_at, band_for
from marketplace.alliance.delegation.rules import Band
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from marketplace.core.web import day
from marketplace.tenders.commitments import rules
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from marketplace.tenders.timetable import estimated_value, term_months

DID_NOT_ANSWER = "Did not answer before the schools that buy were settled."


def conditions_of(commitment: Commitment) -> Conditions:
    """A school's conditions."""
    return Conditions(commitment.price_at_most, commitment.saving_at_least, commitment.schools_at_least)


def sees_conditions(actor: Actor, tender: Tender, school_id: uuid.UUID) -> bool:
    """May this reader of the tender see a school's conditions?

    Its own people always; everybody else in the alliance once prices are open, so that nobody bids or
    answers by what a school would pay.
    """
    return school_id in actor.school_ids or tender.status in rules.UNSEALED


def invited(tender: Tender) -> int:
    """How many schools have not declined."""
    return sum(one.status is not CommitmentStatus.DECLINED for one in tender.commitments)


def share(tender: Tender, commitment: Commitment) -> Money | None:
    """What a school commits to, as its delegation ladder counts it: the whole term, with VAT.

    At what it pays today; None when that or the contract's dates are not known.
    """
    if not commitment.baseline or tender.contract_starts_on is None or tender.contract_ends_on is None:
        return None
    return estimated_value([commitment.baseline], tender.contract_starts_on, tender.contract_ends_on)


def band(session: Session, tender: Tender, commitment: Commitment) -> Band | None:
    """The band of the school's ladder that its share falls into; None for a school without a ladder.

    A school that has committed did so by the ladder that held then: a later one does not undo it.
    """
    value = share(tender, commitment)
    if commitment.status is not CommitmentStatus.COMMITTED or commitment.answered_at is None:
        return band_for(session, commitment.school_id, value)
    return band_at(session, commitment.school_id, value, commitment.answered_at)


def confirmation_of(session: Session, tender: Tender, commitment: Commitment) -> Confirmation | None:
    """The governing body's confirmation that counts today, given since the tender was last a draft."""
    found = live_confirmation(
        session,
        school_id=commitment.school_id,
        subject=Subject.COMMITMENT,
        subject_id=commitment.id,
        today=clock.today(),
    )
    return found if found and found.recorded_at >= _last_drafted(tender) else None


def _last_drafted(tender: Tender) -> datetime:
    return max(step.reached_at for step in tender.steps if step.status is TenderStatus.DRAFT)


def lapsed_confirmation(session: Session, tender: Tender, commitment: Commitment) -> Confirmation | None:
    """The newest confirmation of this round that counts no more, where none counts that is needed."""
    if not rules.needs_governing_body(band(session, tender, commitment)):
        return None
    if confirmation_of(session, tender, commitment):
        return None
    query = (
        select(Confirmation)
        .where(
            Confirmation.subject == Subject.COMMITMENT,
            Confirmation.subject_id == commitment.id,
            Confirmation.recorded_at >= _last_drafted(tender),
        )
        .order_by(Confirmation.recorded_at.desc(), Confirmation.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def why_lapsed(confirmation: Confirmation) -> str:
    """Why a confirmation counts no more, in a sentence that schools read."""
    minute = f"The governing body’s confirmation (minute {confirmation.minute_reference})"
    if confirmation.withdrawn_at is not None:
        return f"{minute} was withdrawn on {day(confirmation.withdrawn_at)}."
    assert confirmation.expires_on, "a confirmation that was not withdrawn ends by its date"
    return f"{minute} ended on {day(confirmation.expires_on)}."


def unconfirmed(session: Session, tender: Tender, commitment: Commitment) -> str:
    """Why a school's governing body stands between it and buying; "" when nothing does."""
    if not rules.needs_governing_body(band(session, tender, commitment)):
        return ""
    if confirmation_of(session, tender, commitment):
        return ""
    lapsed = lapsed_confirmation(session, tender, commitment)
    return why_lapsed(lapsed) if lapsed else "Its governing body has not confirmed the commitment."


def check_confirmed(session: Session, tender: Tender) -> None:
    """Every buyer whose governing body must confirm has its confirmation today. Raises RuleBroken."""
    for commitment in tender.commitments:
        if commitment.status is not CommitmentStatus.COMMITTED:
            continue
        if why := unconfirmed(session, tender, commitment):
            raise RuleBroken(
                f"{commitment.school.name} cannot buy now. {why} Ask a governor of the school to record a "
                "new confirmation, or look again in a few minutes: then the school has dropped out."
            )


@dataclass(frozen=True, slots=True)
class Forecast:
    """Who would buy if it were settled now, and for each other school why not."""

    staying: frozenset[uuid.UUID]
    reasons: Mapping[uuid.UUID, str]


def forecast(session: Session, tender: Tender) -> Forecast:
    """Take all answers, confirmations and conditions of company together. `rules.settle` says how."""
    reasons: dict[uuid.UUID, str] = {}
    wanted: dict[uuid.UUID, int | None] = {}
    for commitment in tender.commitments:
        if commitment.status is CommitmentStatus.INVITED:
            reasons[commitment.school_id] = DID_NOT_ANSWER
        elif commitment.status is CommitmentStatus.COMMITTED:
            if why := unconfirmed(session, tender, commitment):
                reasons[commitment.school_id] = why
            else:
                wanted[commitment.school_id] = commitment.schools_at_least
    settled = rules.settle(wanted)
    reasons |= {school_id: rules.too_few(*counts) for school_id, counts in settled.dropped.items()}
    return Forecast(settled.staying, reasons)


def tenders_with_lapses(session: Session) -> list[uuid.UUID]:
    """Tenders not yet published in which a committed school's confirmation has ended or was withdrawn."""
    query = (
        select(Tender.id)
        .join(Commitment, Commitment.tender_id == Tender.id)
        .join(
            Confirmation,
            (Confirmation.subject_id == Commitment.id) & (Confirmation.subject == Subject.COMMITMENT),
        )
        .where(
            Tender.status.in_(rules.OPEN_TO_LEAVING),
            Commitment.status == CommitmentStatus.COMMITTED,
            or_(Confirmation.withdrawn_at.is_not(None), Confirmation.expires_on < clock.today()),
        )
        .distinct()
    )
    return list(session.scalars(query))


def of_school_before_publication(
    session: Session, alliance_id: uuid.UUID, school_id: uuid.UUID
) -> list[uuid.UUID]:
    """The tenders of an alliance, not yet published, in which a school has not declined."""
    query = (
        select(Tender.id)
        .join(Commitment, Commitment.tender_id == Tender.id)
        .where(
            Tender.alliance_id == alliance_id,
            Tender.status.in_({TenderStatus.DRAFT, *rules.OPEN_TO_LEAVING}),
            Commitment.school_id == school_id,
            Commitment.status != CommitmentStatus.DECLINED,
        )
        .order_by(Tender.id)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class SchoolVerdict:
    """One condition of one school, held against a quote."""

    school_id: uuid.UUID
    school: str
    words: str
    holds: bool


def verdicts(session: Session, tender: Tender, totals: Mapping[uuid.UUID, Money]) -> list[SchoolVerdict]:
    """Each school's conditions about money, held against what it would pay over the whole term before VAT.

    `totals` are one quote's, by school. For pages that are shown only once prices are open.
    """
    if tender.contract_starts_on is None or tender.contract_ends_on is None:
        return []
    months = term_months(tender.contract_starts_on, tender.contract_ends_on)
    query = select(Commitment).where(
        Commitment.tender_id == tender.id, Commitment.status == CommitmentStatus.COMMITTED
    )
    found = [
        SchoolVerdict(commitment.school_id, commitment.school.name, verdict.words, verdict.holds)
        for commitment in session.scalars(query)
        if commitment.school_id in totals
        for verdict in rules.verdicts(
            conditions_of(commitment),
            total=totals[commitment.school_id],
            baseline=commitment.baseline,
            months=months,
        )
    ]
    return sorted(found, key=lambda one: (one.school, one.school_id))
