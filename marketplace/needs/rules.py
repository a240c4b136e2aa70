"""What a need is, what it must say, and how it moves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from marketplace.alliance.delegation.rules import ROLES, Approver, may_approve
from marketplace.contracts.categories import Category
from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.months import months_later
from marketplace.core.policy import Role
from marketplace.needs import answers
from marketplace.needs.answers import Answer
from marketplace.needs.thresholds import estimated_value

LARGEST_SPEND = Money(100_000_000_00)
LARGEST_VOLUME = Decimal(100_000_000)
LONGEST_TERM_MONTHS = 120
LONGEST_TITLE = 120
LONGEST_TEXT = 4_000
LONGEST_REASON = 1_000
YEARS_BACK, YEARS_AHEAD = 1, 10
DAYS_A_YEAR = 366
PAIRS = (
    frozenset({"current_annual_spend", "highest_annual_spend"}),
    frozenset({"term_months", "term_unknown"}),
)
CONSIDER_FRAMEWORKS = "Say whether you considered the frameworks that the Department for Education approves."


class NeedStatus(StrEnum):
    """How far a need is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    POOLED = "pooled"
    IN_TENDER = "in_tender"
    CONTRACTED = "contracted"
    WITHDRAWN = "withdrawn"


class Considered(StrEnum):
    """What a school says about the frameworks that the Department for Education approves."""

    USE = "use"
    DECIDED_NOT = "decided_not"


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


