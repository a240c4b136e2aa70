"""When each step of a joint tender must be done, when it will be, and what is late. Plain Python.

Two plans are drawn from the same steps: backwards from the first day of the contract (the latest days
on which all still works), and forwards from where the tender stands today (the days to be expected).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from marketplace.core import working_days
from marketplace.core.clock import LONDON
from marketplace.core.months import months_later
from marketplace.core.working_days import Counts, in_words
from marketplace.tenders.timetable import standstill_days

REFERENCE = Path(__file__).with_name("reference")
QUESTIONS_END, ANSWERS_END = 5, 2
END_OF_OFFICE = time(17)
A_DAY = timedelta(days=1)
PUBLISHING = "On this plan you publish on"


class Step(StrEnum):
    """A step of the plan, in order."""

    PREPARE = "prepare"
    SCHOOLS = "schools"
    APPROVE = "approve"
    QUOTES = "quotes"
    OPENING = "opening"
    EVALUATION = "evaluation"
    AGREEMENT = "agreement"
    APPROVAL = "approval"
    NOTICE = "notice"
    STANDSTILL = "standstill"
    CONTRACT = "contract"
    MOBILISATION = "mobilisation"


class Unit(StrEnum):
    """In which days a step is counted; see reference/README.md."""

    SCHOOL = "school"
    WORKING = "working"
    EVERYWHERE = "everywhere"
    DAYS = "days"
    MONTHS = "months"


UNIT_LABELS: Mapping[Unit, tuple[str, str]] = {
    Unit.SCHOOL: ("school day", "school days"),
    Unit.WORKING: ("working day", "working days"),
    Unit.EVERYWHERE: ("working day in all of the UK", "working days in all of the UK"),
    Unit.DAYS: ("day", "days"),
    Unit.MONTHS: ("month", "months"),
}


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step: who acts, and how long it takes."""

    step: Step
    label: str
    who: str
    unit: Unit
    length: int


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Months from beginning to the start of the contract, and months for a supplier to get ready."""

    lead_months: int
    mobilisation_months: int


@dataclass(frozen=True, slots=True)
class Days:
    """The first and last day of a step, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a tender: where it stands, since when, and which dates are set.

    `reached` holds the first day of each step that has begun; `present` is the step it is in, None when
    all are done. `in_school` says whether people of every buying school are there on a day. `suppliers`
    is the least time for suppliers by law or rule, in days; `standstill` whether one is owed.
    """

    today: date
    present: Step | None
    reached: Mapping[Step, date]
    closes_on: date | None
    starts_on: date | None
    category: str
    suppliers: int
    standstill: bool
    in_school: Counts


@dataclass(frozen=True, slots=True)
class Planned:
    """One step of a tender's plan. `latest` is None where no first day of the contract is set.

    `late` counts the days by which the expected end is after the latest; below nought there is room.
    """

    step: Step
    label: str
    who: str
    takes: str
    expected: Days
    latest: Days | None
    done: bool

    @property
    def late(self) -> int | None:
        """Days too late, or below nought days to spare; None when nothing is asked or it is done."""
        return None if self.latest is None or self.done else (self.expected.last - self.latest.last).days


@cache
def steps() -> tuple[PlanStep, ...]:
    """The steps in their order, as the reference says."""
    with (REFERENCE / "plan_steps.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            PlanStep(Step(row["step"]), row["label"], row["who"], Unit(row["unit"]), int(row["length"]))
            for row in csv.DictReader(file)
        )


@cache
def lead_time(category: str) -> LeadTime:
    """How long before its contract a tender of a category is begun."""
    with (REFERENCE / "lead_times.csv").open(encoding="utf-8", newline="") as file:
        found = {
            row["category"]: LeadTime(int(row["lead_months"]), int(row["mobilisation_months"]))
            for row in csv.DictReader(file)
        }
    return found.get(category, found[""])


def begin_by(category: str, starts_on: date) -> date:
    """The day by which a tender of this category is usually begun."""
    return months_later(starts_on, -lead_time(category).lead_months)


def plan(known: Situation) -> list[Planned]:
    """Every step with the days to be expected and the latest that still work, in order."""
    chosen = _steps_of(known)
    expected = _forwards(chosen, known)
    latest = _backwards(chosen, known) if known.starts_on else {}
    order = list(Step)
    return [
        Planned(
            one.step,
            one.label,
            one.who,
            _takes(one),
            expected[one.step],
            latest.get(one.step),
            known.present is None or order.index(one.step) < order.index(known.present),
        )
        for one in chosen
    ]


def questions_end(closes_on: date) -> date:
    """The last day for suppliers' questions: five working days before the deadline for quotes."""
    return working_days.first_of(closes_on - A_DAY, QUESTIONS_END, working_days.is_working_day)


