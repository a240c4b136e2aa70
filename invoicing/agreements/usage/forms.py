"""What people type about what was used under an agreement."""

from __future__ import annotations

import uuid
from typing import Any

from wtforms.validators import Length

from invoicing.agreements.rules import LONGEST_TEXT, Basis, Price
from invoicing.agreements.usage.models import Usage
from invoicing.agreements.usage.rules import LARGEST_COST, LONGEST_WORDS, MOST_UNITS, Used
from marketplace.core.fields import (
    CheckboxesField,
    DateInputField,
    LongTextField,
    MoneyField,
    QuantityField,
    Required,
    TextField,
)
from marketplace.core.forms import EditForm, Form, NewThingForm


class UsedFields:
    """What was used on a day: how many units or at which cost, as the agreement's price asks."""

    used_on = DateInputField("Date", [Required("Enter the date.")])
    units = QuantityField("How many", [Required("Enter how many.")], maximum=MOST_UNITS, places=2)
    cost = MoneyField("What it cost, before VAT", [Required("Enter what it cost.")], maximum=LARGEST_COST)
    words = TextField(
        "What was it?",
        [Required("Say what was used."), Length(max=LONGEST_WORDS)],
        description="As the buyer will read it here and on the invoice",
    )


class UsedForm(Form, UsedFields):
    """Something used, whether new or corrected."""

    def ask_for(self, price: Price) -> None:
        """Ask for units or for a cost, as the price needs."""
        if price.basis is Basis.PER_UNIT:
            del self.cost
            self.units.label.text = f"How many (each {price.unit})"
        else:
            del self.units
        if price.basis is Basis.SHARE:
            self.cost.description = "The whole cost; the agreed share of it is charged"

    def used(self) -> Used:
        """What was typed, once it is valid."""
        return Used(
            on=self.used_on.data,
            words=self.words.data,
            units=self.units.data if "units" in self else None,
            cost=self.cost.data if "cost" in self else None,
        )


class LogForm(NewThingForm, UsedForm):
    """Something used, logged anew."""


class CorrectForm(EditForm, UsedForm):
    """Something logged that is corrected."""


class QuestionForm(EditForm):
    """What is wrong with something logged."""

    question = LongTextField(
        "What is wrong?",
        [Required("Say what is wrong, for the school that sells."), Length(max=LONGEST_TEXT)],
    )


def _seen(value: str | tuple[uuid.UUID, int]) -> tuple[uuid.UUID, int]:
    """The id of something used and the version that was read, from "id:version"."""
    if isinstance(value, tuple):
        return value
    usage_id, _, version = value.partition(":")
    return uuid.UUID(usage_id), int(version)


class ConfirmForm(Form):
    """What is confirmed, each with the version that was read. Whether it may be, the action says."""

    chosen = CheckboxesField(
        "Which of it is right?",
        [Required("Choose at least one line to confirm.")],
        coerce=_seen,
        validate_choice=False,
    )


def filled(usage: Usage) -> dict[str, Any]:
    """Something logged as the data of its form."""
    return {name: getattr(usage, name) for name in ("used_on", "units", "cost", "words", "version")}
