"""What people type about refunds of online payments."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import LongTextField, MoneyField, Required
from marketplace.core.forms import Form, NewThingForm
from marketplace.core.money import Money

LONGEST_REASON = 300


class RefundForm(NewThingForm):
    """Proposes to give back an online payment, or some of it."""

    amount = MoneyField("How much?", [Required("Enter the amount.")], minimum=Money(1))
    reason = LongTextField(
        "Why?",
        [Required("Say why: the second person and the auditor read it."), Length(max=LONGEST_REASON)],
    )


class ApproveForm(Form):
    """Approves a refund."""


class RefuseForm(Form):
    """Refuses a refund, with a reason."""

    reason = LongTextField(
        "Why not?",
        [Required("Say why: whoever proposed it reads it."), Length(max=LONGEST_REASON)],
    )