def asked_until(published_at: datetime, closes_at: datetime) -> datetime:
    """Until when suppliers may ask: 17:00 on the last day for questions.

    Where a tender is open for less than that, until half of its time has passed.
    """
    usual = _end_of_office(questions_end(closes_at.astimezone(LONDON).date()))
    return usual if usual > published_at else published_at + (closes_at - published_at) / 2


def answered_until(published_at: datetime, closes_at: datetime) -> datetime:
    """By when the schools answer: 17:00 two working days before the deadline for quotes.

    Suppliers have these days left to use the answers. In a short time it is half of what remains.
    """
    closes_on = closes_at.astimezone(LONDON).date()
    usual = _end_of_office(working_days.first_of(closes_on - A_DAY, ANSWERS_END, working_days.is_working_day))
    asked = asked_until(published_at, closes_at)
    return usual if usual > asked else asked + (closes_at - asked) / 2


def _end_of_office(day: date) -> datetime:
    return datetime.combine(day, END_OF_OFFICE, LONDON).astimezone(UTC)


def _steps_of(known: Situation) -> list[PlanStep]:
    """The steps with the lengths that hold for this tender."""
    lengths = {
        Step.QUOTES: max(known.suppliers, _usual(Step.QUOTES)),
        Step.MOBILISATION: lead_time(known.category).mobilisation_months,
        Step.STANDSTILL: standstill_days(known.today),
    }
    return [
        PlanStep(one.step, one.label, one.who, one.unit, lengths.get(one.step, one.length))
        for one in steps()
        if one.step is not Step.STANDSTILL or known.standstill
    ]


def _usual(step: Step) -> int:
    return next(one.length for one in steps() if one.step is step)


def _takes(one: PlanStep) -> str:
    singular, plural = UNIT_LABELS[one.unit]
    return f"{one.length} {singular if one.length == 1 else plural}"


def _counts(unit: Unit, known: Situation) -> Counts:
    if unit is Unit.SCHOOL:
        return known.in_school
    return working_days.is_working_day_everywhere if unit is Unit.EVERYWHERE else working_days.is_working_day


def _forwards(chosen: Sequence[PlanStep], known: Situation) -> dict[Step, Days]:
    """The days to be expected: what is done as it was, the rest one after another from today."""
    found: dict[Step, Days] = {}
    free_from = known.today
    order = list(Step)
    here = len(order) if known.present is None else order.index(known.present)
    for one in chosen:
        place = order.index(one.step)
        if place < here:
            later = [day for step, day in known.reached.items() if order.index(step) > place]
            last = min(later, default=known.today)
            found[one.step] = Days(min(known.reached.get(one.step, last), last), last)
            continue
        first = known.reached.get(one.step, free_from) if place == here else free_from
        days = _from(first, one, known)
        if place == here and days.last < known.today:
            days = Days(days.first, known.today)
        found[one.step] = days
        free_from = days.last + A_DAY
    return found


def _from(first: date, one: PlanStep, known: Situation) -> Days:
    if one.step is Step.QUOTES and known.closes_on is not None:
        return Days(min(first, known.closes_on), known.closes_on)
    if one.unit is Unit.MONTHS:
        return Days(first, months_later(first, one.length) - A_DAY)
    if one.unit is Unit.DAYS:
        return Days(first, working_days.on_or_after(first + timedelta(days=one.length), known.in_school))
    counts = _counts(one.unit, known)
    return Days(working_days.on_or_after(first, counts), working_days.last_of(first, one.length, counts))


