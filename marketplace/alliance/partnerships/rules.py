"""What a trust partnership must say, and when it is reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.alliance.memberships.rules import check_text, last_day
from marketplace.alliance.rules import MembershipKind
from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

SHORTEST_MONTHS, LONGEST_MONTHS = 12, 18
LARGEST_CREDIT = Money(10_000_00)
LARGEST_CHARGE = Money(10_000_000_00)
LONGEST_SOURCE = 200
LATEST_START = timedelta(days=366)
REMINDED_BEFORE = timedelta(days=14)


class PartnershipStatus(StrEnum):
    """How far a partnership is. Whether an agreed one still runs, its membership says."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return STATUS_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return STATUS_TAGS[self][1]


STATUS_TAGS: Mapping[PartnershipStatus, tuple[str, str]] = {
    PartnershipStatus.PROPOSED: ("Waits for agreement", "yellow"),
    PartnershipStatus.AGREED: ("Agreed", "green"),
    PartnershipStatus.NOT_AGREED: ("Not agreed", "red"),
}
MOVES: Mapping[PartnershipStatus, frozenset[PartnershipStatus]] = {
    PartnershipStatus.PROPOSED: frozenset({PartnershipStatus.AGREED, PartnershipStatus.NOT_AGREED}),
    PartnershipStatus.AGREED: frozenset(),
    PartnershipStatus.NOT_AGREED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a partnership is agreed on. The service charge is for the whole term, in pence before VAT.

    `credit` is money from elsewhere that pays for a part of it, and `credit_source` whose: the
    Department for Education offered up to £10,000 in 2021.
    """

    starts_on: date
    months: int
    service_charge: Money
    objectives: str
    reviews: tuple[date, ...]
    credit: Money = ZERO
    credit_source: str = ""

    @property
    def ends_on(self) -> date:
        """The last day of the term."""
        ends_on = last_day(self.starts_on, MembershipKind.TRUST_PARTNERSHIP, self.months)
        assert ends_on
        return ends_on


def move(present: PartnershipStatus, wanted: PartnershipStatus) -> PartnershipStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_terms(terms: Terms, today: date) -> None:
    """Raise RuleBroken, naming the field, for terms that no partnership can have."""
    if not today <= terms.starts_on <= today + LATEST_START:
        raise RuleBroken("It must start today or later, and within a year.", "starts_on")
    if not SHORTEST_MONTHS <= terms.months <= LONGEST_MONTHS:
        raise RuleBroken(f"A partnership lasts from {SHORTEST_MONTHS} to {LONGEST_MONTHS} months.", "months")
    if not ZERO <= terms.service_charge <= LARGEST_CHARGE:
        raise RuleBroken(f"The service charge must be from £0 to {LARGEST_CHARGE}.", "service_charge")
    check_text(terms.objectives, "objectives", "Say what the partnership is to achieve.")
    _check_reviews(terms)
    _check_credit(terms)


def _check_reviews(terms: Terms) -> None:
    if not terms.reviews:
        raise RuleBroken("Enter when it is first reviewed.", "first_review")
    for field, day in zip(("first_review", "second_review", "third_review"), terms.reviews, strict=False):
        if not terms.starts_on <= day <= terms.ends_on:
            raise RuleBroken(
                f"A review must be within the term: from {_in_words(terms.starts_on)} to "
                f"{_in_words(terms.ends_on)}.",
                field,
            )
    if list(terms.reviews) != sorted(set(terms.reviews)):
        raise RuleBroken("Enter the reviews in the order of their dates, each once.", "first_review")


def _check_credit(terms: Terms) -> None:
    if not ZERO <= terms.credit <= LARGEST_CREDIT:
        raise RuleBroken(f"A credit is at most {LARGEST_CREDIT}. Leave it blank if there is none.", "credit")
    if terms.credit > terms.service_charge:
        raise RuleBroken("The credit must not be more than the service charge that it pays for.", "credit")
    if terms.credit and not terms.credit_source.strip():
        raise RuleBroken("Say where the credit comes from.", "credit_source")
    if not terms.credit and terms.credit_source.strip():
        raise RuleBroken("Enter the credit, or leave its source blank.", "credit")
    if len(terms.credit_source) > LONGEST_SOURCE:
        raise RuleBroken(f"The source must have {LONGEST_SOURCE} characters or fewer.", "credit_source")


def check_review(held_on: date, notes: str, starts_on: date, today: date) -> str:
    """What a review found, tidied. Raises RuleBroken for a day before the partnership or in the future."""
    if not starts_on <= held_on <= today:
        raise RuleBroken("The review must have been held since the partnership began, by today.", "held_on")
    return check_text(notes, "notes", "Say what the review found, for each objective.")


def reviews_in_order(days: Sequence[date | None]) -> tuple[date, ...]:
    """The review dates that were given, as they were given."""
    return tuple(day for day in days if day is not None)


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
