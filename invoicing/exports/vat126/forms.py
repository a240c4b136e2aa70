"""Which school and months a schedule is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from invoicing.exports.months.rules import first_day
from invoicing.exports.vat126.rules import figures
from marketplace.core.fields import ChoiceField, choices
from marketplace.core.listing import FilterForm
from marketplace.core.months import MONTHS_A_YEAR, months_later


def _month(text: str) -> date:
    """The first day of a month. Raises ValueError for what is none."""
    first = first_day(str(text)[: len("2026-11")])
    if first is None:
        raise ValueError(text)
    return first


class ClaimFilter(FilterForm):
    """The first and the last month of a claim, as 2026-11, and whose it is."""

    school = ChoiceField("School", coerce=uuid.UUID, choices=[])
    since = ChoiceField("First month", coerce=_month, choices=[])
    until = ChoiceField("Last month", coerce=_month, choices=[])

    def offer(self, schools: Iterable[tuple[uuid.UUID, str]], today: date) -> None:
        """Set the schools, and the months that may still be claimed, the newest first."""
        self.school.choices = choices(schools)
        months = [
            months_later(today.replace(day=1), -back)
            for back in range(MONTHS_A_YEAR * figures()["years"].value + 1)
        ]
        for field in (self.since, self.until):
            field.choices = choices((f"{month:%Y-%m}", f"{month:%B %Y}") for month in months)
