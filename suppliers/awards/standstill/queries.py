"""Questions about standstills and challenges. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.core import clock
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.money import Money
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import queries as notices
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.rules import NoticeKind
from suppliers.awards import rules as award_rules
from suppliers.awards.letters.queries import sent_at
from suppliers.awards.models import Award
from suppliers.awards.rules import AwardStatus
from suppliers.awards.standstill import rules
from suppliers.awards.standstill.models import Challenge, Standstill
from suppliers.awards.standstill.rules import ChallengeStatus, Countdown, Duty


def duty_of(session: Session, tender: Tender, awards: Sequence[Award]) -> Duty:
    """What the law asks for at the award of a tender."""
    began = tender.published_at or clock.now()
    value = award_rules.value_with_vat(Money.total(award.total for award in awards))
    return rules.duty(
        value,
        tender.cpv,
        began.astimezone(clock.LONDON).date(),
        is_public=notices.on_find_a_tender(session, tender.id) is not None,
    )


def standstill_of(session: Session, tender_id: uuid.UUID) -> Standstill | None:
    """The standstill of a tender's award, once it has begun."""
    return session.get(Standstill, tender_id)


def challenges_of(session: Session, tender_id: uuid.UUID) -> list[Challenge]:
    """The challenges to a tender's award, oldest first."""
    query = select(Challenge).where(Challenge.tender_id == tender_id).order_by(Challenge.recorded_at)
    return list(session.scalars(query))


def open_challenges(session: Session, tender_id: uuid.UUID) -> list[Challenge]:
    """The challenges that are not settled."""
    return [one for one in challenges_of(session, tender_id) if one.status is ChallengeStatus.OPEN]


def get_challenge(session: Session, tender: Tender, challenge_id: uuid.UUID) -> Challenge:
    """A challenge to the award of a tender that its reader may see. Raises NotFound."""
    challenge = session.get(Challenge, challenge_id)
    if challenge is None or challenge.tender_id != tender.id:
        raise NotFound
    return challenge


def is_announced(session: Session, tender_id: uuid.UUID) -> bool:
    """Was the award notice published, of the award that stands?"""
    return bool(_award_notices(session, tender_id))


def _award_notices(session: Session, tender_id: uuid.UUID) -> list[Notice]:
    """The award notices since the award that stands was approved: those of one set aside are older."""
    decided = session.scalar(
        select(func.max(Award.decided_at)).where(
            Award.tender_id == tender_id, Award.status.in_([AwardStatus.APPROVED, AwardStatus.CONFIRMED])
        )
    )
    if decided is None:
        return []
    told = [one for one in notices.notices_of(session, tender_id) if one.kind is NoticeKind.AWARD]
    return [one for one in told if one.issued_at >= decided]


def check_may_confirm(session: Session, tender: Tender, awards: Sequence[Award]) -> None:
    """Raise RuleBroken, saying what comes first, while the award must not be confirmed."""
    for challenge in open_challenges(session, tender.id):
        raise RuleBroken(
            f"{challenge.challenger} challenges the decision. No award is confirmed before two people have "
            "settled what happens to the standstill."
        )
    if sent_at(session, tender.id) is None:
        raise RuleBroken("Send every bidder its result first, with its assessment summary.")
    owed = duty_of(session, tender, awards)
    if owed is not Duty.BELOW and not is_announced(session, tender.id):
        raise RuleBroken("Publish the award notice on Find a Tender and enter its reference first.")
    if owed is Duty.MANDATORY and tender.standstill_ends_on is None:
        raise RuleBroken("The standstill has not begun: it is mandatory for this award.")
    rules.check_over(tender.standstill_ends_on, clock.today())


def why_not_yet(session: Session, tender: Tender, awards: Sequence[Award]) -> str:
    """What stands between an approved award and its confirmation; "" when nothing does."""
    try:
        check_may_confirm(session, tender, awards)
    except RuleBroken as refusal:
        return refusal.message
    return ""


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """A challenge as its page shows it."""

    id: uuid.UUID
    challenger: str
    by: str
    received_on: date
    recorded_by: str
    recorded_at: datetime
    days_left: int
    is_open: bool
    outcome: str
    sets_aside: bool
    reason: str
    proposed_by: str
    agreed_by: tuple[str, ...]
    people_needed: int
    settled_by: str
    settled_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class StandstillView:
    """A standstill as the award's page shows it; `paused` while a challenge is open."""

    duty: Duty
    duty_words: str
    began_on: date | None
    ends_on: date | None
    reference: str
    countdown: Countdown | None
    is_over: bool
    paused: bool
    challenges: tuple[ChallengeView, ...]


def view(session: Session, tender: Tender, awards: Sequence[Award]) -> StandstillView:
    """Where the standstill of a tender's award stands today."""
    owed = duty_of(session, tender, awards)
    begun = standstill_of(session, tender.id)
    challenges = tuple(_challenge(session, one) for one in challenges_of(session, tender.id))
    paused = any(one.is_open for one in challenges)
    ends_on = tender.standstill_ends_on if begun else None
    return StandstillView(
        duty=owed,
        duty_words=rules.DUTY_WORDS[owed],
        began_on=begun.began_on if begun else None,
        ends_on=ends_on,
        reference=_reference(session, tender.id),
        countdown=rules.countdown(clock.today(), ends_on)
        if ends_on and not paused and tender.status is TenderStatus.STANDSTILL
        else None,
        is_over=ends_on is not None and not paused and ends_on < clock.today(),
        paused=paused,
        challenges=challenges,
    )


def _reference(session: Session, tender_id: uuid.UUID) -> str:
    told = _award_notices(session, tender_id)
    return told[-1].reference if told else ""


def _challenge(session: Session, challenge: Challenge) -> ChallengeView:
    def name(person_id: uuid.UUID | None) -> str:
        return session.get_one(Person, person_id).name if person_id else ""

    came_by = rules.CHALLENGE_LABELS[challenge.by]
    return ChallengeView(
        id=challenge.id,
        challenger=challenge.challenger,
        by=": ".join(filter(None, (came_by, challenge.court, challenge.reference))),
        received_on=challenge.received_on,
        recorded_by=name(challenge.recorded_by),
        recorded_at=challenge.recorded_at,
        days_left=challenge.days_left,
        is_open=challenge.status is ChallengeStatus.OPEN,
        outcome=rules.OUTCOMES[challenge.outcome] if challenge.outcome else "",
        sets_aside=challenge.outcome in rules.SETS_ASIDE,
        reason=challenge.reason,
        proposed_by=name(challenge.proposed_by),
        agreed_by=tuple(name(one.person_id) for one in challenge.agreements),
        people_needed=rules.people_needed(challenge.outcome) if challenge.outcome else 1,
        settled_by=name(challenge.settled_by),
        settled_at=challenge.settled_at,
        version=challenge.version,
    )
