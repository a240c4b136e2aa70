"""What people type about savings."""

from __future__ import annotations

from decimal import Decimal

from wtforms.validators import Length

from invoicing.savings.rules import LONGEST_SOURCE, LONGEST_UNIT, BaselineTerms, InvoicedTerms
from marketplace.core.documents import Upload
from marketplace.core.fields import (
    DateInputField,
    MoneyField,
    QuantityField,
    Required,
    TextField,
    UploadField,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.money import ZERO, Money

PENNY = Money(1)
ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".xlsx", ".docx")
HUNDREDTHS = 100


class BaselineForm(EditForm):
    """What the same cost in a year before."""

    amount = MoneyField(
        "What did it cost in a year, before VAT?",
        [Required("Enter what it cost in a year.")],
        minimum=PENNY,
    )
    source = TextField(
        "Where is that written?",
        [Required("Say where the figure is written."), Length(max=LONGEST_SOURCE)],
        description="For example The old supplier’s twelve invoices of 2025/26",
    )
    document = UploadField(
        "Document",
        extensions=ENDINGS,
        description="The invoice, contract or letter, if you have it: PDF, PNG, JPG, Excel or Word",
    )
    quantity = QuantityField(
        "How much was bought for it?",
        description="In the year, for example 41,800. Leave blank if nobody measured it.",
    )
    unit = TextField(
        "What was counted?", [Length(max=LONGEST_UNIT)], description="For example meals, hours, pupils"
    )
    rise = QuantityField(
        "By how many per cent would the old price have risen?",
        description="For example 4.5. Leave blank if no rise was announced.",
    )
    rise_source = TextField(
        "What shows that?",
        [Length(max=LONGEST_SOURCE)],
        description="For example The old supplier’s letter of 3 March 2026",
    )

    def terms(self) -> BaselineTerms:
        """What was typed, once it is valid."""
        rise = self.rise.data or Decimal(0)
        return BaselineTerms(
            self.amount.data,
            self.source.data,
            self.quantity.data,
            self.unit.data or "",
            int(rise * HUNDREDTHS),
            self.rise_source.data or "",
        )

    @property
    def upload(self) -> Upload | None:
        """The document, if one was chosen."""
        file = self.document.data
        return Upload(file.filename, file.stream) if file else None


class InvoicedForm(NewThingForm):
    """What was invoiced for a time."""

    starts_on = DateInputField("First day", [Required("Enter the first day.")])
    ends_on = DateInputField("Last day", [Required("Enter the last day.")])
    amount = MoneyField(
        "What was invoiced for it, before VAT?",
        minimum=ZERO,
        description="Leave blank to count the supplier’s invoices that your school accepted here for this "
        "contract. Enter it where they came on paper",
    )
    quantity = QuantityField("How much was bought?", description="Counted as the baseline counts it")
    source = TextField(
        "By which invoices?",
        [Length(max=LONGEST_SOURCE)],
        description="With an amount: their numbers, for example KC-1041 to KC-1052",
    )

    def terms(self) -> InvoicedTerms:
        """What was typed, once it is valid."""
        return InvoicedTerms(
            self.starts_on.data,
            self.ends_on.data,
            self.amount.data,
            self.source.data or "",
            self.quantity.data,
        )
