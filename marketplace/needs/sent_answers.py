"""Answers to a category's questions as a program sends them: in the form in which they are stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marketplace.contracts.categories import Category, CategoryField, FieldType
from marketplace.core.errors import RuleBroken
from marketplace.core.fields import tidy
from marketplace.core.money import Money
from marketplace.core.rows import Rows
from marketplace.needs.answers import Answer, field_name

NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(category: Category, sent: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers that were sent. Raises RuleBroken, naming the question, for what can be none to it.

    Whether an answer is right, `answers.check_answers` says.
    """
    questions = {question.key: question for question in category.fields}
    read_so_far: dict[str, Answer] = {}
    for key, value in sent.items():
        if key not in questions:
            raise RuleBroken(f"{category.name} has no question with the key {key}.", field_name(key))
        try:
            read_so_far[key] = _read(questions[key], value)
        except ValueError as wrong:
            raise RuleBroken(f"{questions[key].label}: {wrong}", field_name(key)) from None
    return read_so_far


def _read(question: CategoryField, value: Any) -> Answer:
    return None if value is None else READERS[question.type](question, value)


def _whole_number(_: CategoryField, value: Any) -> int:
    if type(value) is not int:
        raise ValueError("send a whole number.")
    return value


def _number(_: CategoryField, value: Any) -> Decimal:
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise ValueError('send a number as text, with at most four decimal places: "12.5".')
    return Decimal(value)


def _money(_: CategoryField, value: Any) -> Money:
    if type(value) is not int:
        raise ValueError("send whole pence.")
    return Money(value)


def _date(_: CategoryField, value: Any) -> date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError('send a day as "2027-03-27".')
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("there is no such day.") from None


def _text(_: CategoryField, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("send a text.")  # noqa: TRY004  # whoever sent it mends it like any other value
    return tidy(value)


def _yes_no(_: CategoryField, value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("send true or false.")
    return value


def _any_of(_: CategoryField, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("send a list of keys of its options.")
    return value


def _table(question: CategoryField, value: Any) -> Rows:
    if value == {"none": True}:
        return Rows(none=True)
    rows = value.get("rows") if isinstance(value, dict) and value.keys() == {"rows"} else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("send an object with rows, a list of objects, or with none, true.")
    columns = {column.key: column for column in question.columns}
    for row in rows:
        if unknown := row.keys() - columns.keys():
            raise ValueError(f"it has no column {', '.join(sorted(unknown))}.")
    return Rows(tuple({key: _read(columns[key], cell) for key, cell in row.items()} for row in rows))


READERS: Final[Mapping[FieldType, Callable[[CategoryField, Any], Answer]]] = {
    FieldType.WHOLE_NUMBER: _whole_number,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.DATE: _date,
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _text,
    FieldType.YES_NO: _yes_no,
    FieldType.ONE_OF: _text,
    FieldType.ANY_OF: _any_of,
    FieldType.TABLE: _table,
}
