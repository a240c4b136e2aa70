"""What people type about a shared cost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import HiddenField
from wtforms.validators import Length

from invoicing.shared_costs.rules import SPLIT_HINTS, SPLIT_LABELS, CostTerms, Share
from marketplace.alliance.models import School
from marketplace.core.fields import (
    CheckboxesField,
    DateInputField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import NewThingForm
from marketplace.core.money import Money
from marketplace.tenders.rules import Split

LONGEST_TITLE = 150
LONGEST_SUPPLIER = 120
PENNY = Money(1)


class CostForm(NewThingForm):
    """A shared cost. `seen` names the shares that its recorder was shown."""

    seen = HiddenField()
    title = TextField(
        "What was paid for?",
        [Required("Enter what was paid for."), Length(max=LONGEST_TITLE)],
        description="The other schools read this on their invoices",
    )
    supplier_name = TextField(
        "Who was paid?", [Length(max=LONGEST_SUPPLIER)], description="The supplier on the bill"
    )
    supplied_on = DateInputField(
        "Date of supply",
        [Required("Enter the date of supply.")],
        description="When the goods or the work were provided",
    )
    amount = MoneyField("Amount to share", [Required("Enter the amount to share.")], minimum=PENNY)
    split = RadiosField(
        "How is it divided?",
        [Required("Choose how it is divided.")],
        coerce=Split,
        choices=choices((split, SPLIT_LABELS[split], SPLIT_HINTS[split]) for split in Split),
    )
    schools = CheckboxesField(
        "Which schools share it?",
        [Required("Choose the schools that share it.")],
        coerce=uuid.UUID,
        description="Tick your own school too if it bears a share. It gets no invoice.",
    )

    def use_fields(self) -> list[Any]:
        """The fields for each school's use, in the order of the schools."""
        return [field for field in self if field.name.startswith("use_")]

    def terms(self) -> CostTerms:
        """What was typed."""
        use = {uuid.UUID(field.name.removeprefix("use_")): field.data for field in self.use_fields()}
        return CostTerms(
            title=self.title.data,
            supplier_name=self.supplier_name.data or "",
            supplied_on=self.supplied_on.data,
            amount=self.amount.data,
            split=self.split.data,
            school_ids=tuple(self.schools.data),
            use={school_id: figure for school_id, figure in use.items() if figure is not None},
        )


def cost_form(lead: School, others: Sequence[School], **data: Any) -> CostForm:
    """The form for a lead school and the schools it may share with, with a field for the use of each."""
    schools = [lead, *others]
    use = {f"use_{school.id.hex}": QuantityField(school.name) for school in schools}
    form: CostForm = type("CostFormOfSchools", (CostForm,), use)(**data)
    form.amount.description = (
        "Before VAT. Your school is registered, so VAT is added to each school’s share."
        if lead.vat_number
        else "What your school paid and cannot reclaim. Your school is not registered for VAT and adds none."
    )
    form.schools.choices = choices(
        (school.id, school.name, f"{school.pupils:,} pupils on roll") for school in schools
    )
    return form


def asked_for(arguments: Mapping[str, str]) -> dict[str, Any]:
    """What the address of a link fills in: the cost of a supplier's invoice, for example.

    `id`, `title`, `supplier`, `on` and `amount` (in pounds); what cannot be read is left out.
    """
    found: dict[str, Any] = {
        field: arguments[name]
        for name, field in (("id", "new_id"), ("title", "title"), ("supplier", "supplier_name"))
        if arguments.get(name)
    }
    with suppress(ValueError):
        found["supplied_on"] = date.fromisoformat(arguments.get("on", ""))
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{2})?", amount := arguments.get("amount", "")):
        found["amount"] = Money.from_pounds(Decimal(amount))
    return found


def seen(parts: Sequence[Share]) -> str:
    """Names shares as they were shown."""
    return " ".join(f"{part.school_id.hex}:{part.amount.pence}" for part in parts)
