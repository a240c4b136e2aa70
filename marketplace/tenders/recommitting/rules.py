"""Whose volumes a changed price schedule changes, and what must be said before it holds."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from marketplace.core.errors import RuleBroken


class Bought(NamedTuple):
    """A price line as one schedule has it: what is bought, and each school's units over the whole term."""

    line_id: uuid.UUID
    item: str
    unit: str
    volumes: Mapping[uuid.UUID, Decimal]


def schools_changed(before: Iterable[Bought], after: Iterable[Bought]) -> frozenset[uuid.UUID]:
    """The schools that would buy something else: other units, or a line that means another thing."""
    old, new = _by_school(before), _by_school(after)
    return frozenset(one for one in {*old, *new} if old.get(one) != new.get(one))


def _by_school(lines: Iterable[Bought]) -> dict[uuid.UUID, dict[uuid.UUID, tuple[str, str, Decimal]]]:
    found: dict[uuid.UUID, dict[uuid.UUID, tuple[str, str, Decimal]]] = {}
    for line in lines:
        for school_id, units in line.volumes.items():
            found.setdefault(school_id, {})[line.line_id] = (line.item, line.unit, units)
    return found


def check_all_committed(missing: Sequence[str]) -> None:
    """Raise RuleBroken while a school has not committed to the volumes that a change gives it."""
    if missing:
        raise RuleBroken(
            f"{' and '.join(missing)} {'has' if len(missing) == 1 else 'have'} not committed to the new "
            "volumes yet. Nothing changes before every school concerned has: ask its headteacher or bursar."
        )


def check_concerned(school_id: uuid.UUID, changed: Mapping[uuid.UUID, str]) -> None:
    """Raise RuleBroken for a school whose volumes stay as they are: it has nothing to commit to."""
    if school_id not in changed:
        raise RuleBroken(
            "This change leaves your school’s volumes as they are. You do not need to do anything."
        )