CONSIDERED_LABELS = {
    Considered.USE: "Yes, and we want to buy through one of them",
    Considered.DECIDED_NOT: "Yes, we looked and decided not to",
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
    `highest_annual_spend` is the most it could cost a year, where that is more than today's;
    `extension_months` by how much the contract may be extended after `term_months`, and `term_unknown` says
    that nobody knows yet for how long. `frameworks` is what was decided about approved frameworks.
    """

    title: str
    description: str = ""
    volume: Decimal | None = None
    current_supplier: str = ""
    current_annual_spend: Money | None = None
    highest_annual_spend: Money | None = None
    contract_ends_on: date | None = None
    wanted_from: date | None = None
    term_months: int | None = None
    term_unknown: bool = False
    extension_months: int = 0
    frameworks: Considered | None = None
    frameworks_reason: str = ""
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
        ("frameworks_reason", content.frameworks_reason, LONGEST_REASON),
    ):
        if len(text) > longest:
            raise RuleBroken(f"This must have {longest:,} characters or fewer.", name)
    _check_figures(category, content)
    _check_dates(content, today)
    answers.check_answers(category, content.answers)


def _check_figures(category: Category, content: NeedContent) -> None:
    if content.volume is not None and not 0 < content.volume <= LARGEST_VOLUME:
        raise RuleBroken(f"The volume must be more than 0 and at most {LARGEST_VOLUME:,}.", "volume")
    if content.volume is not None and category.largest_volume and content.volume > category.largest_volume:
        raise RuleBroken(category.volume_message, "volume")
    spend, most = content.current_annual_spend, content.highest_annual_spend
    if spend is not None and not ZERO <= spend <= LARGEST_SPEND:
        raise RuleBroken(
            "The spend must be from £0 to £100,000,000 a year. Enter 0 for something new.",
            "current_annual_spend",
        )
    if most is not None and not ZERO < most <= LARGEST_SPEND:
        raise RuleBroken(
            "The most it could cost must be more than £0 and at most £100,000,000 a year.",
            "highest_annual_spend",
        )
    if spend is not None and most is not None and most < spend:
        raise RuleBroken(
            f"The most it could cost cannot be less than the {spend} that the school spends today. Leave it "
            "blank if it is no more than that.",
            "highest_annual_spend",
        )
    _check_term(content)


def _check_term(content: NeedContent) -> None:
    if content.term_months is not None and not 1 <= content.term_months <= LONGEST_TERM_MONTHS:
        raise RuleBroken(f"The term must be from 1 to {LONGEST_TERM_MONTHS} months.", "term_months")
    if content.term_months is not None and content.term_unknown:
        raise RuleBroken("Enter the months, or tick that it is not known yet; not both.", "term_months")
    if not 0 <= content.extension_months <= LONGEST_TERM_MONTHS:
        raise RuleBroken(f"The extension must be from 0 to {LONGEST_TERM_MONTHS} months.", "extension_months")


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
    if content.term_unknown or content.term_months is None:
        return None
    most = content.highest_annual_spend or content.current_annual_spend
    return estimated_value(most, content.term_months + content.extension_months, on)


def changed(before: NeedContent, after: NeedContent) -> NeedContent:
    """What an edit says that the draft did not say before, and nothing else.

    What stands in a draft was checked when it was entered; a date that has passed since must not stop
    somebody from answering another question. It is checked again when the need is submitted.
    """
    named = {one.name: getattr(after, one.name) for one in fields(after)}
    new = {name: value for name, value in named.items() if value != getattr(before, name)}
    for pair in PAIRS:  # what is checked together changes together
        if pair & new.keys():
            new |= {name: named[name] for name in pair}
    given = {key: value for key, value in after.answers.items() if value != before.answers.get(key)}
    return NeedContent(**new | {"title": after.title, "answers": given})


def moved_on(content: NeedContent, today: date) -> NeedContent:
    """What an earlier need says, for the time after it: its dates moved on by its term.

    A date that is still in the past, or that cannot be known, is left open. Whether frameworks were
    considered is asked anew, because they change.
    """
    term = content.term_months
    ends_on, wanted_from = (
        months_later(day, term) if day is not None and term is not None else None
        for day in (content.contract_ends_on, content.wanted_from)
    )
    if wanted_from is not None and wanted_from < today:
        ends_on = wanted_from = None
    return replace(
        content, contract_ends_on=ends_on, wanted_from=wanted_from, frameworks=None, frameworks_reason=""
    )


def check_complete(
    category: Category, content: NeedContent, today: date, *, frameworks: bool = False
) -> None:
    """Refuse a need that cannot be submitted yet. Raises RuleBroken naming the first gap's field.

    `frameworks` says that approved frameworks cover the category today, so that they must be considered.
    """
    check_content(category, content, today)
    for gap in gaps(category, content, frameworks=frameworks):
        raise gap


def gaps(category: Category, content: NeedContent, *, frameworks: bool) -> list[RuleBroken]:
    """What is missing before a need can be submitted: what to do, and the field that asks for it."""
    found = [
        RuleBroken(message, name)
        for name, message in (
            ("volume", f"Enter the volume in {category.volume_unit}."),
            ("current_annual_spend", "Enter what the school spends a year today, or 0."),
            ("contract_ends_on", "Enter when today’s contract ends."),
            ("wanted_from", "Enter from when it is wanted."),
            ("joint", "Say whether the school is willing to buy together with others."),
        )
        if getattr(content, name) is None
    ]
    for check in ASKED_TOGETHER.values():
        try:
            check(content)
        except RuleBroken as missing:
            found.append(missing)
    if frameworks and content.frameworks is None:
        found.append(RuleBroken(CONSIDER_FRAMEWORKS, "frameworks"))
    return found + answers.gaps(category, content.answers)


def check_term_said(content: NeedContent) -> None:
    """Raise RuleBroken unless a need says for how long, or that nobody knows yet."""
    if content.term_months is None and not content.term_unknown:
        raise RuleBroken(
            "Enter for how many months it is wanted, or tick that it is not known yet.", "term_months"
        )


def check_frameworks_said(content: NeedContent) -> None:
    """Raise RuleBroken when frameworks were looked at and turned down without a reason."""
    if content.frameworks is Considered.DECIDED_NOT and not content.frameworks_reason.strip():
        raise RuleBroken("Say why you decided not to use one of the frameworks.", "frameworks_reason")


def check_joint_said(content: NeedContent) -> None:
    """Raise RuleBroken when a school would buy together under a condition that it does not name."""
    if content.joint is Joint.ONLY_IF and not content.joint_condition.strip():
        raise RuleBroken("Say under which condition the school would buy together.", "joint_condition")


ASKED_TOGETHER: Mapping[str, Callable[[NeedContent], None]] = {
    "term_months": check_term_said,
    "frameworks": check_frameworks_said,
    "joint": check_joint_said,
}
"""What an answer asks for besides, by its field."""


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
