"""What a need is, what it must say, and how it moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from marketplace.alliance.delegation.rules import ROLES, Approver, may_approve
from marketplace.contracts.categories import Category
from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Role
from marketplace.needs.answers import Answer, check_answers
from marketplace.needs.thresholds import estimated_value

LARGEST_SPEND = Money(100_000_000_00)
LARGEST_VOLUME = Decimal(100_000_000)
LONGEST_TERM_MONTHS = 120
LONGEST_TITLE = 120
LONGEST_TEXT = 4_000
LONGEST_REASON = 1_000
YEARS_BACK, YEARS_AHEAD = 1, 10
DAYS_A_YEAR = 366


class NeedStatus(StrEnum):
    """How far a need is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    POOLED = "pooled"
    IN_TENDER = "in_tender"
    CONTRACTED = "contracted"
    WITHDRAWN = "withdrawn"


class Joint(StrEnum):
    """Whether the school is willing to buy together with others."""

    YES = "yes"
    ONLY_IF = "only_if"
    NO = "no"


MOVES: dict[NeedStatus, frozenset[NeedStatus]] = {
    NeedStatus.DRAFT: frozenset({NeedStatus.SUBMITTED, NeedStatus.WITHDRAWN}),
    NeedStatus.SUBMITTED: frozenset({NeedStatus.APPROVED, NeedStatus.DRAFT, NeedStatus.WITHDRAWN}),
    NeedStatus.APPROVED: frozenset({NeedStatus.POOLED, NeedStatus.WITHDRAWN}),
    NeedStatus.POOLED: frozenset({NeedStatus.IN_TENDER, NeedStatus.APPROVED}),
    NeedStatus.IN_TENDER: frozenset({NeedStatus.CONTRACTED, NeedStatus.APPROVED}),
    NeedStatus.CONTRACTED: frozenset(),
    NeedStatus.WITHDRAWN: frozenset(),
}
STATUS_LABELS = {
    NeedStatus.DRAFT: "Draft",
    NeedStatus.SUBMITTED: "Waits for approval",
    NeedStatus.APPROVED: "Approved",
    NeedStatus.POOLED: "In a draft tender",
    NeedStatus.IN_TENDER: "In a tender",
    NeedStatus.CONTRACTED: "Contracted",
    NeedStatus.WITHDRAWN: "Withdrawn",
}
STATUS_COLOURS = {
    NeedStatus.DRAFT: "grey",
    NeedStatus.SUBMITTED: "yellow",
    NeedStatus.APPROVED: "teal",
    NeedStatus.POOLED: "blue",
    NeedStatus.IN_TENDER: "blue",
    NeedStatus.CONTRACTED: "green",
    NeedStatus.WITHDRAWN: "red",
}
JOINT_LABELS = {
    Joint.YES: "Yes",
    Joint.ONLY_IF: "Only if a condition is met",
    Joint.NO: "No, on our own",
}


def move(present: NeedStatus, wanted: NeedStatus) -> NeedStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_draft(status: NeedStatus) -> None:
    """Raise RuleBroken unless the need may still be changed."""
    if status is not NeedStatus.DRAFT:
        raise RuleBroken(
            "This need is not a draft any more, so it cannot be changed. Ask the headteacher to return it."
        )


def check_underway(status: NeedStatus) -> None:
    """Raise RuleBroken unless the need was submitted and has not come to its end."""
    if status in {NeedStatus.DRAFT, NeedStatus.CONTRACTED, NeedStatus.WITHDRAWN}:
        raise RuleBroken(
            f"This need is {moves.words(status)} now, so nothing can be waived for it. A draft is submitted "
            "first; one that has ended stays as it is."
        )


@dataclass(frozen=True, slots=True)
class NeedContent:
    """What a school says it needs. Spend is a year's before VAT; a draft may leave gaps (None or blank).

    `volume` is in the category's unit; `answers` are by the keys of the category's questions.
    """

    title: str
    description: str = ""
    volume: Decimal | None = None
    current_supplier: str = ""
    current_annual_spend: Money | None = None
    contract_ends_on: date | None = None
    wanted_from: date | None = None
    term_months: int | None = None
    joint: Joint | None = None
    joint_condition: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


def check_category(category: Category, today: date) -> None:
    """Raise RuleBroken when this category must be bought elsewhere by now."""
    if category.elsewhere and today >= category.elsewhere.since:
        raise RuleBroken(category.elsewhere.text, "category")


