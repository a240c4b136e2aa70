"""A need as its pages show it: facts in words, answers in words, and where it is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.delegation.rules import APPROVER_LABELS, Approver
from marketplace.contracts.categories import CategoryField, FieldType, category, unit_of
from marketplace.contracts.frameworks import approved_frameworks
from marketplace.contracts.queries import baseline_for
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.core.rows import Rows
from marketplace.core.web import day, moment, plain_number
from marketplace.needs import questions
from marketplace.needs.answers import Answer, field_name, is_blank, read_answers
from marketplace.needs.models import Need
from marketplace.needs.queries import confirmation_of, content_of
from marketplace.needs.questions import QuestionPage
from marketplace.needs.rpa import Comparison, compare
from marketplace.needs.rules import (
    CONSIDERED_LABELS,
    JOINT_LABELS,
    STATUS_LABELS,
    Joint,
    NeedStatus,
    value_of,
)
from marketplace.needs.thresholds import Regime, worth

NOT_YET = "Not entered yet"
UNKNOWN_VALUE = "Not known yet, so it counts as above every threshold (Procurement Act 2023, Schedule 3)"
REGIME_WORDS = {
    Regime.BELOW: "Below the threshold of {threshold}, when the school buys it alone",
    Regime.ABOVE: "Counts as above the threshold of {threshold}: the Procurement Act 2023 applies in full",
    Regime.LIGHT_TOUCH: (
        "Counts as above the threshold of {threshold} for light touch services "
        "(Procurement Act 2023, section 9)"
    ),
}
WAY = {
    NeedStatus.DRAFT: "Drafted",
    NeedStatus.SUBMITTED: "Submitted",
    NeedStatus.APPROVED: "Approved",
    NeedStatus.POOLED: "In a draft tender",
    NeedStatus.IN_TENDER: "In a tender",
    NeedStatus.CONTRACTED: "Contracted",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a need says. `page` asks for it, at `input`; both blank where nobody can change it.

    An answer of several rows is a `table` besides, under its headings.
    """

    question: str
    answer: str
    page: str = ""
    input: str = ""
    headings: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


def pages(need: Need) -> list[QuestionPage]:
    """The pages of questions that the need asks today."""
    frameworks = bool(approved_frameworks(need.category, clock.today()))
    return questions.pages(category(need.category), frameworks=frameworks)


def facts(need: Need) -> list[Fact]:
    """What every need says, for whom and in which category."""
    told = [
        ("Title", need.title, "title"),
        ("What matters to the school", need.description or "Nothing entered", "description"),
        ("Volume", _volume(need), "volume"),
        ("Supplier today", need.current_supplier or "None entered", "current_supplier"),
        ("Today’s contract ends", _or_not_yet(need.contract_ends_on), "contract_ends_on"),
        ("Spend a year today, before VAT", _or_not_yet(need.current_annual_spend), "current_annual_spend"),
        *_most(need),
        ("Wanted from", _or_not_yet(need.wanted_from), "wanted_from"),
        ("For how long", _term(need), "term_months"),
        ("Approved frameworks considered", _frameworks(need), "frameworks"),
        ("Willing to buy together", _joint(need), "joint"),
    ]
    asked = pages(need)
    return [
        Fact("School", need.school.name),
        Fact("Category", category(need.category).name),
        *(_fact(asked, *line) for line in told if _is_asked(asked, line[2])),
    ]


def _is_asked(asked: list[QuestionPage], field: str) -> bool:
    return any(field in page.fields for page in asked)


def _fact(asked: list[QuestionPage], question: str, answer: str, field: str) -> Fact:
    is_date = field in {"contract_ends_on", "wanted_from"}
    return Fact(question, answer, questions.page_of(asked, field).slug, f"{field}-day" if is_date else field)


def _most(need: Need) -> list[tuple[str, str, str]]:
    if need.highest_annual_spend is None:
        return []
    return [
        ("The most it could cost a year, before VAT", str(need.highest_annual_spend), "highest_annual_spend")
    ]


def _term(need: Need) -> str:
    if need.term_unknown:
        term = "Not known yet"
    else:
        term = NOT_YET if need.term_months is None else months(need.term_months)
    extension = need.extension_months
    return f"{term}, and up to {months(extension)} more by extensions" if extension else term


def _frameworks(need: Need) -> str:
    if need.frameworks is None:
        return NOT_YET
    said = CONSIDERED_LABELS[need.frameworks]
    return f"{said}, because: {need.frameworks_reason}" if need.frameworks_reason else said


def _joint(need: Need) -> str:
    joint = NOT_YET if need.joint is None else JOINT_LABELS[need.joint]
    if need.joint is Joint.ONLY_IF and need.joint_condition:
        return f"{joint}: {need.joint_condition}"
    return joint


def comparison(need: Need, today: date) -> Comparison | None:
    """What the RPA would cost instead, for a category that it can stand in for."""
    if category(need.category).compare != "rpa":
        return None
    return compare(need.school.pupils, need.current_annual_spend, today)


def registered_spend(session: Session, need: Need) -> Money | None:
    """What the school's register says that it pays a year today, while the need does not say it."""
    if need.current_annual_spend is not None:
        return None
    return baseline_for(session, need.school_id, need.category, clock.today())


