"""How the price schedule of a published tender should read instead, and what that changes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.core.errors import RuleBroken
from marketplace.core.web import plain_number
from marketplace.tenders.amending.rules import Change
from marketplace.tenders.drafting.rules import LineDraft, check_volumes
from marketplace.tenders.queries import ScheduleLine, ScheduleLot


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A price line as it should read: units over the whole term by school. A new one has an id of its own."""

    id: uuid.UUID
    lot_id: uuid.UUID
    item: str
    unit: str
    volumes: Mapping[uuid.UUID, Decimal]


def check(wanted: Sequence[WantedLine], lots: Sequence[ScheduleLot], buyers: Mapping[uuid.UUID, str]) -> None:
    """Every lot keeps a line, every school buys something, every line is whole. Raises RuleBroken."""
    for lot in lots:
        here = [line for line in wanted if line.lot_id == lot.id]
        if not here:
            raise RuleBroken(
                f"Lot {lot.number} would have no price line. Leave it one, or cancel this tender and publish "
                "another."
            )
        for line in here:
            if not line.item.strip() or not line.unit.strip():
                raise RuleBroken(f"Lot {lot.number}: enter the item and the unit of each price line.")
            try:
                check_volumes(LineDraft(line.item, line.unit, line.volumes), buyers)
            except RuleBroken as wrong:
                raise RuleBroken(f"Lot {lot.number}: {wrong.message}") from wrong
    buying = {school_id for line in wanted for school_id in line.volumes}
    for school_id, name in buyers.items():
        if school_id not in buying:
            raise RuleBroken(
                f"{name} would buy nothing any more. Leave it a volume: a school is out of a tender only "
                "before it is published."
            )


def changes(
    lots: Sequence[ScheduleLot], wanted: Sequence[WantedLine], schools: Mapping[uuid.UUID, str]
) -> list[Change]:
    """What the wanted schedule changes, in words before and after, in the order of the schedule."""
    return [change for lot in lots for change in _changes_of_lot(lot, wanted, schools)]


def _changes_of_lot(
    lot: ScheduleLot, wanted: Sequence[WantedLine], schools: Mapping[uuid.UUID, str]
) -> Iterator[Change]:
    after = {line.id: line for line in wanted if line.lot_id == lot.id}
    for line in lot.lines:
        there = after.pop(line.id, None)
        if there is None:
            yield Change(f"Lot {lot.number}: price line removed", _whole(line), "")
            continue
        where = f"Lot {lot.number}, {line.item}"
        if (there.item, there.unit) != (line.item, line.unit):
            yield Change(where, f"{line.item}, by {line.unit}", f"{there.item}, by {there.unit}")
        for school_id, name in schools.items():
            before, now = line.volume_of(school_id), there.volumes.get(school_id)
            if before != now:
                yield Change(f"{where}: {name}", _units(before), _units(now))
    for new in after.values():
        volumes = "; ".join(f"{schools[one]} {_units(units)}" for one, units in new.volumes.items())
        yield Change(f"Lot {lot.number}: price line added", "", f"{new.item}, by {new.unit}: {volumes}")


def _whole(line: ScheduleLine) -> str:
    volumes = "; ".join(f"{one.school} {_units(one.quantity)}" for one in line.volumes)
    return f"{line.item}, by {line.unit}: {volumes}"


def _units(quantity: Decimal | None) -> str:
    return "" if quantity is None else plain_number(quantity)


def stored(wanted: Sequence[WantedLine]) -> dict[str, Any]:
    """The lines in the form in which they wait for approval."""
    return {
        "lines": [
            {
                "id": str(line.id),
                "lot": str(line.lot_id),
                "item": line.item,
                "unit": line.unit,
                "volumes": {str(school_id): f"{units:f}" for school_id, units in line.volumes.items()},
            }
            for line in wanted
        ]
    }


def read(waiting: Mapping[str, Any]) -> list[WantedLine]:
    """The lines as they were proposed."""
    return [
        WantedLine(
            uuid.UUID(row["id"]),
            uuid.UUID(row["lot"]),
            row["item"],
            row["unit"],
            {uuid.UUID(school_id): Decimal(units) for school_id, units in row["volumes"].items()},
        )
        for row in waiting["lines"]
    ]