def check_content(category: Category, content: NeedContent, today: date) -> None:
    """Refuse what no need can say, in a draft too. Raises RuleBroken naming the field."""
    if not content.title.strip():
        raise RuleBroken("Enter a title, such as School meals.", "title")
    for name, text, longest in (
        ("title", content.title, LONGEST_TITLE),
        ("current_supplier", content.current_supplier, LONGEST_TITLE),
        ("joint_condition", content.joint_condition, LONGEST_REASON),
        ("description", content.description, LONGEST_TEXT),
    ):
        if len(text) > longest:
            raise RuleBroken(f"This must have {longest:,} characters or fewer.", name)
    _check_figures(content)
    _check_dates(content, today)
    check_answers(category, content.answers)


def _check_figures(content: NeedContent) -> None:
    if content.volume is not None and not 0 < content.volume <= LARGEST_VOLUME:
        raise RuleBroken(f"The volume must be more than 0 and at most {LARGEST_VOLUME:,}.", "volume")
    spend = content.current_annual_spend
    if spend is not None and not ZERO <= spend <= LARGEST_SPEND:
        raise RuleBroken(
            "The spend must be from £0 to £100,000,000 a year. Enter 0 for something new.",
            "current_annual_spend",
        )
    if content.term_months is not None and not 1 <= content.term_months <= LONGEST_TERM_MONTHS:
        raise RuleBroken(f"The term must be from 1 to {LONGEST_TERM_MONTHS} months.", "term_months")


def _check_dates(content: NeedContent, today: date) -> None:
    earliest = today - timedelta(days=DAYS_A_YEAR * YEARS_BACK)
    latest = today + timedelta(days=DAYS_A_YEAR * YEARS_AHEAD)
    ends_on, wanted_from = content.contract_ends_on, content.wanted_from
    if ends_on is not None and not earliest <= ends_on <= latest:
        raise RuleBroken(
            "The end of today’s contract must be no more than a year ago and no more than 10 years away.",
            "contract_ends_on",
        )
    if wanted_from is not None and not today <= wanted_from <= latest:
        raise RuleBroken(
            "The date it is wanted from must be today or later, and no more than 10 years away.",
            "wanted_from",
        )


def value_of(content: NeedContent, on: date) -> Money | None:
    """What the need is worth as the Act counts it; None where that is not known."""
    return estimated_value(content.current_annual_spend, content.term_months, on)


def check_complete(category: Category, content: NeedContent, today: date) -> None:
    """Refuse a need that cannot be submitted yet. Raises RuleBroken naming the first gap's field."""
    check_content(category, content, today)
    for name, message in (
        ("volume", f"Enter the volume in {category.volume_unit}."),
        ("current_annual_spend", "Enter what the school spends a year today, or 0."),
        ("contract_ends_on", "Enter when today’s contract ends."),
        ("wanted_from", "Enter from when it is wanted."),
        ("term_months", "Enter for how many months it is wanted."),
        ("joint", "Say whether the school is willing to buy together with others."),
    ):
        if getattr(content, name) is None:
            raise RuleBroken(message, name)
    if content.joint is Joint.ONLY_IF and not content.joint_condition.strip():
        raise RuleBroken("Say under which condition the school would buy together.", "joint_condition")
    check_answers(category, content.answers, complete=True)


def check_approval(
    approver: Approver | None, roles: Collection[Role], *, is_author: bool, others: bool
) -> None:
    """Refuse approval (or return) by somebody for whom a need's band does not ask.

    Without a band a headteacher decides. Raises Forbidden for the wrong role, RuleBroken for one's own.
    """
    band = approver or Approver.HEADTEACHER
    if not set(ROLES[band]) & set(roles):
        raise Forbidden("By its value, this need is approved by a headteacher of the school.")
    if not may_approve(band, roles, is_author=is_author, others=others):
        raise RuleBroken("You posted this need yourself, so somebody else of your school approves it.")


def check_waiver(least_quotes: int | None, quotes: int, reason: str) -> str:
    """The reason for asking for fewer quotes than the band does. Raises RuleBroken naming the field."""
    if not least_quotes:
        raise RuleBroken("No number of quotes is asked for here, so there is nothing to waive.")
    if not 0 <= quotes < least_quotes:
        raise RuleBroken(
            f"Enter fewer quotes than the {least_quotes} that the ladder asks for, or 0.", "quotes"
        )
    return check_reason(reason, "Say why fewer quotes are enough.")


def check_reason(reason: str, ask: str) -> str:
    """A reason that is given and not too long; `ask` is the sentence that asks for it. Raises RuleBroken."""
    given = reason.strip()
    if not given:
        raise RuleBroken(ask, "reason")
    if len(given) > LONGEST_REASON:
        raise RuleBroken(f"The reason must have {LONGEST_REASON:,} characters or fewer.", "reason")
    return given
