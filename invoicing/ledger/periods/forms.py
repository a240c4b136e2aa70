"""What people type about periods."""

from __future__ import annotations

from wtforms.validators import Length

from invoicing.ledger.periods.rules import YEAR_END_LABELS, YearEnd
from marketplace.core.fields import LongTextField, RadiosField, Required, choices
from marketplace.core.forms import Form, NewThingForm

LONGEST_REASON = 300


class CloseForm(NewThingForm):
    """Closes a month, or a year with its last month."""


class ProposeForm(NewThingForm):
    """Proposes to reopen closed months."""

    reason = LongTextField(
        "Why must it be reopened?",
        [Required("Say why: the second person and the auditor read it."), Length(max=LONGEST_REASON)],
    )


class ReopenForm(Form):
    """Agrees to reopen closed months."""


class RefuseForm(Form):
    """Leaves closed months closed, with a reason."""

    reason = LongTextField(
        "Why not?",
        [Required("Say why: whoever proposed it reads it."), Length(max=LONGEST_REASON)],
    )


class YearEndForm(Form):
    """Says when the financial year ends."""

    year_end = RadiosField(
        "When does the financial year end?",
        [Required("Choose the day on which the financial year ends.")],
        choices=choices(
            [
                (YearEnd.AUGUST, YEAR_END_LABELS[YearEnd.AUGUST], "Academies and free schools"),
                (YearEnd.MARCH, YEAR_END_LABELS[YearEnd.MARCH], "Schools that a local authority maintains"),
            ]
        ),
        coerce=YearEnd,
    )
