"""What people ask of a list of invoices and credit notes."""

from __future__ import annotations

import uuid
from typing import Any

from invoicing.exports.rules import Shown, check_dates
from marketplace.core.errors import RuleBroken
from marketplace.core.fields import ChoiceField, DateInputField, TextField, choices
from marketplace.core.listing import FilterForm

SHOWN_LABELS = {
    Shown.INVOICES: "Invoices",
    Shown.UNPAID: "Invoices to be paid",
    Shown.OVERDUE: "Invoices overdue",
    Shown.DISPUTED: "Invoices in dispute",
    Shown.PAID: "Invoices paid",
    Shown.CREDITED: "Invoices credited in full",
    Shown.CREDIT_NOTES: "Credit notes",
}


class DocumentsFilter(FilterForm):
    """Which documents to list. `school` is whose, `party` who is on the other side."""

    q = TextField("Search for a number, name or words")
    school = ChoiceField("Of which school", blank="All", coerce=uuid.UUID, choices=[])
    party = ChoiceField("Other school or supplier", blank="All", coerce=uuid.UUID, choices=[])
    shown = ChoiceField("What", blank="Everything", coerce=Shown, choices=choices(SHOWN_LABELS.items()))
    since = DateInputField("Issued from")
    until = DateInputField("Issued to")

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a range of days that is backwards."""
        right = bool(super().validate(extra_validators))
        try:
            check_dates(self.since.data, self.until.data)
        except RuleBroken as refusal:
            self.until.errors = [*self.until.errors, refusal.message]
            right = False
        return right
