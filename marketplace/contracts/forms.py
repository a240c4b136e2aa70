"""Forms for the register of contracts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField
from wtforms.validators import Length

from marketplace.contracts import categories
from marketplace.contracts.rules import (
    ENDING_LABELS,
    LONGEST_NOTICE_DAYS,
    LONGEST_TITLE,
    ContractContent,
    Ending,
)
from marketplace.core.fields import (
    ChoiceField,
    DateInputField,
    MoneyField,
    QuantityField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.core.listing import FilterForm


class ContractsFilter(FilterForm):
    """What to show of the register."""

    q = TextField("Contract, supplier or reference")
    category = ChoiceField("Category", choices=choices(categories.pairs()), blank="All categories")
    ending = ChoiceField("Ends", choices=choices(ENDING_LABELS.items()), coerce=Ending, blank="At any time")
    school = ChoiceField("School", coerce=uuid.UUID, blank="All schools")


class ContractForm(Form):
    """What a school says about a contract."""

    category = ChoiceField(
        "Category",
        [Required("Choose a category.")],
        choices=choices(categories.pairs()),
        blank="Choose a category",
    )
    title = TextField(
        "What it is for",
        [Required("Enter what the contract is for."), Length(max=LONGEST_TITLE)],
        description="Such as Cleaning of the main building",
    )
    supplier_name = TextField("Supplier", [Required("Enter the supplier’s name."), Length(max=LONGEST_TITLE)])
    annual_value = MoneyField(
        "Value a year, before VAT",
        [Required("Enter what the contract costs a year.")],
        description="The yearly average if it varies.",
    )
    starts_on = DateInputField("First day", [Required("Enter the contract’s first day.")])
    ends_on = DateInputField("Last day", [Required("Enter the contract’s last day.")])
    notice_days = QuantityField(
        "Notice to give",
        [Required("Enter how many days’ notice must be given, or 0.")],
        places=0,
        maximum=LONGEST_NOTICE_DAYS,
        description="How many days before the last day. Enter 0 if none is needed.",
        render_kw={"suffix": "days", "width": 4},
    )
    renews_automatically = BooleanField("It renews by itself unless notice is given")

    def content(self) -> ContractContent:
        """What was entered; call it on a valid form."""
        values: dict[str, Any] = {name: self[name].data for name in ContractContent.__dataclass_fields__}
        return ContractContent(**values | {"notice_days": int(self.notice_days.data)})


class AddContractForm(NewThingForm, ContractForm):
    """A new entry in a school's register."""

    school = ChoiceField("School", [Required("Choose a school.")], coerce=uuid.UUID, blank="Choose a school")
    only_school: uuid.UUID | None = None

    def offer_schools(self, names: Mapping[uuid.UUID, str]) -> None:
        """Ask for which of several schools it is; of one, there is nothing to ask."""
        if len(names) == 1:
            self.only_school = next(iter(names))
            del self.school
        else:
            self.school.choices = choices(sorted(names.items(), key=lambda pair: pair[1]))

    @property
    def school_id(self) -> uuid.UUID:
        """Whose register it is; call it on a valid form."""
        chosen: uuid.UUID = self.only_school or self.school.data
        return chosen


class EditContractForm(EditForm, ContractForm):
    """Changes to an entry."""
