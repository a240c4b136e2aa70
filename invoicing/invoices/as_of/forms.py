"""Which day somebody asks about."""

from __future__ import annotations

from typing import Any

from wtforms import ValidationError

from marketplace.core import clock
from marketplace.core.fields import DateInputField
from marketplace.core.listing import FilterForm


class DayForm(FilterForm):
    """The day at whose end an invoice is shown. It stands in the address, to keep and share."""

    day = DateInputField("Show the invoice as it stood on")

    def validate_day(self, field: Any) -> None:
        """Nobody knows how it will stand. Raises ValidationError."""
        if field.data and field.data > clock.today():
            raise ValidationError("Enter today or an earlier day.")