def standing_now(session: Session, need: Need) -> list[Fact]:
    """What the need is worth and who approves it, as it stands today. See `standing`."""
    return standing(need, confirmation_of(session, need), clock.today())


def standing(need: Need, confirmation: Confirmation | None, today: date) -> list[Fact]:
    """What the need is worth, which rules that brings, who approves it and how many quotes it takes.

    `confirmation` is the governing body's, where one counts today.
    """
    codes = [cpv.code for cpv in category(need.category).cpv]
    # a need that was submitted keeps the value that its band was found by
    is_draft = need.status is NeedStatus.DRAFT
    value = value_of(content_of(need), today) if is_draft else need.value
    told = worth(codes, value, today)
    if is_draft and value is None and not need.term_unknown:
        return [Fact("Value over the whole term, with VAT", "Said once the costs and the term are entered")]
    rows = [
        Fact(
            "Value over the whole term, with VAT",
            f"{value} (Procurement Act 2023, section 4 and Schedule 3)" if value else UNKNOWN_VALUE,
        ),
        Fact("Beside the threshold", REGIME_WORDS[told.regime].format(threshold=told.threshold)),
    ]
    if beside := comparison(need, today):
        rows.append(Fact("Beside the Risk Protection Arrangement (RPA)", beside.words))
    if need.approver and need.least_quotes is not None and not is_draft:
        rows.append(Fact("Who approves it, by its value", APPROVER_LABELS[need.approver]))
        if need.approver is Approver.GOVERNING_BODY:
            rows.append(Fact("The governing body", _confirmed(confirmation)))
        rows.append(Fact("Quotes to ask for", _quotes(need)))
    return rows


def _confirmed(confirmation: Confirmation | None) -> str:
    if confirmation is None:
        return "Has not confirmed it yet"
    until = f", until {day(confirmation.expires_on)}" if confirmation.expires_on else ""
    return f"Confirmed it on {day(confirmation.minuted_on)}, minute {confirmation.minute_reference}{until}"


def _quotes(need: Need) -> str:
    asked = f"At least {need.least_quotes}"
    waived = [
        f"{one.giver.name} allowed {one.quotes} instead on {day(one.given_at)}, because: {one.reason}"
        for one in need.waivers
    ]
    return "\n".join([asked, *waived])


def _volume(need: Need) -> str:
    return (
        NOT_YET
        if need.volume is None
        else f"{plain_number(need.volume)} {unit_of(need.volume, need.volume_unit)}"
    )


def _or_not_yet(value: Money | date | None) -> str:
    if value is None:
        return NOT_YET
    return day(value) if isinstance(value, date) else str(value)


def months(count: int) -> str:
    """A term in words: 36 months is 3 years."""
    years, rest = divmod(count, 12)
    if rest or not years:
        return f"{count} month{'' if count == 1 else 's'}"
    return f"{years} year{'' if years == 1 else 's'}"


def answers(need: Need) -> list[Fact]:
    """The answers to the category's own questions, and to the common ones."""
    about = category(need.category)
    given = read_answers(about, need.details)
    asked = pages(need)
    return [
        Fact(
            field.label,
            in_words(field, given.get(field.key)),
            questions.page_of(asked, field_name(field.key)).slug,
            _input(field),
            tuple(column.label for column in field.columns),
            _table(field, given.get(field.key)),
        )
        for field in about.fields
    ]


def _table(field: CategoryField, answer: Answer) -> tuple[tuple[str, ...], ...]:
    """The rows of an answer, cell by cell in words."""
    if not isinstance(answer, Rows):
        return ()
    return tuple(
        tuple(
            "" if is_blank(row.get(column.key)) else in_words(column, row[column.key])
            for column in field.columns
        )
        for row in answer.rows
    )


def _input(field: CategoryField) -> str:
    name = field_name(field.key)
    return f"{name}-day" if field.type is FieldType.DATE else name


def in_words(field: CategoryField, answer: Answer) -> str:
    """One answer as people read it."""
    if answer is None:
        return NOT_YET if field.required else "Not answered"
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    if isinstance(answer, Rows):
        return _rows_in_words(field, answer)
    if isinstance(answer, list):
        return ", ".join(field.options[option] for option in answer)
    if field.type is FieldType.ONE_OF:
        return field.options[str(answer)]
    if isinstance(answer, date):
        return day(answer)
    if isinstance(answer, int | Decimal):
        return f"{plain_number(answer)} {unit_of(answer, field.unit)}".strip()
    return str(answer)


def _rows_in_words(field: CategoryField, answer: Rows) -> str:
    if answer.none:
        return field.none
    lines = ["; ".join(cell for cell in row if cell) for row in _table(field, answer)]
    return "\n".join(lines) or answer.text


def steps(need: Need) -> list[dict[str, Any]]:
    """Where a need is on its way, for `components/timeline.html`."""
    if need.status is NeedStatus.WITHDRAWN:
        return [
            {"label": "Drafted", "state": "done", "when": moment(need.posted_at)},
            {"label": STATUS_LABELS[need.status], "state": "stopped"},
        ]
    reached = list(WAY).index(need.status)
    return [{"label": label, "state": _state(place, reached)} for place, label in enumerate(WAY.values())]


def _state(place: int, reached: int) -> str:
    if place == reached:
        return "current"
    return "done" if place < reached else "upcoming"
