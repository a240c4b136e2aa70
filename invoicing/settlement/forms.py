"""What people type about settlements."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import DateInputField, LongTextField, Required
from marketplace.core.forms import EditForm, Form

LONGEST_REASON = 300


class WithdrawForm(EditForm):
    """Withdraws a settlement, with a reason."""

    reason = LongTextField("Why?", [Required("Say why: the schools read it."), Length(max=LONGEST_REASON)])


class ReceivedForm(Form):
    """Says when a payment of a settlement arrived."""

    paid_on = DateInputField("When did the money arrive?", [Required("Enter the day the money arrived.")])
