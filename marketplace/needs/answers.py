"""Answers to a category's own questions: what they may be, how they are stored, how they are read.

Stored in JSON in one stable form: money in whole pence, other numbers as text, dates as 2027-03-27, a table
as its rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marketplace.contracts.categories import Category, CategoryField, FieldType
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.rows import Rows

Answer = int | Decimal | Money | date | bool | str | list[str] | Rows | None
LONGEST: Final[Mapping[FieldType, int]] = {FieldType.TEXT: 200, FieldType.LONG_TEXT: 4_000}
LARGEST_NUMBER = 100_000_000
LARGEST_AMOUNT = Money(100_000_000_00)
PLACES = 4
EARLIEST_YEAR, LATEST_YEAR = 1950, 2100


def field_name(key: str) -> str:
    """The form field of a question."""
    return f"answer_{key}"


def check_answers(category: Category, answers: Mapping[str, Answer]) -> None:
    """Refuse an answer of the wrong kind or size, or to no question of the category. Raises RuleBroken."""
    unknown = answers.keys() - {field.key for field in category.fields}
    if unknown:
        raise RuleBroken(f"{category.name} has no question {', '.join(sorted(unknown))}.")
    for field in category.fields:
        answer = answers.get(field.key)
        if not is_blank(answer):
            _check(field, answer)


def gaps(category: Category, answers: Mapping[str, Answer]) -> list[RuleBroken]:
    """What asks for each answer that is missing."""
    found = []
    for field in category.fields:
        answer = answers.get(field.key)
        if field.required and is_blank(answer):
            found.append(RuleBroken(ask(field), field_name(field.key)))
        elif isinstance(answer, Rows):
            found += [
                RuleBroken(f"{field.label}, row {number}: {column.label} is missing.", field_name(field.key))
                for number, row in enumerate(answer.rows, start=1)
                for column in field.columns
                if column.required and is_blank(row.get(column.key))
            ]
    return found


def ask(field: CategoryField) -> str:
    """The sentence that asks for a missing answer."""
    if field.type in {FieldType.YES_NO, FieldType.ONE_OF}:
        return f"Choose an answer: {field.label}"
    if field.type is FieldType.ANY_OF:
        return f"Choose at least one: {field.label}"
    if field.type is FieldType.TABLE:
        return f"Enter at least one row{', or tick that there are none' if field.none else ''}: {field.label}"
    return f"Enter an answer: {field.label}"


def is_blank(answer: Answer) -> bool:
    """Is there no answer? Nought and no are answers."""
    return answer is None or answer in ("", []) or (isinstance(answer, Rows) and answer.is_blank)


def _check(field: CategoryField, answer: Any) -> None:
    problem = _problem(field, answer)
    if problem:
        raise RuleBroken(f"{field.label}: {problem}", field_name(field.key))


def _problem(field: CategoryField, answer: Any) -> str:
    """What is wrong with an answer, or nothing."""
    if type(answer) not in KINDS[field.type]:
        return "this is not the kind of answer that was asked for."
    check = CHECKS.get(field.type)
    return check(field, answer) if check else ""


def _number_problem(field: CategoryField, answer: int | Decimal) -> str:
    largest = LARGEST_NUMBER if field.largest is None else field.largest
    if not 0 <= answer <= largest:
        return f"enter a number from 0 to {largest:,}."
    if isinstance(answer, Decimal) and -int(answer.as_tuple().exponent) > PLACES:
        return f"enter no more than {PLACES} decimal places."
    return ""


def _money_problem(_: CategoryField, answer: Money) -> str:
    return "" if Money(0) <= answer <= LARGEST_AMOUNT else "enter an amount from £0 to £100,000,000."


def _date_problem(_: CategoryField, answer: date) -> str:
    if EARLIEST_YEAR <= answer.year <= LATEST_YEAR:
        return ""
    return f"enter a date from {EARLIEST_YEAR} to {LATEST_YEAR}."


def _text_problem(field: CategoryField, answer: str) -> str:
    if len(answer) > LONGEST[field.type]:
        return f"enter {LONGEST[field.type]:,} characters or fewer."
    if field.pattern and not re.fullmatch(field.pattern, re.sub(r"\s", "", answer)):
        return field.message
    return ""


def _option_problem(field: CategoryField, answer: str | list[str]) -> str:
    chosen = [answer] if isinstance(answer, str) else answer
    return "" if set(chosen) <= field.options.keys() else "choose from the list."


def _table_problem(field: CategoryField, answer: Rows) -> str:
    if len(answer.rows) > field.most_rows:
        return f"enter {field.most_rows} rows or fewer."
    if answer.none and (answer.rows or not field.none):
        return "say that there are none, or enter rows; not both."
    if len(answer.text) > LONGEST[FieldType.LONG_TEXT]:
        return f"enter {LONGEST[FieldType.LONG_TEXT]:,} characters or fewer."
    columns = {column.key: column for column in field.columns}
    for number, row in enumerate(answer.rows, start=1):
        if unknown := row.keys() - columns.keys():
            return f"it has no column {', '.join(sorted(unknown))}."
        for key, cell in row.items():
            if not is_blank(cell) and (problem := _problem(columns[key], cell)):
                return f"row {number}, {columns[key].label}: {problem}"
    return ""


KINDS: Final[Mapping[FieldType, frozenset[type]]] = {
    FieldType.WHOLE_NUMBER: frozenset({int}),
    FieldType.NUMBER: frozenset({int, Decimal}),
    FieldType.MONEY: frozenset({Money}),
    FieldType.DATE: frozenset({date}),
    FieldType.TEXT: frozenset({str}),
    FieldType.LONG_TEXT: frozenset({str}),
    FieldType.YES_NO: frozenset({bool}),
    FieldType.ONE_OF: frozenset({str}),
    FieldType.ANY_OF: frozenset({list}),
    FieldType.TABLE: frozenset({Rows}),
}
CHECKS: Final[Mapping[FieldType, Callable[[CategoryField, Any], str]]] = {
    FieldType.WHOLE_NUMBER: _number_problem,
    FieldType.NUMBER: _number_problem,
    FieldType.MONEY: _money_problem,
    FieldType.DATE: _date_problem,
    FieldType.TEXT: _text_problem,
    FieldType.LONG_TEXT: _text_problem,
    FieldType.ONE_OF: _option_problem,
    FieldType.ANY_OF: _option_problem,
    FieldType.TABLE: _table_problem,
}


def write_answers(category: Category, answers: Mapping[str, Answer]) -> dict[str, Any]:
    """The answers in their stored form, in the order of the questions; blanks are left out."""
    kept = ((field, answers.get(field.key)) for field in category.fields)
    return {field.key: _stored(field, answer) for field, answer in kept if not is_blank(answer)}


def _stored(field: CategoryField, answer: Any) -> Any:
    if isinstance(answer, Money):
        return answer.pence
    if isinstance(answer, date):
        return answer.isoformat()
    if field.type is FieldType.NUMBER:
        return format(Decimal(answer).normalize(), "f")
    if field.type is FieldType.ANY_OF:
        return [option for option in field.options if option in answer]
    if isinstance(answer, Rows):
        return _stored_rows(field, answer)
    return answer


def _stored_rows(field: CategoryField, answer: Rows) -> Any:
    """A table in its stored form; an answer in words, from before there were rows, as it was."""
    if answer.none:
        return {"none": True}
    rows = [
        {
            column.key: _stored(column, row[column.key])
            for column in field.columns
            if not is_blank(row.get(column.key))
        }
        for row in answer.rows
    ]
    return {"rows": [row for row in rows if row]} if any(rows) else answer.text


def read_answers(category: Category, stored: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers as they were given, from their stored form."""
    return {field.key: _given(field, stored[field.key]) for field in category.fields if field.key in stored}


def _given(field: CategoryField, value: Any) -> Answer:
    if field.type is FieldType.MONEY:
        return Money(value)
    if field.type is FieldType.DATE:
        return date.fromisoformat(value)
    if field.type is FieldType.NUMBER:
        return Decimal(value)
    if field.type is FieldType.TABLE:
        return _given_rows(field, value)
    answer: Answer = value
    return answer


def _given_rows(field: CategoryField, value: Any) -> Rows:
    if isinstance(value, str):
        return Rows(text=value)
    return Rows(
        tuple(
            {column.key: _given(column, row[column.key]) for column in field.columns if column.key in row}
            for row in value.get("rows", ())
        ),
        none=value.get("none", False),
    )
