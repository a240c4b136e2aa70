"""Who may join an alliance, for how long, and on what evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.alliance.rules import MembershipKind, MembershipStatus
from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.months import end_months_later, months_later

ASSOCIATE_MONTHS = 12
LONGEST_ASSOCIATE_MONTHS = 24
OLDEST_ACCOUNTS_MONTHS = 24
REMINDED_BEFORE = timedelta(days=60)
LARGEST_FIGURE = Money(1_000_000_000_00)
LONGEST_TEXT = 2_000


class ApplicationStatus(StrEnum):
    """How far a school's application is."""

    SUBMITTED = "submitted"
    ADMITTED = "admitted"
    REJECTED = "rejected"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return APPLICATION_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return APPLICATION_TAGS[self][1]


APPLICATION_TAGS: Mapping[ApplicationStatus, tuple[str, str]] = {
    ApplicationStatus.SUBMITTED: ("Waits for the board", "yellow"),
    ApplicationStatus.ADMITTED: ("Admitted", "green"),
    ApplicationStatus.REJECTED: ("Not admitted", "red"),
    ApplicationStatus.RETURNED: ("Returned to the school", "orange"),
    ApplicationStatus.WITHDRAWN: ("Withdrawn", "grey"),
}
APPLICATION_MOVES: Mapping[ApplicationStatus, frozenset[ApplicationStatus]] = {
    ApplicationStatus.SUBMITTED: frozenset(
        {
            ApplicationStatus.ADMITTED,
            ApplicationStatus.REJECTED,
            ApplicationStatus.RETURNED,
            ApplicationStatus.WITHDRAWN,
        }
    ),
    ApplicationStatus.ADMITTED: frozenset(),
    ApplicationStatus.REJECTED: frozenset(),
    ApplicationStatus.RETURNED: frozenset(),
    ApplicationStatus.WITHDRAWN: frozenset(),
}
APPLIED_FOR: tuple[MembershipKind, ...] = (MembershipKind.ASSOCIATE, MembershipKind.FULL)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that a school's finances are strong: its latest accounts, in pence; either may be negative.

    `notice_to_improve` is a notice of the Department for Education to an academy trust, or a local
    authority's notice of concern to a maintained school.
    """

    year_end: date
    reserves: Money
    in_year_balance: Money
    notice_to_improve: bool
    notice_explanation: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a school applies for. `months` is for how long an associate belongs; a full member has no end."""

    kind: MembershipKind
    months: int
    reasons: str
    evidence: Evidence


def move(present: ApplicationStatus, wanted: ApplicationStatus) -> ApplicationStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(APPLICATION_MOVES, present, wanted)


def check_wish(wish: Wish, today: date) -> Wish:
    """The application as we keep it. Raises RuleBroken naming the field that is wrong."""
    if wish.kind not in APPLIED_FOR:
        raise RuleBroken("Choose associate or full member.", "kind")
    if wish.kind is MembershipKind.ASSOCIATE and not 1 <= wish.months <= LONGEST_ASSOCIATE_MONTHS:
        raise RuleBroken(
            f"An associate belongs for 1 to {LONGEST_ASSOCIATE_MONTHS} months; {ASSOCIATE_MONTHS} is usual.",
            "months",
        )
    check_text(wish.reasons, "reasons", "Say why the school wants to join.")
    _check_evidence(wish.evidence, today)
    return wish


def _check_evidence(evidence: Evidence, today: date) -> None:
    if evidence.year_end > today:
        raise RuleBroken("The year of the latest accounts must have ended.", "year_end")
    if evidence.year_end < months_later(today, -OLDEST_ACCOUNTS_MONTHS):
        raise RuleBroken(
            "These accounts are more than two years old. Enter the figures of the latest accounts.",
            "year_end",
        )
    for field, amount in (
        ("reserves", evidence.reserves),
        ("in_year_balance", evidence.in_year_balance),
    ):
        if not -LARGEST_FIGURE <= amount <= LARGEST_FIGURE:
            raise RuleBroken("Enter the figure in pounds, at most £1,000,000,000.", field)
    if evidence.notice_to_improve:
        check_text(
            evidence.notice_explanation,
            "notice_explanation",
            "Say what the notice asks for and what the school has done.",
        )


def check_text(text: str, field: str, ask: str) -> str:
    """A text that is given and not too long; `ask` is the sentence that asks for it. Raises RuleBroken."""
    given = text.strip()
    if not given:
        raise RuleBroken(ask, field)
    if len(given) > LONGEST_TEXT:
        raise RuleBroken(f"This must have {LONGEST_TEXT:,} characters or fewer.", field)
    return given


def concerns(evidence: Evidence) -> tuple[str, ...]:
    """What in the figures a board will ask about, in sentences; nothing when they are all in the black."""
    found = []
    if evidence.reserves < ZERO:
        found.append(f"The reserves are negative: {evidence.reserves}.")
    if evidence.in_year_balance < ZERO:
        found.append(f"In that year the school spent {-evidence.in_year_balance} more than it received.")
        if evidence.reserves > ZERO:
            years = evidence.reserves.pence // -evidence.in_year_balance.pence
            found.append(f"At that rate its reserves last {_years(years)}.")
    if evidence.notice_to_improve:
        found.append("There is a notice to improve.")
    return tuple(found)


def _years(whole: int) -> str:
    if not whole:
        return "less than a year"
    return f"{whole} year{'s' if whole > 1 else ''} and a part of another"


def last_day(joined_on: date, kind: MembershipKind, months: int) -> date | None:
    """The last day of a membership that begins on a day; None for a full member, who has no end."""
    if kind is MembershipKind.FULL:
        return None
    return end_months_later(joined_on - timedelta(days=1), months)


def is_near_its_end(ends_on: date | None, today: date) -> bool:
    """Does a membership end within sixty days?"""
    return ends_on is not None and ends_on - REMINDED_BEFORE <= today <= ends_on


def check_convertible(kind: MembershipKind, status: MembershipStatus) -> None:
    """Raise RuleBroken unless this is a running associate membership: only that can become full."""
    if status is not MembershipStatus.ACTIVE:
        raise RuleBroken("This membership has ended. The school can apply to join again.")
    if kind is MembershipKind.FULL:
        raise RuleBroken("This school is a full member already.")
    if kind is not MembershipKind.ASSOCIATE:
        raise RuleBroken("Only an associate is converted. A school in a trust partnership applies to join.")


def fingerprint(lines: Iterable[str]) -> str:
    """A short text that changes when anything in a list of lines does."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
