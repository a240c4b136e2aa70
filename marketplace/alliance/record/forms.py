"""The filter above the record of events."""

from __future__ import annotations

import uuid
from typing import Any

from wtforms import HiddenField

from marketplace.alliance.policy_views import SUBJECTS
from marketplace.alliance.record.rules import check_dates
from marketplace.core.errors import RuleBroken
from marketplace.core.fields import ChoiceField, DateInputField, TextField, choices
from marketplace.core.listing import FilterForm


class RecordFilter(FilterForm):
    """Which entries to list. `about` is the id of a thing, which the links of entries carry."""

    q = TextField("Search for a person, words or a number")
    person = ChoiceField("Done by", blank="Anybody", coerce=uuid.UUID, choices=[])
    kind = ChoiceField("About", blank="Everything", choices=choices((name, name) for name in SUBJECTS))
    since = DateInputField("From")
    until = DateInputField("To")
    about = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a range of days that is backwards."""
        right = bool(super().validate(extra_validators))
        try:
            check_dates(self.since.data, self.until.data)
        except RuleBroken as refusal:
            self.until.errors = [*self.until.errors, refusal.message]
            right = False
        return right
