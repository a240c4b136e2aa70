"""What people type about bank statements and what came in with them."""

from __future__ import annotations

import uuid
from typing import Any, Self

from wtforms import HiddenField
from wtforms.validators import Length

from invoicing.bank import rules
from invoicing.bank.formats.csv_file import Column, Table
from invoicing.bank.rules import STATUS_LABELS, LineStatus
from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    LongTextField,
    Required,
    TextField,
    UploadField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.core.listing import FilterForm
from marketplace.core.money import Money

EXTENSIONS = (".csv", ".txt", ".ofx", ".xml", ".camt", ".sta", ".mt940", ".940")
LONGEST_REASON = 200
COLUMN_LABELS = {
    Column.DATE: "Date of the movement",
    Column.AMOUNT: "Amount, with a minus for money that went out",
    Column.MONEY_IN: "Money that came in",
    Column.MONEY_OUT: "Money that went out",
    Column.PAYER: "Who paid",
    Column.REFERENCE: "Reference or description",
    Column.MORE_WORDS: "More words about it",
    Column.BALANCE: "Balance after it",
    Column.BANK_ID: "The bank’s own number of the movement",
    Column.SORT_CODE: "Sort code of your account",
    Column.ACCOUNT: "Number of your account, or IBAN",
    Column.CURRENCY: "Currency",
}
HINTS = {
    Column.AMOUNT: "Or leave this out and choose both columns below.",
    Column.BALANCE: "With it Weald can tell that no line is missing.",
    Column.ACCOUNT: "With it Weald can tell that it is the school’s own account.",
}


class ImportForm(NewThingForm):
    """A statement as a file, for one of the reader's schools."""

    school = ChoiceField(
        "School", [Required("Choose the school.")], coerce=uuid.UUID, blank="Choose a school"
    )
    statement = UploadField(
        "Statement",
        [Required("Choose the file with the statement.")],
        extensions=EXTENSIONS,
        max_bytes=rules.LARGEST_FILE,
        description="CSV, OFX, CAMT.053 (XML) or MT940, as your bank offers it.",
    )


class ColumnsForm(Form):
    """Which column of a CSV statement is which. One field for each thing that a column can say."""

    @classmethod
    def of(cls, table: Table, chosen: dict[Column, str]) -> Self:
        """The form for the headings of a file, with what is probably right filled in."""
        fields = {
            column.value: ChoiceField(
                label,
                choices=choices((one, one) for one in table.named),
                blank="Not in the file",
                description=HINTS.get(column, ""),
            )
            for column, label in COLUMN_LABELS.items()
        }
        form: Self = type("ColumnsFormOfFile", (cls,), fields)(
            data={column.value: heading for column, heading in chosen.items()}
        )
        return form

    def chosen(self) -> dict[Column, str]:
        """The headings that were chosen, by what they say."""
        return {column: self[column.value].data for column in COLUMN_LABELS if self[column.value].data}


class LinesFilter(FilterForm):
    """What the list of movements is asked to show."""

    q = TextField("Payer or reference")
    status = ChoiceField(
        "Show", choices=choices(STATUS_LABELS.items()), coerce=LineStatus, blank="All that came in"
    )
    school = ChoiceField("School", coerce=uuid.UUID, blank="All schools")


class ChooseForm(Form):
    """The invoices that a payment is for."""

    invoices = CheckboxesField("Which invoices is it for?", coerce=uuid.UUID)


class MatchForm(EditForm):
    """Records a payment as the page showed it; `seen` is what it said would stay on account, in pence."""

    seen = HiddenField()

    def amount_seen(self) -> Money:
        """What the page said would stay on account; less than nothing when it was tampered with."""
        text: Any = self.seen.data or ""
        return Money(int(text)) if text.isascii() and text.isdigit() else Money(-1)


class SetAsideForm(EditForm):
    """Says what money that is for no invoice is for."""

    reason = LongTextField(
        "What is the money for?",
        [Required("Say what the money is for."), Length(max=LONGEST_REASON)],
        description="Such as a grant, or lettings of the hall.",
    )
