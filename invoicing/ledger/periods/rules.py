"""When books close: months in their order, the financial year with its last month."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count, takewhile

from marketplace.core import moves
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.months import months_later

MOST_NAMED = 5
"""So many things that are in the way are named; the others are counted."""
A_DAY = timedelta(days=1)


class YearEnd(StrEnum):
    """On which day a financial year ends."""

    AUGUST = "august"
    MARCH = "march"


YEAR_END_LABELS: Mapping[YearEnd, str] = {YearEnd.AUGUST: "31 August", YearEnd.MARCH: "31 March"}
_LAST_MONTH: Mapping[YearEnd, int] = {YearEnd.AUGUST: 8, YearEnd.MARCH: 3}
# Academy trusts account to 31 August (Academies Accounts Direction), and so do the other kinds of school that
# have a funding agreement with the Secretary of State. Schools that a local authority maintains account to
# 31 March, with the authority (Consistent Financial Reporting (England) Regulations 2012)
_HAS_FUNDING_AGREEMENT = re.compile(r"academ|free school|studio school|technical college", re.IGNORECASE)


class ReopeningStatus(StrEnum):
    """How far a wish to reopen closed months is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


MOVES: Mapping[ReopeningStatus, frozenset[ReopeningStatus]] = {
    ReopeningStatus.PROPOSED: frozenset({ReopeningStatus.APPROVED, ReopeningStatus.REFUSED}),
    ReopeningStatus.APPROVED: frozenset(),
    ReopeningStatus.REFUSED: frozenset(),
}


class MonthState(StrEnum):
    """What can be done with a month."""

    RUNNING = "running"
    OPEN = "open"
    CLOSED = "closed"


STATE_LABELS: Mapping[MonthState, str] = {
    MonthState.RUNNING: "Not over yet",
    MonthState.OPEN: "Open",
    MonthState.CLOSED: "Closed",
}
STATE_COLOURS: Mapping[MonthState, str] = {
    MonthState.RUNNING: "grey",
    MonthState.OPEN: "yellow",
    MonthState.CLOSED: "green",
}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Something dated in a month that must be finished before the month closes.

    In words, and the page where it is: the name of its address, with what that takes.
    """

    text: str
    endpoint: str
    values: Mapping[str, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Months:
    """What decides which months of somebody's books can close.

    `first_on` is the first day of the first month with an entry; None where nothing was posted yet.
    """

    first_on: date | None
    closed_until: date | None
    year_end: YearEnd
    today: date

    @property
    def open_from(self) -> date | None:
        """The first day of the month that closes next."""
        return self.first_on if self.closed_until is None else self.closed_until + A_DAY

    def state(self, ends_on: date) -> MonthState:
        """What can be done with the month that ends on a day."""
        if self.closed_until is not None and ends_on <= self.closed_until:
            return MonthState.CLOSED
        return MonthState.OPEN if ends_on < self.today else MonthState.RUNNING

    def ends_year(self, ends_on: date) -> bool:
        """Is this the last day of a financial year?"""
        return ends_on.month == _LAST_MONTH[self.year_end]

    def year_of(self, day: date) -> date:
        """The last day of the financial year that a day falls in."""
        last = _LAST_MONTH[self.year_end]
        return month_end(date(day.year + (day.month > last), last, 1))

    def shown(self) -> Iterator[date]:
        """The last days of all months from the first to the running one, the newest first."""
        first = self.first_on or self.today
        latest = month_end(self.today)
        ends = (month_end(months_later(latest, -back)) for back in count())
        return takewhile(lambda end: end >= first, ends)

    def check_close(self, until: date) -> date:
        """The first day of what closes with the month that ends on a day. Raises RuleBroken.

        Months close in order; the last month of a financial year takes along those of the year that are open.
        """
        opened = self.open_from
        if opened is None:
            raise RuleBroken("Nothing was posted to these books yet, so there is nothing to close.")
        state = self.state(until)
        if state is MonthState.CLOSED:
            raise RuleBroken(f"{month_name(until)} is closed already.")
        if state is MonthState.RUNNING:
            raise RuleBroken(
                f"{month_name(until)} is not over yet. Close it from {in_words(until + A_DAY)} on."
            )
        with_the_year = self.ends_year(until) and self.year_of(opened) == until
        if month_end(opened) != until and not with_the_year:
            raise RuleBroken(f"Months close in order. Close {month_name(opened)} first.")
        return opened

    def check_reopen(self, from_on: date) -> None:
        """Raise RuleBroken unless the month that begins on a day is closed."""
        if self.closed_until is None or from_on > self.closed_until:
            raise RuleBroken(f"{month_name(from_on)} is open, so there is nothing to reopen.")


def usual_year_end(school_type: str) -> YearEnd:
    """When the financial year of a school of this type of establishment ends, unless it says otherwise."""
    return YearEnd.AUGUST if _HAS_FUNDING_AGREEMENT.search(school_type) else YearEnd.MARCH


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return months_later(day.replace(day=1), 1) - A_DAY


def month_name(day: date) -> str:
    """The month of a day, in words."""
    return f"{day:%B %Y}"


def in_words(day: date) -> str:
    """A day, in words."""
    return f"{day.day} {day:%B %Y}"


def read_month(text: str) -> date:
    """The last day of a month as an address names it: 2026-10. Raises NotFound."""
    try:
        return month_end(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise NotFound from None


def check_finished(waiting: Sequence[Unfinished], starts_on: date, ends_on: date) -> None:
    """Raise RuleBroken naming what is dated in a period and not finished."""
    if not waiting:
        return
    named = "; ".join(one.text for one in waiting[:MOST_NAMED])
    more = len(waiting) - MOST_NAMED
    others = f"; and {more} more" if more > 0 else ""
    period = month_name(ends_on)
    if month_end(starts_on) != ends_on:
        period = f"{month_name(starts_on)} to {month_name(ends_on)}"
    raise RuleBroken(
        f"Something dated in {period} is not finished: {named}{others}. Issue, match or discard it, then "
        "close."
    )


def closed_words(name: str, closed_until: date) -> str:
    """What somebody reads who dates something in a closed period."""
    return (
        f"The books of {name} are closed up to {in_words(closed_until)}. Date it "
        f"{in_words(closed_until + A_DAY)} or later, or ask for the month to be reopened there."
    )


def check_reason(reason: str) -> str:
    """The reason as we keep it. Raises RuleBroken (field `reason`) without one."""
    if not reason.strip():
        raise RuleBroken("Say why: the second person and the auditor read it.", "reason")
    return reason.strip()


def check_second_person(person_id: uuid.UUID | None, proposed_by: uuid.UUID) -> None:
    """No single person reopens closed books. Raises Forbidden for who proposed it."""
    if person_id is None or person_id == proposed_by:
        raise Forbidden("You proposed this, so another person decides: a headteacher or a finance lead.")


def move(present: ReopeningStatus, wanted: ReopeningStatus) -> ReopeningStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)
