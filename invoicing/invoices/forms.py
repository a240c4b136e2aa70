"""What people type about invoices."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from wtforms import FieldList, FormField
from wtforms import Form as Part
from wtforms.validators import Length

from invoicing.invoices import vat_law
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import Shown
from invoicing.invoices.rules import (
    CATEGORY_LABELS,
    MOST_LINES,
    MOST_PAYMENT_DAYS,
    USUAL_PAYMENT_DAYS,
    InvoiceTerms,
    LineDraft,
    VatCategory,
)
from marketplace.core import clock
from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    DateInputField,
    LongTextField,
    QuantityField,
    Required,
    TextField,
    UnitPriceField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.core.listing import FilterForm

LONGEST_DESCRIPTION = 300
LONGEST_UNIT = 30
LONGEST_ORDER = 50
LONGEST_NOTE = 1_000
LONGEST_REASON = 200
BLANK_LINES = 2
SMALLEST_QUANTITY = Decimal("0.0001")
SHOWN_LABELS = {
    Shown.DRAFT: "Drafts",
    Shown.UNPAID: "To be paid",
    Shown.OVERDUE: "Overdue",
    Shown.DISPUTED: "Disputed",
    Shown.PAID: "Paid",
    Shown.CREDITED: "Credited in full",
    Shown.DISCARDED: "Discarded drafts",
}


class InvoicesFilter(FilterForm):
    """What the list of invoices is asked to show."""

    q = TextField("Search for a number, school or words")
    shown = ChoiceField(
        "Status",
        blank="All",
        coerce=Shown,
        choices=choices((value, label) for value, label in SHOWN_LABELS.items()),
    )
    school = ChoiceField("School", blank="All", coerce=uuid.UUID, choices=[])
    since = DateInputField("Issued from")
    until = DateInputField("Issued to")


class Treatment(StrEnum):
    """How a line is treated, as its author chooses it: a category of VAT, or what leads to one by law."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    TEACHING = "teaching"
    OTHER_STAFF = "other_staff"
    DISBURSEMENT = "O"


TREATMENT_LABELS = {
    Treatment.STANDARD: CATEGORY_LABELS[VatCategory.STANDARD],
    Treatment.ZERO: CATEGORY_LABELS[VatCategory.ZERO],
    Treatment.EXEMPT: CATEGORY_LABELS[VatCategory.EXEMPT],
    Treatment.TEACHING: "Staff: teacher or classroom assistant",
    Treatment.OTHER_STAFF: "Staff: office, finance, IT or site",
    Treatment.DISBURSEMENT: "Disbursement, outside VAT",
}


