"""The form for a school year's six halves."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField

from marketplace.alliance.term_dates import files
from marketplace.alliance.term_dates.calendars import Edge, Reading
from marketplace.alliance.term_dates.rules import HALF_LABELS, Half, Term
from marketplace.core.fields import DateInputField, Required, UploadField
from marketplace.core.forms import EditForm, Form


def _day(half: Half, which: str) -> DateInputField:
    return DateInputField(
        f"{which} school day", [Required(f"{HALF_LABELS[half]}: enter its {which.lower()} school day.")]
    )


class TermDatesForm(EditForm):
    """The first and last school day of each half, days for training included."""

    autumn_1_first_day, autumn_1_last_day = _day(Half.AUTUMN_1, "First"), _day(Half.AUTUMN_1, "Last")
    autumn_2_first_day, autumn_2_last_day = _day(Half.AUTUMN_2, "First"), _day(Half.AUTUMN_2, "Last")
    spring_1_first_day, spring_1_last_day = _day(Half.SPRING_1, "First"), _day(Half.SPRING_1, "Last")
    spring_2_first_day, spring_2_last_day = _day(Half.SPRING_2, "First"), _day(Half.SPRING_2, "Last")
    summer_1_first_day, summer_1_last_day = _day(Half.SUMMER_1, "First"), _day(Half.SUMMER_1, "Last")
    summer_2_first_day, summer_2_last_day = _day(Half.SUMMER_2, "First"), _day(Half.SUMMER_2, "Last")

    @classmethod
    def showing(cls, terms: Sequence[Term], version: int) -> TermDatesForm:
        """The form filled with these terms."""
        given: dict[str, Any] = {"version": version}
        for term in terms:
            given[f"{term.half}_first_day"], given[f"{term.half}_last_day"] = term.first_day, term.last_day
        return cls(data=given)

    @classmethod
    def reading(cls, reading: Reading, version: int) -> TermDatesForm:
        """The form filled with what a calendar file says; what it does not say is blank."""
        given: dict[str, Any] = {"version": version}
        for half in Half:
            for edge in Edge:
                given[f"{half}_{edge}"] = reading.day(half, edge)
        return cls(formdata=None, data=given)

    def halves(self) -> list[tuple[str, Any, Any]]:
        """Each half with its two fields, in order."""
        return [(HALF_LABELS[half], self[f"{half}_first_day"], self[f"{half}_last_day"]) for half in Half]

    def terms(self) -> list[Term]:
        """What was entered."""
        return [Term(half, self[f"{half}_first_day"].data, self[f"{half}_last_day"].data) for half in Half]


class CalendarForm(Form):
    """A calendar file with the dates of a school year."""

    calendar = UploadField(
        "Calendar file",
        [Required("Choose a calendar file.")],
        extensions=files.EXTENSIONS,
        max_bytes=files.LARGEST_FILE,
        description="An iCalendar file (.ics) from your school or local authority, or a CSV file",
    )


class CopyForm(EditForm):
    """Whose dates are taken over."""

    school = HiddenField()

    @property
    def school_id(self) -> uuid.UUID | None:
        """The school; None for what is no id."""
        try:
            return uuid.UUID(self.school.data or "")
        except ValueError:
            return None
