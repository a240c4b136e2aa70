"""What people type about a payment to a supplier."""

from __future__ import annotations

import uuid
from typing import Any

from wtforms import HiddenField
from wtforms.validators import Length

from invoicing.bank.rules import LONGEST_REFERENCE
from marketplace.core.fields import (
    CheckboxesField,
    DateInputField,
    LongTextField,
    MoneyField,
    Required,
    TextField,
)
from marketplace.core.forms import Form, NewThingForm
from marketplace.core.money import Money

LONGEST_REASON = 1_000


class PaymentForm(NewThingForm):
    """Money that a school paid a supplier, or that the supplier paid back."""

    paid_on = DateInputField(
        "When was it paid?",
        [Required("Enter the day on which it was paid.")],
        description="As the bank says it",
    )
    amount = MoneyField("How much was paid?", [Required("Enter how much was paid.")], minimum=Money(1))
    reference = TextField(
        "Reference of the payment", [Length(max=LONGEST_REFERENCE)], render_kw={"width": 20}
    )


class MatchForm(Form):
    """The invoices that money which went out paid; `left` is what the page said was not matched, in pence."""

    invoices = CheckboxesField("Which invoices did it pay?", coerce=uuid.UUID)
    left = HiddenField()

    def amount_left(self) -> Money:
        """What the page said was not matched; less than nothing when it was tampered with."""
        text: Any = self.left.data or ""
        return Money(int(text)) if text.isascii() and text.isdigit() else Money(-1)


class UndoForm(Form):
    """Why a recorded payment was a mistake."""

    reason = LongTextField(
        "What was wrong with it?",
        [Required("Say what was wrong with the payment."), Length(max=LONGEST_REASON)],
        description="For example: it paid another invoice of the same supplier",
    )
