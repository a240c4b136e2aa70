"""What people type about grants."""

from __future__ import annotations

from wtforms.validators import Length

from invoicing.fund.forms import LONGEST_TITLE, PENNY
from invoicing.fund.grants.rules import Gift, Giver
from invoicing.fund.rules import EVIDENCE_ENDINGS, LARGEST_EVIDENCE, Purpose
from marketplace.core.fields import (
    DateInputField,
    MoneyField,
    RadiosField,
    Required,
    TextField,
    UploadField,
    choices,
)
from marketplace.core.forms import NewThingForm


class GrantForm(NewThingForm):
    """A grant that came in."""

    kind = RadiosField(
        "What kind of giver is it?",
        [Required("Choose the kind of giver.")],
        coerce=Giver,
        choices=choices((kind, kind.label) for kind in Giver),
    )
    giver = TextField(
        "Name of the giver",
        [Required("Enter the name of the giver."), Length(max=LONGEST_TITLE)],
    )
    title = TextField(
        "What is the grant called?",
        [Required("Enter what the grant is called."), Length(max=LONGEST_TITLE)],
        description="For example Wolds Foundation grant for music",
    )
    purpose = RadiosField(
        "For which purpose was it given?",
        [Required("Choose the purpose.")],
        coerce=Purpose,
        choices=choices((purpose, purpose.label) for purpose in Purpose),
        description="It is spent on this purpose and on no other",
    )
    amount = MoneyField("Amount", [Required("Enter the amount.")], minimum=PENNY)
    received_on = DateInputField(
        "When did it reach the fund’s bank account?", [Required("Enter the date it was received.")]
    )
    evidence = UploadField(
        "Letter of the giver",
        [Required("Choose the letter or agreement by which the grant was given.")],
        extensions=EVIDENCE_ENDINGS,
        max_bytes=LARGEST_EVIDENCE,
        description=(
            "The letter or agreement, as PDF, PNG, JPG, Excel (.xlsx) or Word (.docx), up to 10 MB. "
            "Browsers forget a chosen file: choose it again if this page comes back."
        ),
    )

    def gift(self) -> Gift:
        """What was typed, once it is valid."""
        return Gift(
            self.title.data,
            self.kind.data,
            self.giver.data,
            self.purpose.data,
            self.amount.data,
            self.received_on.data,
        )
