"""What people type about a report of Stripe's that was not counted."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import LongTextField, Required
from marketplace.core.forms import Form

LONGEST_NOTE = 300


class SeeToForm(Form):
    """Says what a report was."""

    note = LongTextField(
        "What was it, and what did you do?",
        [Required("Say what it was: the auditor reads it."), Length(max=LONGEST_NOTE)],
    )
