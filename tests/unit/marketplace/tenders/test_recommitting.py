import uuid
from decimal import Decimal

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.tenders.recommitting.rules import Bought, check_all_committed, schools_changed

ALDER, BIRCH, CEDAR = (uuid.UUID(int=number) for number in (1, 2, 3))
MEALS, MILK = uuid.UUID(int=10), uuid.UUID(int=11)


def line(line_id: uuid.UUID, unit: str = "meal", **units: int) -> Bought:
    schools = {"alder": ALDER, "birch": BIRCH, "cedar": CEDAR}
    volumes = {schools[name]: Decimal(count) for name, count in units.items()}
    return Bought(line_id, "Something", unit, volumes)


def test_only_schools_whose_own_volumes_change_are_asked_again() -> None:
    now = [line(MEALS, alder=10, birch=20), line(MILK, cedar=5)]
    assert schools_changed(now, now) == frozenset()
    assert schools_changed(now, [line(MEALS, alder=11, birch=20), line(MILK, cedar=5)]) == {ALDER}
    assert schools_changed(now, [line(MEALS, alder=10, birch=20), line(MILK, cedar=5, birch=1)]) == {BIRCH}
    assert schools_changed(now, [line(MEALS, alder=10, birch=20)]) == {CEDAR}


def test_a_line_that_means_another_thing_asks_every_school_that_buys_it() -> None:
    now = [line(MEALS, alder=10, birch=20), line(MILK, cedar=5)]
    assert schools_changed(now, [line(MEALS, unit="week", alder=10, birch=20), now[1]]) == {ALDER, BIRCH}


def test_what_is_missing_is_said_by_name() -> None:
    check_all_committed([])
    with pytest.raises(RuleBroken, match="Alder has not committed"):
        check_all_committed(["Alder"])
    with pytest.raises(RuleBroken, match="Alder and Birch have not committed"):
        check_all_committed(["Alder", "Birch"])
