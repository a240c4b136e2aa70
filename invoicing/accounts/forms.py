"""What is asked of accounts: for which day, or between which two."""

from __future__ import annotations

from marketplace.core.fields import DateInputField, Required
from marketplace.core.listing import FilterForm


class DayForm(FilterForm):
    """The day on which debts are looked at."""

    day = DateInputField("Day", [Required("Enter a day.")])


class PeriodForm(FilterForm):
    """The two dates of a statement, both included."""

    start = DateInputField("From", [Required("Enter the first day.")])
    end = DateInputField("To", [Required("Enter the last day.")])
