"""How a row of an imported register finds its contract, and what an import has done."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

APOSTROPHES = dict.fromkeys(map(ord, "’‘`"), "'")  # as typed, as printed, as mistyped


@dataclass(frozen=True, slots=True)
class Known:
    """What an entry of the register is recognised by."""

    id: uuid.UUID
    school_id: uuid.UUID
    reference: str
    title: str
    supplier_name: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows an import added, changed, found already so, and refused."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


class Ambiguous(Exception):
    """A row could be more than one entry of the register."""


class Recogniser:
    """Finds the entry that a row is: by the school's reference, else by title, supplier and first day.

    A row with a reference that is new also finds an entry without one that agrees in title, supplier and
    first day, so that a school may give its contracts references later. Capitals and spaces do not count.
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_reference: dict[tuple[uuid.UUID, str], uuid.UUID] = {}
        self._by_likeness: defaultdict[tuple[object, ...], list[Known]] = defaultdict(list)
        for one in known:
            self.add(one)

    def add(self, one: Known) -> None:
        """Know another entry from now on."""
        self.name(one.school_id, one.reference, one.id)
        self._by_likeness[_likeness(one)].append(one)

    def name(self, school_id: uuid.UUID, reference: str, contract_id: uuid.UUID) -> None:
        """Know an entry by a reference that it gets from a row."""
        if reference:
            self._by_reference[school_id, folded(reference)] = contract_id

    def find(self, row: Known) -> uuid.UUID | None:
        """The id of the entry that a row is, None for a new one. Raises Ambiguous."""
        if row.reference:
            found = self._by_reference.get((row.school_id, folded(row.reference)))
            if found is not None:
                return found
        alike = [one for one in self._by_likeness[_likeness(row)] if not (row.reference and one.reference)]
        if len(alike) > 1:
            raise Ambiguous
        return alike[0].id if alike else None


def folded(text: str) -> str:
    """A text without its capitals and superfluous spaces, and with one kind of apostrophe."""
    return " ".join(text.casefold().translate(APOSTROPHES).split())


def _likeness(one: Known) -> tuple[object, ...]:
    return one.school_id, folded(one.title), folded(one.supplier_name), one.starts_on