def _backwards(chosen: Sequence[PlanStep], known: Situation) -> dict[Step, Days]:
    """The latest days on which the contract still starts on its first day."""
    assert known.starts_on is not None
    found: dict[Step, Days] = {}
    last = known.starts_on - A_DAY
    for one in reversed(chosen):
        found[one.step] = _until(last, one, known)
        last = found[one.step].first - A_DAY
    return found


def _until(last: date, one: PlanStep, known: Situation) -> Days:
    if one.unit is Unit.MONTHS:
        return Days(months_later(last + A_DAY, -one.length), last)
    if one.unit is Unit.DAYS:
        closes_on = working_days.on_or_before(last, known.in_school)
        return Days(closes_on - timedelta(days=one.length), closes_on)
    counts = _counts(one.unit, known)
    return Days(working_days.first_of(last, one.length, counts), working_days.on_or_before(last, counts))


@dataclass(frozen=True, slots=True)
class Finding:
    """What the plan says, in a sentence or two; `late` when something has to be done about it."""

    text: str
    late: bool


def findings(planned: Sequence[Planned], known: Situation) -> list[Finding]:
    """What has to happen by when for the contract to start on its day, and what is late, in words."""
    if known.starts_on is None:
        text = "Set the first day of the contract, and this page says by when each step must be done."
        return [Finding(text, late=False)]
    by_step = {one.step: one for one in planned}
    if known.present is None:
        return [Finding("Every step is done.", late=False)]
    if list(Step).index(known.present) < list(Step).index(Step.QUOTES):
        return _before_publication(by_step, known)
    here = by_step.get(known.present)
    if here is None or here.latest is None:
        return []
    start, latest = in_words(known.starts_on), here.latest.last
    if known.present is Step.QUOTES:
        must = f"Quotes must close by {in_words(latest)} to start on {start}."
        return [_judged(must, "They close on", here.expected.last, latest)]
    must = f"{here.label}: by {in_words(latest)}, to start on {start}."
    return [_judged(must, "On this plan it is done on", here.expected.last, latest)]


def _before_publication(by_step: Mapping[Step, Planned], known: Situation) -> list[Finding]:
    quotes, approve = by_step[Step.QUOTES], by_step[Step.APPROVE]
    assert known.starts_on is not None
    assert quotes.latest is not None
    start, publishes = in_words(known.starts_on), approve.expected.last + A_DAY
    must = f"Publish by {in_words(quotes.latest.first)} to start on {start}."
    if known.today > quotes.latest.first:
        found = [Finding(f"{must} You are {_days(known.today - quotes.latest.first)} late.", late=True)]
    else:
        found = [_judged(must, PUBLISHING, publishes, quotes.latest.first)]
    if known.closes_on is not None:
        latest = known.closes_on - timedelta(days=known.suppliers)
        if publishes > latest:
            must = f"To close on {in_words(known.closes_on)}, publish by {in_words(latest)}."
            found.append(_judged(must, PUBLISHING, publishes, latest))
        if quotes.latest.last < known.closes_on:
            must = f"Quotes must close by {in_words(quotes.latest.last)} to start on {start}."
            found.append(_judged(must, "They close on", known.closes_on, quotes.latest.last))
    usual, begun = begin_by(known.category, known.starts_on), known.reached.get(Step.PREPARE, known.today)
    months = lead_time(known.category).lead_months
    must = f"A tender like this is usually begun {months} months ahead, by {in_words(usual)}."
    found.append(_judged(must, "This one was begun on", begun, usual))
    return found


def _judged(must: str, says: str, expected: date, latest: date) -> Finding:
    if expected > latest:
        return Finding(f"{must} {says} {in_words(expected)}: {_days(expected - latest)} late.", late=True)
    spare = f"with {_days(latest - expected)} to spare" if expected < latest else "just in time"
    return Finding(f"{must} {says} {in_words(expected)}, {spare}.", late=False)


def _days(length: timedelta) -> str:
    return f"{length.days} day{'' if length.days == 1 else 's'}"
