"""Schedules and workbooks for tests that need no database."""

import io
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import openpyxl

from marketplace.tenders.lots.division import Bundle, Division
from marketplace.tenders.lots.rules import Decided, LimitsDraft, TierBasis, TiersDraft
from marketplace.tenders.queries import ScheduleLine, ScheduleLot, SchoolVolume
from suppliers.quotes.offers import Offer, Question, Schedule
from suppliers.quotes.price_schedule import price_schedule

SCHOOLS = {"Alder": uuid.uuid4(), "Beech": uuid.uuid4()}


def line(number: int, item: str, unit: str = "meal", **volumes: str) -> ScheduleLine:
    """A line; volumes by school, 100 and 20.5 unless given."""
    given = volumes or {"Alder": "100", "Beech": "20.5"}
    bought = tuple(SchoolVolume(SCHOOLS[name], name, Decimal(units)) for name, units in given.items())
    return ScheduleLine(
        uuid.uuid4(), number, item, unit, bought, sum((one.quantity for one in bought), Decimal(0))
    )


def schedule(
    *lots: Sequence[ScheduleLine],
    questions: Sequence[Question] = (),
    divided: Callable[[Sequence[ScheduleLot]], Division] = lambda _: Division(),
) -> Schedule:
    """A schedule of lots; two lots of three and one lines unless given, won together unless `divided`."""
    given = lots or (
        [line(1, "Primary meal"), line(2, "=Infant “meal” £"), line(3, "Salad bar 🥗")],
        [line(1, "Kitchen cover", "day")],
    )
    made = tuple(
        ScheduleLot(uuid.uuid4(), number, f"Lot no. {number}", "", tuple(lines))
        for number, lines in enumerate(given, start=1)
    )
    return Schedule(
        uuid.uuid4(),
        "T-2026-0042",
        "Meals & more",
        made,
        tuple(questions),
        datetime(2027, 1, 18, 12, tzinfo=UTC),
        divided(made),
    )


def apart(lots: Sequence[ScheduleLot]) -> Division:
    """Each lot is won on its own, two at most are quoted for, lot 1 has two tiers, lots 1 and 2 a bundle."""
    return Division(
        Decided.APART,
        LimitsDraft(most_quoted=2),
        {lots[0].id: TiersDraft(TierBasis.SCHOOLS, (Decimal(2), Decimal(5)))},
        (Bundle(uuid.uuid4(), "Both", frozenset({lots[0].id, lots[1].id}), 60),),
    )


def question(number: int, word_limit: int = 5) -> Question:
    """A quality question."""
    return Question(uuid.uuid4(), number, f"Menus {number}", "How?", Decimal(20), word_limit)


def filled(asked: Schedule, cells: Mapping[tuple[str, str], Any], drop: Sequence[str] = ()) -> bytes:
    """The downloaded workbook with these cells (sheet, cell) filled in, and these sheets dropped."""
    book = openpyxl.load_workbook(io.BytesIO(price_schedule(asked, Offer())))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    for sheet in drop:
        del book[sheet]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
