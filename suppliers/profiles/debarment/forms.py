"""The form with which a school records what the debarment list said."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core import clock
from marketplace.core.fields import DateInputField, RadiosField, Required, TextField, choices
from marketplace.core.forms import NewThingForm
from suppliers.profiles.debarment.rules import LONGEST_REFERENCE, LookUp


class LookUpForm(NewThingForm):
    """Yes or no, what was read, and when."""

    is_listed = RadiosField(
        "Does the supplier, or somebody connected with it, stand on the debarment list?",
        [Required("Choose whether it stands on the list.")],
        choices=choices([("no", "No"), ("yes", "Yes")]),
    )
    reference = TextField(
        "Reference",
        [
            Required("Enter the reference of the entry, or the date of the list that you read."),
            Length(max=LONGEST_REFERENCE),
        ],
        description="Of the entry if there is one; if not, the date that the list itself gives.",
    )
    looked_on = DateInputField("When did you look?", [Required("Enter the day on which you looked.")])

    def look_up(self) -> LookUp:
        """What was entered."""
        return LookUp(
            self.is_listed.data == "yes", self.reference.data or "", self.looked_on.data or clock.today()
        )
