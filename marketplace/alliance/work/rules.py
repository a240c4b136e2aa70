"""Who leads what, how much work that was, and who should lead next.

The alliances' fourth principle: work is shared fairly. Each activity has a designated lead, hours are
recorded, and the next lead suggested is the school that has done least for its size. A suggestion is
advice: a school may decline, and that is recorded too.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from marketplace.core import moves
from marketplace.core.errors import RuleBroken

MINUTES_AN_HOUR = 60
SHORTEST_ENTRY, LONGEST_ENTRY = Decimal("0.25"), Decimal(24)
QUARTER = Decimal("0.25")
LONGEST_TITLE = 120
LONGEST_NOTE = 500
LONGEST_REASON = 1_000
COUNTED_FOR = timedelta(days=730)
PUPILS_COMPARED = 100


class ActivityKind(StrEnum):
    """What schools do for one another."""

    TENDER = "tender"
    BOARD_PAPER = "board_paper"
    TRAINING_DAY = "training_day"
    OTHER = "other"


class ActivityStatus(StrEnum):
    """How far an activity is."""

    OPEN = "open"
    DONE = "done"


class Stage(StrEnum):
    """What hours were spent on."""

    PREPARATION = "preparation"
    MEETINGS = "meetings"
    SUPPLIERS = "suppliers"
    EVALUATION = "evaluation"
    FOLLOW_UP = "follow_up"


class Answer(StrEnum):
    """What a school answered when it was asked to lead."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


KIND_LABELS = {
    ActivityKind.TENDER: "Leading a joint tender",
    ActivityKind.BOARD_PAPER: "A paper for the board",
    ActivityKind.TRAINING_DAY: "A training day",
    ActivityKind.OTHER: "Something else",
}
STATUS_TAGS = {ActivityStatus.OPEN: ("Going on", "blue"), ActivityStatus.DONE: ("Done", "green")}
STAGE_LABELS = {
    Stage.PREPARATION: "Preparing and writing",
    Stage.MEETINGS: "Meetings of schools",
    Stage.SUPPLIERS: "Suppliers and their questions",
    Stage.EVALUATION: "Evaluation and award",
    Stage.FOLLOW_UP: "Afterwards",
}
ANSWER_LABELS = {Answer.ASKED: "Asked", Answer.ACCEPTED: "Leads", Answer.DECLINED: "Declined"}
MOVES = {
    ActivityStatus.OPEN: frozenset({ActivityStatus.DONE}),
    ActivityStatus.DONE: frozenset({ActivityStatus.OPEN}),
}
ANSWER_MOVES = {
    Answer.ASKED: frozenset({Answer.ACCEPTED, Answer.DECLINED}),
    Answer.ACCEPTED: frozenset[Answer](),
    Answer.DECLINED: frozenset({Answer.ASKED}),
}


def move(present: ActivityStatus, wanted: ActivityStatus) -> ActivityStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class SchoolWork:
    """What one school has done within the time that counts: minutes logged, and activities led."""

    school_id: uuid.UUID
    name: str
    pupils: int
    minutes: int
    led: int

    @property
    def for_its_size(self) -> Fraction:
        """Hours for every hundred pupils; a school without pupils yet counts as one of one."""
        return Fraction(self.minutes * PUPILS_COMPARED, MINUTES_AN_HOUR * max(self.pupils, 1))


