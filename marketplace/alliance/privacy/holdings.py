"""Everything that is held about one person, found by going through all tables there are.

A table is found by its columns that lead to a person, so that a new one is never forgotten; the few places
that name somebody otherwise are listed here, and a test looks for more.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, or_, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.money import Money
from marketplace.core.web import moment

Cell = str | int | bool | None
BY_NAME = {"event": ("actor_id", "subject_id"), "message": ("recipient",)}
"""Columns that tell of a person without leading to the table of people: by their id, or their address."""
SECRET = re.compile(r"(^|_)(hash|secret|sealed|wrapped|salt|token|key|step|content|body)$|_sha256$|^sha256$")
"""Columns that prove who somebody is, or hold files and letters: no copy of them leaves the database."""
TELLING = re.compile(r"(^|_)(reference|number|title|name|at|on|status|kind|role|reason|reasons|act|subject)$")
"""What is told of a row that is about something else, and in which somebody only did something."""
JUDGING = frozenset({"score", "score_version", "conflict_declaration", "interest", "vote"})
"""What nobody but its author reads before its time: left out when somebody else takes the data along."""


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table that tell of somebody, as columns and cells."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def heading(self) -> str:
        """The table in words."""
        return self.table.replace("_", " ").capitalize()


def about(session: Session, person: Person, *, for_somebody_else: bool = False) -> Iterator[Section]:
    """The sections with rows about a person, by table. `for_somebody_else` leaves JUDGING out."""
    for table, columns in references().items():
        if for_somebody_else and table.name in JUDGING:
            continue
        shown = _shown(table, columns)
        named = {"recipient": person.email}
        tells = or_(*(column == named.get(column.name, person.id) for column in columns))
        order = list(table.primary_key.columns)
        found = session.execute(select(*shown).where(tells).order_by(*order)).all()
        if found:
            names = tuple(column.name for column in shown)
            yield Section(table.name, names, tuple(tuple(map(_cell, row)) for row in found))


def references() -> dict[Table, list[Column[Any]]]:
    """Every table that tells of people, with the columns that say of whom, by name."""
    found = {}
    for table in sorted(Base.metadata.tables.values(), key=lambda one: one.name):
        columns = [column for column in table.columns if leads_to_person(column)]
        if columns:
            found[table] = columns
    return found


def leads_to_person(column: Column[Any]) -> bool:
    """Does this column say of whom its row tells?"""
    if column.table.name == Person.__tablename__:
        return column.primary_key
    foreign = any(key.target_fullname == f"{Person.__tablename__}.id" for key in column.foreign_keys)
    return foreign or column.name in BY_NAME.get(column.table.name, ())


def _shown(table: Table, references: list[Column[Any]]) -> list[Column[Any]]:
    """The columns that are told: all but secrets of a row about a person, else what says which row it is."""
    theirs = [column for column in table.columns if not _is_secret(column)]
    if any(column.name.endswith("person_id") or column.primary_key for column in references):
        return theirs
    return [column for column in theirs if column in references or TELLING.search(column.name)]


def _is_secret(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary) or bool(SECRET.search(column.name))


def _cell(value: Any) -> Cell:
    if value is None or (isinstance(value, str | bool | int) and not isinstance(value, Enum)):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date | Decimal | Money | uuid.UUID):
        return str(value)
    return str(value)
