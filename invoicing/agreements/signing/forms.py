"""What people type when they extend an agreement or end it early."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from invoicing.agreements.rules import LONGEST_TEXT
from marketplace.core.fields import (
    DateInputField,
    LongTextField,
    QuantityField,
    RadiosField,
    Required,
    choices,
)
from marketplace.core.forms import Form, NewThingForm


class AgreeForm(Form):
    """A head signs what they have read: the number of the proposal says which it was."""

    proposal = IntegerField(widget=HiddenInput())


class ReturnForm(Form):
    """Why a proposal is given back."""

    reason = LongTextField(
        "What should be different?",
        [Required("Say what should be different."), Length(max=LONGEST_TEXT)],
    )


class NoticeForm(Form):
    """From when an agreement ends early, and why."""

    last_day = DateInputField("Last day", [Required("Enter the last day.")])
    reason = LongTextField(
        "Why?",
        [Required("Say why, for the other school."), Length(max=LONGEST_TEXT)],
        description="The other school reads it",
    )


class ExtensionForm(NewThingForm):
    """By how many months an agreement is made longer."""

    months = QuantityField(
        "By how many months?",
        [Required("Enter by how many months.")],
        places=0,
        render_kw={"suffix": "months", "width": 3},
    )


class AnswerForm(Form):
    """What a head answers to a longer term."""

    answer = RadiosField(
        "Your answer",
        [Required("Choose your answer.")],
        choices=choices((("agree", "Sign the longer term"), ("refuse", "Leave the last day as it is"))),
    )
