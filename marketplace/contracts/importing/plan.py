"""What an import would do, worked out row by row before anything is written."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marketplace.alliance.models import School
from marketplace.contracts import rules
from marketplace.contracts.importing.columns import Column
from marketplace.contracts.importing.reading import RowReading
from marketplace.contracts.importing.rules import Ambiguous, Known, Recogniser, folded
from marketplace.contracts.models import Contract
from marketplace.contracts.queries import content_of
from marketplace.contracts.rules import ContractContent
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id


@dataclass
class SchoolChanges:
    """What an import does in one school's register."""

    added: dict[uuid.UUID, ContractContent] = field(default_factory=dict)
    changed: dict[uuid.UUID, ContractContent] = field(default_factory=dict)


class Plan:
    """What each row comes to: a new contract, a changed one, one that is already so, or a refusal."""

    def __init__(self, schools: Iterable[School], known: Mapping[uuid.UUID, Contract]) -> None:
        self.schools = {school.id: school for school in schools}
        self.known = known
        self.unchanged = 0
        self.refused: list[RowReading] = []
        self.by_school: defaultdict[uuid.UUID, SchoolChanges] = defaultdict(SchoolChanges)
        named = Counter(folded(one.name) for one in self.schools.values())
        self._named = {one.urn: one for one in self.schools.values()} | {
            folded(one.name): one for one in self.schools.values() if named[folded(one.name)] == 1
        }
        self._recogniser = Recogniser(
            _known(one.id, one.school_id, content_of(one)) for one in known.values()
        )
        self._taken: dict[uuid.UUID, int] = {}

    def take(self, reading: RowReading) -> None:
        """Decide about a row."""
        school = self._school(reading)
        if school is None or reading.problems:
            self.refused.append(reading)
            return
        try:
            self._place(school.id, reading)
        except RuleBroken as refusal:
            field = refusal.field or ""
            column = Column(field) if field in {*Column} else Column.TITLE
            reading.refuse(column, refusal.message)
            self.refused.append(reading)

    def _school(self, reading: RowReading) -> School | None:
        if not reading.school and len(self.schools) == 1:
            return next(iter(self.schools.values()))
        school = self._named.get(folded(reading.school))
        if school is None and Column.SCHOOL not in {one.column for one in reading.problems}:
            reading.refuse(
                Column.SCHOOL,
                "Enter the name or the URN of a school whose register you keep: "
                f"{', '.join(sorted(one.name for one in self.schools.values()))}.",
            )
        return school

    def _place(self, school_id: uuid.UUID, reading: RowReading) -> None:
        """Note the row as added, changed or unchanged. Raises RuleBroken."""
        said = ContractContent(**reading.values)
        row = _known(new_id(), school_id, said)
        try:
            found = self._recogniser.find(row)
        except Ambiguous:
            raise RuleBroken(
                "Several contracts of the register have this title, supplier and first day. Give each "
                "of them a reference on its page, and enter that here.",
                Column.TITLE,
            ) from None
        if found in self._taken:
            raise RuleBroken(
                f"This is the same contract as row {self._taken[found]} of the file. Remove one of them, or "
                "give each a reference of its own.",
                Column.REFERENCE if row.reference else Column.TITLE,
            )
        present = content_of(self.known[found]) if found else None
        content = replace(present, **_said(reading.values)) if present else said
        rules.check_content(content)
        self._taken[found or row.id] = reading.row.number
        self._recogniser.name(school_id, content.reference, found or row.id)
        if present == content:
            self.unchanged += 1
        elif found:
            self.by_school[school_id].changed[found] = content
        else:
            self.by_school[school_id].added[row.id] = content
            self._recogniser.add(row)


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row changes of an entry; an empty reference takes none away."""
    return {name: value for name, value in values.items() if name != Column.REFERENCE or value}


def _known(contract_id: uuid.UUID, school_id: uuid.UUID, content: ContractContent) -> Known:
    return Known(
        contract_id, school_id, content.reference, content.title, content.supplier_name, content.starts_on
    )
