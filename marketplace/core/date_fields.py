"""Dates, and moments in England, typed as separate inputs. Import them from `core.fields`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.widgets import TextInput

from marketplace.core.clock import LONDON
from marketplace.core.controls import Part

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*(am|pm)?", re.IGNORECASE)
NAMED_TIMES = {"midday": time(12), "noon": time(12)}
FIRST_YEAR, LAST_YEAR = 2000, 2100
NOON, MIDNIGHT = 12, 24
ABSENT = object()


class DateInputField(Field):
    """A date as day, month and year; gives a `date`, or None when all three are blank.

    What was typed comes back, and the message says which part is missing. Years 2000 to 2100.
    """

    data: Any
    widget = TextInput()
    control = "date"
    inputs: tuple[tuple[str, int], ...] = (("day", 2), ("month", 2), ("year", 4))

    def __init__(self, label: str, validators: Sequence[Any] = (), **options: Any) -> None:
        self.typed: dict[str, str] = {}
        self.wrong: frozenset[str] = frozenset()
        super().__init__(label, validators, **options)

    def process(self, formdata: Any, data: Any = ABSENT, extra_filters: Any = None) -> None:
        """Gather the parts from the form, then read them as any field reads its value."""
        sent = None
        if formdata is not None:
            names = {part: f"{self.name}-{part}" for part, _ in self.inputs}
            self.typed = {part: str(formdata.get(name, "")).strip() for part, name in names.items()}
            joined = " ".join(filter(None, self.typed.values()))
            here = any(name in formdata for name in names.values())
            sent = MultiDict({self.name: joined}) if here else MultiDict()
        given = {} if data is ABSENT else {"data": data}
        super().process(sent, extra_filters=extra_filters, **given)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the parts. Raises ValueError with a sentence that says what is missing or wrong."""
        if valuelist:
            self.data = self.read() if valuelist[0] else None

    def read(self) -> Any:
        """The value that the parts make. Raises ValueError as above."""
        missing = [part for part, _ in self.inputs if not self.typed[part]]
        if missing:
            self.wrong = frozenset(missing)
            raise ValueError(f"{self.label.text} must include a {' and a '.join(missing)}.")
        return self._read_date()

    def parts(self) -> Iterator[Part]:
        """The inputs as a template draws them."""
        shown = self.typed if self.raw_data else self._shown()
        for part, width in self.inputs:
            wrong = bool(self.errors) and (not self.wrong or part in self.wrong)
            yield Part(
                f"{self.id}-{part}", f"{self.name}-{part}", part.title(), shown.get(part, ""), width, wrong
            )

    def _shown(self) -> dict[str, str]:
        if self.data is None:
            return {}
        return {"day": str(self.data.day), "month": str(self.data.month), "year": str(self.data.year)}

    def _read_date(self) -> date:
        day, month, year = (self.typed[part] for part in ("day", "month", "year"))
        number = MONTHS.get(month.lower(), month)
        try:
            found = date(_whole(year), _whole(number), _whole(day))
        except ValueError:
            raise ValueError(f"{self.label.text} must be a real date, like 27 3 2027.") from None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.wrong = frozenset({"year"})
            raise ValueError(f"{self.label.text} must have a year from {FIRST_YEAR} to {LAST_YEAR}.")
        return found


class LocalDateTimeField(DateInputField):
    """A date and a time of day in England; gives an aware moment in UTC, or None when blank.

    Takes 14:30, 2.30pm, 5pm and midday. Refuses the hour that does not exist when the clocks go
    forward and the one that happens twice when they go back.
    """

    inputs = (*DateInputField.inputs, ("time", 5))

    def read(self) -> datetime:
        """The moment that the parts make. Raises ValueError as the class says."""
        super().read()
        local = datetime.combine(self._read_date(), self._read_time())
        try:
            return utc_from_local(local)
        except ValueError as trouble:
            self.wrong = frozenset({"time"})
            raise ValueError(f"{self.label.text}: {trouble}") from None

    def _read_time(self) -> time:
        typed = self.typed["time"].lower()
        if typed in NAMED_TIMES:
            return NAMED_TIMES[typed]
        found = TIME.fullmatch(typed)
        if found and (clock_time := _clock_time(int(found[1]), int(found[2] or 0), found[3] or "", found[2])):
            return clock_time
        self.wrong = frozenset({"time"})
        raise ValueError(f"{self.label.text} must have a time like 14:30 or 2:30pm.")

    def _shown(self) -> dict[str, str]:
        if self.data is None:
            return {}
        local = self.data.astimezone(LONDON)
        return {
            "day": str(local.day),
            "month": str(local.month),
            "year": str(local.year),
            "time": f"{local:%H:%M}",
        }


def utc_from_local(local: datetime) -> datetime:
    """A wall-clock time in England (no zone) as a moment in UTC.

    Raises ValueError, with a sentence that says which time to enter, for a time that does not exist
    or that happens twice on the day the clocks change.
    """
    first = local.replace(tzinfo=LONDON, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=LONDON, fold=1).astimezone(UTC)
    if first == second:
        return first
    if first.astimezone(LONDON).replace(tzinfo=None) != local:
        raise ValueError("the clocks go forward that night, so this time does not exist. Enter 2am or later.")
    raise ValueError("the clocks go back that night, so this time happens twice. Enter 2am or later.")


def _whole(text: object) -> int:
    if isinstance(text, int):
        return text
    if not re.fullmatch(r"[0-9]{1,4}", str(text)):
        raise ValueError(text)
    return int(str(text))


def _clock_time(hour: int, minute: int, half: str, minutes_typed: str | None) -> time | None:
    """The time of day, or None when it is not one: 14 alone is not, 2pm and 14:00 are."""
    if half:
        if not 1 <= hour <= NOON:
            return None
        hour = hour % NOON + (NOON if half == "pm" else 0)
    elif minutes_typed is None:
        return None
    return time(hour, minute) if hour < MIDNIGHT and minute < 60 else None  # noqa: PLR2004  # minutes in an hour
