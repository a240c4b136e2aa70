"""What people type about a dispute."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import LongTextField, MoneyField, Required
from marketplace.core.forms import Form, NewThingForm

LONGEST_REASON = 1_000


class DisputeForm(NewThingForm):
    """What is not accepted of an invoice, and why."""

    reason = LongTextField(
        "Why do you dispute it?",
        [Required("Enter why you dispute the invoice."), Length(max=LONGEST_REASON)],
        description="The school that issued it reads this",
        render_kw={"rows": 4},
    )
    undisputed = MoneyField(
        "How much of it do you accept?",
        [Required("Enter the part you accept: 0 if it is nothing.")],
        description="You are still asked to pay this part in time. Enter 0 if you accept nothing",
    )


class SettleForm(Form):
    """How a dispute ended."""

    settlement = LongTextField(
        "How was it settled?",
        [Required("Enter how it was settled."), Length(max=LONGEST_REASON)],
        render_kw={"rows": 3},
    )
