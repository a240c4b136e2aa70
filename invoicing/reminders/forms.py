"""What people type about reminders."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from invoicing.reminders.rules import Sequence
from marketplace.core.fields import LongTextField, QuantityField, Required
from marketplace.core.forms import Form

LONGEST_REASON = 300
IN_DAYS = {"suffix": "days", "width": 3}


class ChoiceForm(Form):
    """Whether and when a school's buyers are reminded, and whether it charges interest."""

    version = IntegerField(widget=HiddenInput())
    reminds = BooleanField("Remind the schools that owe us by e-mail")
    before = QuantityField(
        "How many days before the due date does the first e-mail go?",
        [Required("Enter how many days before the due date the first e-mail goes.")],
        places=0,
        render_kw=IN_DAYS,
    )
    first = QuantityField(
        "How many days after the due date does the first reminder go?",
        [Required("Enter how many days after the due date the first reminder goes.")],
        places=0,
        render_kw=IN_DAYS,
    )
    second = QuantityField(
        "And the second reminder?",
        [Required("Enter how many days after the due date the second reminder goes.")],
        places=0,
        render_kw=IN_DAYS,
    )
    last = QuantityField(
        "And the last reminder?",
        [Required("Enter how many days after the due date the last reminder goes.")],
        places=0,
        render_kw=IN_DAYS,
    )
    charges_interest = BooleanField(
        "Charge interest on late payment",
        description="Nothing is charged by itself: a finance lead drafts it for a late invoice, or does not",
    )

    def sequence(self) -> Sequence:
        """The days as they were typed."""
        return Sequence(
            -int(self.before.data), int(self.first.data), int(self.second.data), int(self.last.data)
        )


class HoldForm(Form):
    """Holds the reminders of an invoice, with a reason."""

    reason = LongTextField(
        "Why?", [Required("Say why: your colleagues read it."), Length(max=LONGEST_REASON)]
    )