class LineForm(Part):
    """One line of an invoice. A line with nothing in it is left out."""

    description = TextField("What it is for", [Length(max=LONGEST_DESCRIPTION)])
    quantity = QuantityField("Quantity", minimum=SMALLEST_QUANTITY, render_kw={"width": 5})
    unit = TextField("Unit", [Length(max=LONGEST_UNIT)], render_kw={"width": 5})
    unit_price = UnitPriceField("Price of one", render_kw={"prefix": "£", "width": 5})
    category = ChoiceField(
        "VAT",
        coerce=Treatment,
        choices=choices(TREATMENT_LABELS.items()),
        default=Treatment.STANDARD,
    )

    @property
    def blank(self) -> bool:
        """Has nothing been typed here?"""
        return not any(
            (field.raw_data or [""])[0].strip()
            for field in (self.description, self.quantity, self.unit_price)
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """A line that was begun must say what, how many and at which price."""
        if self.blank:
            return True
        right = super().validate(extra_validators)
        for field, message in (
            (self.description, "Enter what the line is for."),
            (self.quantity, "Enter the quantity."),
            (self.unit_price, "Enter the price of one."),
        ):
            if not field.errors and field.data in (None, ""):
                field.errors = [message]
                right = False
        return bool(right)


class TermsFields:
    """The fields of a draft."""

    buyer_id = ChoiceField(
        "School to invoice",
        [Required("Choose the school to invoice.")],
        coerce=uuid.UUID,
        blank="Choose a school",
    )
    supplied_on = DateInputField(
        "Date of supply",
        [Required("Enter the date of supply.")],
        description="When the goods or the work were provided; the last day, where it took several",
    )
    payment_days = QuantityField(
        "Days to pay",
        [Required("Enter the days to pay.")],
        places=0,
        minimum=Decimal(0),
        maximum=Decimal(MOST_PAYMENT_DAYS),
        default=Decimal(USUAL_PAYMENT_DAYS),
        description=f"{USUAL_PAYMENT_DAYS} days from the day it is issued, unless you agreed something else",
        render_kw={"width": 3, "inputmode": "numeric"},
    )
    purchase_order = TextField(
        "The other school’s order number",
        [Length(max=LONGEST_ORDER)],
        description="If they gave you one",
        render_kw={"width": 20},
    )
    exemption_reason = TextField(
        "Why the exempt lines are exempt from VAT",
        [Length(max=LONGEST_REASON)],
        description="For example: Education, VAT Act 1994, Schedule 9, Group 6",
    )
    conditions = CheckboxesField(
        "What holds of the disbursement", description="VAT is left out only when all eight hold"
    )
    note = LongTextField("Note on the invoice", [Length(max=LONGEST_NOTE)], render_kw={"rows": 3})
    lines = FieldList(FormField(LineForm), max_entries=MOST_LINES)


class TermsForm(Form, TermsFields):
    """A draft being written, whether new or changed."""

    def offer(self, buyers: Iterable[tuple[uuid.UUID, str]]) -> None:
        """Set the schools to choose from."""
        self.buyer_id.choices = choices(buyers)
        self.conditions.choices = choices(vat_law.disbursement(clock.today()).conditions.items())

    def add_blank_lines(self) -> None:
        """Show more empty lines."""
        for _ in range(min(BLANK_LINES, MOST_LINES - len(self.lines))):
            self.lines.append_entry()

    def terms(self, *, registered: bool) -> InvoiceTerms:
        """What was typed. Lines of a school that is not registered are outside the scope of VAT."""
        lines = tuple(
            _line(entry.form, self.supplied_on.data, self.exemption_reason.data or "", registered=registered)
            for entry in self.lines
            if not entry.form.blank
        )
        disbursed = registered and any(line.category is VatCategory.OUTSIDE for line in lines)
        return InvoiceTerms(
            buyer_id=self.buyer_id.data,
            supplied_on=self.supplied_on.data,
            payment_days=int(self.payment_days.data),
            purchase_order=self.purchase_order.data or "",
            note=self.note.data or "",
            lines=lines,
            conditions=frozenset(self.conditions.data or ()) if disbursed else frozenset(),
        )


class NewInvoiceForm(NewThingForm, TermsForm):
    """A new draft."""


class EditInvoiceForm(EditForm, TermsForm):
    """A draft that is changed."""


def draft_seen(value: str | tuple[uuid.UUID, int]) -> tuple[uuid.UUID, int]:
    """A draft's id and the version that was checked, from "id:version"."""
    if isinstance(value, tuple):
        return value
    invoice_id, _, version = value.partition(":")
    return uuid.UUID(invoice_id), int(version)


class IssueForm(Form):
    """Drafts to issue, each with the version that was checked. Whether they may be, the action says."""

    chosen = CheckboxesField(
        "Which invoices do you want to issue?",
        [Required("Choose at least one invoice.")],
        coerce=draft_seen,
        validate_choice=False,
    )


def filled(invoice: Invoice) -> dict[str, Any]:
    """A draft's terms as the data of its form."""
    of_teaching = vat_law.staff(vat_law.Staff.TEACHING, invoice.supplied_on).reason
    reasons = [
        line.exemption_reason for line in invoice.lines if line.exemption_reason not in {"", of_teaching}
    ]
    return {
        "buyer_id": invoice.buyer_id,
        "supplied_on": invoice.supplied_on,
        "payment_days": Decimal(invoice.payment_days),
        "purchase_order": invoice.purchase_order,
        "note": invoice.note,
        "exemption_reason": reasons[0] if reasons else "",
        "conditions": invoice.conditions,
        "version": invoice.version,
        "lines": [
            {
                "description": line.description,
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": line.unit_price,
                "category": Treatment.TEACHING
                if line.exemption_reason == of_teaching
                else Treatment(line.category.value),
            }
            for line in invoice.lines
        ],
    }


def _line(form: Any, supplied_on: date, exemption_reason: str, *, registered: bool) -> LineDraft:
    treatment = (form.category.data or Treatment.STANDARD) if registered else Treatment.DISBURSEMENT
    if treatment in {Treatment.TEACHING, Treatment.OTHER_STAFF}:
        law = vat_law.staff(vat_law.Staff(treatment.value), supplied_on)
        category, reason = VatCategory(law.category), law.reason
    else:
        category = VatCategory(treatment.value)
        reason = exemption_reason if category is VatCategory.EXEMPT else ""
    return LineDraft(
        description=form.description.data,
        quantity=form.quantity.data,
        unit=form.unit.data or "",
        unit_price=form.unit_price.data,
        category=category,
        exemption_reason=reason,
    )
