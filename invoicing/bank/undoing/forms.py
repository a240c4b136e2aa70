"""What people type when they undo a match."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from marketplace.core.fields import LongTextField, Required
from marketplace.core.forms import NewThingForm

LONGEST_REASON = 300


class UndoForm(NewThingForm):
    """Undoes a match, with a reason and the version that was seen."""

    version = IntegerField(widget=HiddenInput())
    reason = LongTextField(
        "Why was it a mistake?",
        [Required("Say why: the school that paid and the auditor read it."), Length(max=LONGEST_REASON)],
    )
