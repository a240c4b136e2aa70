"""What people type about a credit note."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField
from wtforms.validators import Length

from invoicing.invoices.credit_notes.rules import FIELD, CreditableLine
from marketplace.core.fields import LongTextField, MoneyField, Required
from marketplace.core.forms import NewThingForm
from marketplace.core.money import Money

LONGEST_REASON = 500
NOT_KEPT = frozenset({"csrf_token", "check", "confirm", "change", "seen", "new_id"})
"""What the page that shows the credit note before it is issued sends itself."""


class CreditNoteForm(NewThingForm):
    """A credit note being written. `seen` names the total that its author was shown."""

    seen = HiddenField()
    reason = LongTextField(
        "Why do you credit this?",
        [Required("Enter why you credit this."), Length(max=LONGEST_REASON)],
        description="The other school reads it on the credit note",
        render_kw={"rows": 3},
    )

    def amount_of(self, line: CreditableLine) -> Any:
        """The field of a line, or None where nothing is left to credit."""
        return self._fields.get(f"{FIELD}{line.position}")

    def amounts(self) -> dict[int, Money]:
        """What to credit before VAT, by the place of the line; lines left empty are left out."""
        return {
            int(name.removeprefix(FIELD)): field.data
            for name, field in self._fields.items()
            if name.startswith(FIELD) and field.data
        }


def credit_note_form(lines: Iterable[CreditableLine]) -> CreditNoteForm:
    """A form with an amount for each line of which something is left."""
    fields = {
        f"{FIELD}{line.position}": MoneyField(
            f"Amount to credit on line {line.position}", maximum=line.left, render_kw={"width": 5}
        )
        for line in lines
        if line.left
    }
    form: CreditNoteForm = type("LinesForm", (CreditNoteForm,), fields)()
    return form
