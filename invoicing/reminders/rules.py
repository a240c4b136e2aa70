"""When a buyer is reminded of an invoice, and of how much. Plain Python.

The usual days are dated data in `reference/`; a school may choose its own.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from marketplace.core import clock
from marketplace.core.errors import RuleBroken

REFERENCE_DATA = Path(__file__).with_name("reference")
HOUR_TO_REMIND = 8
MOST_DAYS = 365


class Step(StrEnum):
    """The reminders of an invoice, in their order."""

    BEFORE = "before"
    FIRST = "first"
    SECOND = "second"
    LAST = "last"


STEP_LABELS: Mapping[Step, str] = {
    Step.BEFORE: "Before it is due",
    Step.FIRST: "First reminder",
    Step.SECOND: "Second reminder",
    Step.LAST: "Last reminder",
}


@dataclass(frozen=True, slots=True)
class Sequence:
    """Days from the due date on which each reminder goes; before it they are negative."""

    before: int
    first: int
    second: int
    last: int

    def days(self, step: Step) -> int:
        """The days of a step."""
        return {
            Step.BEFORE: self.before,
            Step.FIRST: self.first,
            Step.SECOND: self.second,
            Step.LAST: self.last,
        }[step]


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """A file of dated figures."""
    with (REFERENCE_DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def usual_sequence(on: date) -> Sequence:
    """The days that hold for schools that have not chosen their own."""
    held = sorted(
        (row for row in rows("sequence.csv") if row["from"] <= str(on)), key=lambda row: row["from"]
    )
    days = {Step(row["step"]): int(row["days"]) for row in held or rows("sequence.csv")}
    return Sequence(*(days[step] for step in Step))


def check_sequence(sequence: Sequence) -> None:
    """Raise RuleBroken (field of the step) unless each reminder goes after the one before it."""
    if not -MOST_DAYS <= sequence.before <= 0:
        raise RuleBroken("The first e-mail goes between 0 and 365 days before the due date.", "before")
    previous = 0
    for step in (Step.FIRST, Step.SECOND, Step.LAST):
        if not previous < sequence.days(step) <= MOST_DAYS:
            raise RuleBroken(
                f"Enter a number of days from {previous + 1} to {MOST_DAYS}: each reminder goes after the "
                "one before it.",
                step.value,
            )
        previous = sequence.days(step)


def day_of(step: Step, sequence: Sequence, due_on: date) -> date:
    """The day on which a reminder goes."""
    return due_on + timedelta(days=sequence.days(step))


def due_step(
    sequence: Sequence, *, issued_on: date, due_on: date, today: date, sent: Collection[Step]
) -> Step | None:
    """The reminder that goes today, if any: the last one whose day has come, and never one twice.

    What was missed is not caught up: after a second reminder no first one goes. The one before the due date
    goes only while the invoice is not overdue, and not for one that was issued after its day.
    """
    order = list(Step)
    reached = [step for step in order if day_of(step, sequence, due_on) <= today]
    if not reached or any(order.index(step) >= order.index(reached[-1]) for step in sent):
        return None
    step = reached[-1]
    if step is Step.BEFORE and (today > due_on or day_of(step, sequence, due_on) <= issued_on):
        return None
    return step


def next_day(
    sequence: Sequence, *, issued_on: date, due_on: date, today: date, sent: Collection[Step]
) -> tuple[Step, date] | None:
    """The next reminder of an invoice that stays unpaid, and its day; None after the last one."""
    now = due_step(sequence, issued_on=issued_on, due_on=due_on, today=today, sent=sent)
    if now is not None:
        return now, today
    for step in Step:
        day = day_of(step, sequence, due_on)
        if day > today and step not in sent and (step is not Step.BEFORE or day > issued_on):
            return step, day
    return None


def in_words(sequence: Sequence) -> str:
    """The days as a page says them."""
    before = f"{-sequence.before} days before an invoice is due" if sequence.before else "on the due date"
    return f"{before}, then {sequence.first}, {sequence.second} and {sequence.last} days after it"


def time_to_remind(moment: datetime) -> bool:
    """Reminders go from eight in the morning on."""
    return moment.astimezone(clock.LONDON).hour >= HOUR_TO_REMIND


def check_reason(reason: str) -> str:
    """The reason as we keep it. Raises RuleBroken (field `reason`) without one."""
    if not reason.strip():
        raise RuleBroken("Say why: your colleagues read it.", "reason")
    return reason.strip()
