"""Days of the demonstration, counted from the day it is loaded, always working days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from marketplace.core import clock
from marketplace.core.months import months_later
from marketplace.tenders.timetable import not_a_working_day


class Calendar:
    """Turns "so many days from the day of loading" into working days and moments in England."""

    def __init__(self, loaded_at: datetime) -> None:
        self.loaded_at = loaded_at
        self.today = loaded_at.astimezone(clock.LONDON).date()

    def day(self, offset: int) -> date:
        """The working day so many days from today: the one before, in the past; the one after, ahead."""
        wanted = self.today + timedelta(days=offset)
        step = timedelta(days=-1 if offset < 0 else 1)
        while not_a_working_day(wanted):
            wanted += step
        return wanted

    def moment(self, offset: int, hour: int = 12, minute: int = 0) -> datetime:
        """An hour in England on that working day, in UTC."""
        local = datetime.combine(self.day(offset), time(hour, minute), tzinfo=clock.LONDON)
        return local.astimezone(UTC)

    def first_of_month(self, months: int) -> date:
        """The first day of the month so many months from this one."""
        return months_later(self.today.replace(day=1), months)

    def last_of_month(self, months: int) -> date:
        """The last day of the month so many months from this one."""
        return self.first_of_month(months + 1) - timedelta(days=1)

    @contextmanager
    def on(self, offset: int, hour: int = 10, minute: int = 0) -> Iterator[None]:
        """Live at an hour of that working day, but never later than the loading itself."""
        with clock.travelling(min(self.moment(offset, hour, minute), self.loaded_at)):
            yield
