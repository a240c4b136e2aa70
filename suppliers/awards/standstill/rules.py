"""When a standstill is owed, how long it lasts, and what a challenge does to it. Plain Python.

Sections are of the Procurement Act 2023. How many working days the law asks for is dated data:
`marketplace/tenders/reference/standstill.csv`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.core import moves, working_days
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money
from marketplace.core.working_days import in_words, is_working_day_everywhere
from marketplace.needs import thresholds
from marketplace.needs.thresholds import Regime
from marketplace.tenders.rules import TenderStatus
from suppliers.awards.rules import APPROVALS_NEEDED

BEFORE_CONTRACTS = frozenset({TenderStatus.CONFIRMED_BY_SCHOOLS, TenderStatus.STANDSTILL})


class Duty(StrEnum):
    """Whether the law asks for a standstill."""

    MANDATORY = "mandatory"
    LIGHT_TOUCH = "light_touch"
    BELOW = "below"


DUTIES: Mapping[Regime, Duty] = {
    Regime.ABOVE: Duty.MANDATORY,
    Regime.LIGHT_TOUCH: Duty.LIGHT_TOUCH,
    Regime.BELOW: Duty.BELOW,
}
DUTY_WORDS: Mapping[Duty, str] = {
    Duty.MANDATORY: (
        "The standstill is mandatory: no contract is made before it has ended "
        "(Procurement Act 2023, section 51)."
    ),
    Duty.LIGHT_TOUCH: (
        "For a light touch contract the law leaves the standstill to you. One that the award notice provides "
        "for is voluntary, lasts as long as a mandatory one, and then binds you "
        "(Procurement Act 2023, section 51)."
    ),
    Duty.BELOW: (
        "Below the threshold the law asks for no standstill. You may hold one all the same: it is voluntary."
    ),
}


def duty(value_vat_included: Money, cpv: str, commenced_on: date, *, is_public: bool) -> Duty:
    """What the law asks for, by the award's value and the threshold of the day the procurement began.

    `is_public`: was it begun as a public contract, with its notice on Find a Tender? Then it stays one,
    whatever the quotes came to (the Act counts the estimated value, section 4).
    """
    regime = thresholds.regime(cpv, value_vat_included, commenced_on)
    if regime is Regime.BELOW and is_public:
        regime = Regime.LIGHT_TOUCH if thresholds.is_light_touch(cpv) else Regime.ABOVE
    return DUTIES[regime]


@dataclass(frozen=True, slots=True)
class Countdown:
    """How much of a standstill is left: working days, today counted, and the same in words."""

    days: int
    words: str


def days_left(today: date, last_day: date) -> int:
    """The working days from today to the last day, both counted; 0 when it has passed."""
    span = (last_day - today).days + 1
    return sum(is_working_day_everywhere(today + timedelta(days=after)) for after in range(max(span, 0)))


def countdown(today: date, last_day: date) -> Countdown:
    """How much of a standstill is left on a day."""
    left = days_left(today, last_day)
    if today > last_day:
        return Countdown(0, f"The standstill ended on {in_words(last_day)}.")
    if today == last_day:
        return Countdown(left, "Today is the last day of the standstill. It lasts until midnight.")
    days = "1 working day is" if left == 1 else f"{left} working days are"
    return Countdown(
        left, f"{days} left: the standstill lasts until the end of {last_day:%A} {in_words(last_day)}."
    )


def check_over(last_day: date | None, today: date) -> None:
    """Raise RuleBroken while the standstill lasts; its last day belongs to it."""
    if last_day is not None and today <= last_day:
        raise RuleBroken(
            f"The standstill lasts until the end of {in_words(last_day)}. Confirm the award after that day."
        )


def check_published(published_on: date, told_on: date) -> None:
    """Raise RuleBroken when an award notice is older than the summaries, which come first (s.50(3))."""
    if published_on < told_on:
        raise RuleBroken(
            f"The assessment summaries were sent on {in_words(told_on)}, and the award notice comes after "
            "them (section 50). Enter a day from then on.",
            "published_on",
        )


# ------------------------------------------------------------------ challenges
class ChallengeBy(StrEnum):
    """What a challenge came by."""

    CLAIM = "claim"
    LETTER = "letter"


CHALLENGE_LABELS: Mapping[ChallengeBy, str] = {
    ChallengeBy.CLAIM: "A claim form of a court",
    ChallengeBy.LETTER: "A letter or e-mail",
}


class ChallengeStatus(StrEnum):
    """How far a challenge is: open, or settled by several people; upheld, the award is set aside."""

    OPEN = "open"
    RESUMED = "resumed"
    ENDED = "ended"
    UPHELD = "upheld"


MOVES: dict[ChallengeStatus, frozenset[ChallengeStatus]] = {
    ChallengeStatus.OPEN: frozenset({ChallengeStatus.RESUMED, ChallengeStatus.ENDED, ChallengeStatus.UPHELD}),
    ChallengeStatus.RESUMED: frozenset(),
    ChallengeStatus.ENDED: frozenset(),
    ChallengeStatus.UPHELD: frozenset(),
}


class Outcome(StrEnum):
    """What is proposed to happen to an award that is challenged."""

    RESUMED = "resumed"
    ENDED = "ended"
    AGAIN = "again"
    NO_AWARD = "no_award"


OUTCOMES: Mapping[Outcome, str] = {
    Outcome.RESUMED: "The standstill resumes: the working days that were left run from today",
    Outcome.ENDED: (
        "The pause ends as if it had not been: the court lifted the suspension, or the challenge "
        "was withdrawn"
    ),
    Outcome.AGAIN: (
        "The award is set aside, and another one recommended: quotes are compared again on the scores that "
        "were locked, less those that are excluded"
    ),
    Outcome.NO_AWARD: (
        "The award is set aside and the tender ends without one, such as where the scores or the terms "
        "themselves were at fault"
    ),
}
SETTLED_AS: Mapping[Outcome, ChallengeStatus] = {
    Outcome.RESUMED: ChallengeStatus.RESUMED,
    Outcome.ENDED: ChallengeStatus.ENDED,
    Outcome.AGAIN: ChallengeStatus.UPHELD,
    Outcome.NO_AWARD: ChallengeStatus.UPHELD,
}
SETS_ASIDE = frozenset({Outcome.AGAIN, Outcome.NO_AWARD})


def move(present: ChallengeStatus, wanted: ChallengeStatus) -> ChallengeStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class Challenged:
    """A challenge as it is recorded: who, by what (`reference`: claim number, or whose letter), when."""

    challenger: str
    by: ChallengeBy
    court: str
    reference: str
    received_on: date


def check_challenge(challenge: Challenged, status: TenderStatus, today: date) -> None:
    """A challenge that can be recorded now. Raises RuleBroken, naming the field."""
    if status not in BEFORE_CONTRACTS:
        raise RuleBroken("A challenge is recorded between the approval of an award and its confirmation.")
    if not challenge.challenger.strip():
        raise RuleBroken("Enter who challenges the decision.", "challenger")
    if challenge.by is ChallengeBy.CLAIM and not challenge.court.strip():
        raise RuleBroken("Enter the court that issued the claim form.", "court")
    if not challenge.reference.strip():
        raise RuleBroken("Enter the claim number, or the date and subject of the letter.", "reference")
    if challenge.received_on > today:
        raise RuleBroken("The challenge cannot have come in the future.", "received_on")


def check_outcome_reasons(reason: str) -> None:
    """Raise RuleBroken for a proposal without a reason."""
    if not reason.strip():
        raise RuleBroken("Enter the reasons, such as the order of the court.", "reason")


def check_second_person(proposed_by: uuid.UUID | None, person_id: uuid.UUID | None) -> None:
    """Two people settle a challenge. Raises RuleBroken without a proposal, Forbidden for who made it."""
    if proposed_by is None:
        raise RuleBroken("The coordinator proposes first what happens to the standstill.")
    if person_id is None or person_id == proposed_by:
        raise Forbidden("You proposed this, so somebody else must agree to it.")


def people_needed(outcome: Outcome) -> int:
    """How many agree to an outcome: two schools approved the award, so two set it aside."""
    return APPROVALS_NEEDED if outcome in SETS_ASIDE else 1


def school_to_agree_for(
    schools: Collection[uuid.UUID], agreed_for: Collection[uuid.UUID], *, agreed_already: bool
) -> uuid.UUID:
    """The school for which somebody agrees. Raises Forbidden for who did, or whose school has, before."""
    if agreed_already:
        raise Forbidden("You have agreed to this already. Somebody of another school must, too.")
    free = sorted(set(schools) - set(agreed_for))
    if not free:
        raise Forbidden("Your school has agreed to this already. Somebody of another school must, too.")
    return free[0]


def resumed_last_day(last_day: date, left: int, today: date) -> date:
    """The last day of a standstill that resumes today with so many working days left; never earlier."""
    if left < 1:
        return last_day
    return max(last_day, working_days.last_of(today, left, is_working_day_everywhere))