@dataclass(frozen=True, slots=True)
class Share:
    """A school's work beside its fair share, both in minutes: the whole, divided by pupils."""

    work: SchoolWork
    fair: int

    @property
    def difference(self) -> int:
        """How many minutes more than its fair share the school has done; negative when fewer."""
        return self.work.minutes - self.fair


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Which school should lead next, and why, in a sentence that follows its name."""

    school_id: uuid.UUID
    name: str
    reason: str


def parity(schools: Collection[SchoolWork]) -> list[Share]:
    """Every school's work beside its fair share, the school that has done least for its size first.

    Fair shares are rounded to the minute for reading; the order is exact and never depends on the order
    in which the schools are given.
    """
    minutes = sum(school.minutes for school in schools)
    pupils = sum(school.pupils for school in schools)
    return [
        Share(school, round(Fraction(minutes * school.pupils, pupils)) if pupils else 0)
        for school in sorted(schools, key=_least_first)
    ]


def _least_first(school: SchoolWork) -> tuple[Fraction, int, int, str, uuid.UUID]:
    """Least work for its size; then fewest activities led; then the larger school; then by name."""
    return school.for_its_size, school.led, -school.pupils, school.name, school.school_id


def next_lead(schools: Collection[SchoolWork], declined: Collection[uuid.UUID] = ()) -> Suggestion | None:
    """The school that should lead next: it has done least for its size and has not declined.

    None when every school has declined.
    """
    asked = sorted((school for school in schools if school.school_id not in set(declined)), key=_least_first)
    if not asked:
        return None
    return Suggestion(asked[0].school_id, asked[0].name, _why(asked[0], asked[1:], declined))


def _why(school: SchoolWork, others: Sequence[SchoolWork], declined: Collection[uuid.UUID]) -> str:
    done = f"It has logged {hours(school.minutes)} for its {school.pupils:,} pupils"
    tied = [other for other in others if other.for_its_size == school.for_its_size]
    among = "of the schools that have not declined" if declined else "of all schools"
    if not others:
        return f"{done}. Nobody else is left to ask." if declined else f"{done}."
    if not tied:
        return f"{done}, the least for its size {among}."
    if all(other.led > school.led for other in tied):
        return (
            f"{done}, as little for its size as {_names(tied)}, and has led less ({_activities(school.led)})."
        )
    return f"{done}, as little for its size as {_names(tied)}; among equals the larger school is asked first."


def _names(schools: Sequence[SchoolWork]) -> str:
    names = [school.name for school in schools]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _activities(count: int) -> str:
    return {0: "no activity", 1: "one activity"}.get(count, f"{count} activities")


def hours(minutes: int) -> str:
    """Minutes in words: 4 hours 30 minutes."""
    whole, rest = divmod(abs(minutes), MINUTES_AN_HOUR)
    parts = []
    if whole or not rest:
        parts.append("1 hour" if whole == 1 else f"{whole:,} hours")
    if rest:
        parts.append(f"{rest} minutes")
    return " ".join(parts)


def difference_in_words(minutes: int) -> str:
    """How far a school is from its fair share."""
    if not minutes:
        return "as its share"
    return f"{hours(minutes)} {'more' if minutes > 0 else 'less'}"


def tenths(value: Fraction) -> str:
    """A figure that is not negative with one decimal, rounded half up: 3.7."""
    rounded = (value * 20 + 1) // 2
    return f"{rounded // 10:,}.{rounded % 10}"


def minutes_of(spent: Decimal) -> int:
    """Hours as typed in minutes. Raises RuleBroken unless they are quarters of an hour of one day."""
    if not SHORTEST_ENTRY <= spent <= LONGEST_ENTRY:
        raise RuleBroken("The hours must be from 0.25 to 24. Log each day by itself.", "spent")
    if spent % QUARTER:
        raise RuleBroken("Enter the hours to the quarter, such as 1.25 or 2.5.", "spent")
    return int(spent * MINUTES_AN_HOUR)


def check_worked_on(worked_on: date, today: date) -> None:
    """Raise RuleBroken for work in the future, or too long ago to count."""
    if worked_on > today:
        raise RuleBroken("The day must be today or in the past.", "worked_on")
    if worked_on < today - COUNTED_FOR:
        raise RuleBroken("Only work of the last two years counts. Enter a later day.", "worked_on")


def check_text(text: str, field: str, ask: str, longest: int) -> str:
    """A text on one line that is given and not too long; `ask` asks for it. Raises RuleBroken."""
    given = " ".join(text.split())
    if not given:
        raise RuleBroken(ask, field)
    if len(given) > longest:
        raise RuleBroken(f"This must have {longest:,} characters or fewer.", field)
    return given


def check_open(status: ActivityStatus) -> None:
    """Raise RuleBroken unless the activity still goes on."""
    if status is not ActivityStatus.OPEN:
        raise RuleBroken("This activity is done. Ask the coordinator to take it up again first.")


def check_can_lead(school_id: uuid.UUID, members: Collection[uuid.UUID], present: uuid.UUID | None) -> None:
    """Raise RuleBroken for a school that is no member, or that leads already."""
    if school_id not in members:
        raise RuleBroken("Choose a school that is a member of the alliance.", "school")
    if school_id == present:
        raise RuleBroken("This school leads already. Choose another.", "school")
