"""What people type about writing off and paying back."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import DateInputField, LongTextField, MoneyField, Required
from marketplace.core.forms import Form, NewThingForm
from marketplace.core.money import Money

LONGEST_REASON = 300


class ProposalForm(NewThingForm):
    """Proposes to give up or to pay back money."""

    amount = MoneyField("How much?", [Required("Enter the amount.")], minimum=Money(1))
    reason = LongTextField(
        "Why?",
        [Required("Say why: the second person and the auditor read it."), Length(max=LONGEST_REASON)],
    )


class ApproveForm(Form):
    """Approves a write-off."""


class ApproveRepaymentForm(ApproveForm):
    """Approves a repayment, with the day on which the money left the bank."""

    paid_on = DateInputField(
        "When did the money leave the bank?", [Required("Enter the day on which the money left the bank.")]
    )


class RefuseForm(Form):
    """Refuses a proposal, with a reason."""

    reason = LongTextField(
        "Why not?",
        [Required("Say why: whoever proposed it reads it."), Length(max=LONGEST_REASON)],
    )
