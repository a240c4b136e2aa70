"""What people type about a payment."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import DateInputField, MoneyField, Required, TextField
from marketplace.core.forms import NewThingForm
from marketplace.core.money import Money

LONGEST_REFERENCE = 50


class PaymentForm(NewThingForm):
    """Money that came in for an invoice."""

    paid_on = DateInputField("When did the money arrive?", [Required("Enter the date the money arrived.")])
    amount = MoneyField("How much arrived?", [Required("Enter the amount that arrived.")], minimum=Money(1))
    reference = TextField(
        "Reference on the bank statement",
        [Length(max=LONGEST_REFERENCE)],
        render_kw={"width": 20},
    )
