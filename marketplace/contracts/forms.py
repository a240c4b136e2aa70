"""Forms for the register of contracts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from marketplace.contracts import categories
from marketplace.contracts.rules import (
    ENDING_LABELS,
    LONGEST_NOTICE_DAYS,
    LONGEST_NOTICE_MONTHS,
    LONGEST_REFERENCE,
    LONGEST_RENEWAL_MONTHS,
    LONGEST_TITLE,
    ContractContent,
    Ending,
    read_months,
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

COUNTED = ("notice_months", "notice_days", "renewal_months")


def category_choices() -> list[SelectChoice]:
    """The categories as options, asked anew for each form: an administrator may have added one since."""
    return choices(categories.pairs())


class ContractsFilter(FilterForm):
    """What to show of the register."""

    q = TextField("Contract, supplier or reference")
    category = ChoiceField("Category", choices=category_choices, blank="All categories")
    ending = ChoiceField(
        "Ends or needs notice", choices=choices(ENDING_LABELS.items()), coerce=Ending, blank="At any time"
    )
    school = ChoiceField("School", coerce=uuid.UUID, blank="All schools")


class MonthsField(TextField):
    """Some numbers of months with commas between them; gives a tuple."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed. Raises ValueError with a sentence that says what to enter."""
        super().process_formdata(valuelist)
        if valuelist:
            self.data = read_months(self.data)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(map(str, self.data or ()))


class ContractForm(Form):
    """What a school says about a contract."""

    category = ChoiceField(
        "Category",
        [Required("Choose a category.")],
        choices=category_choices,
        blank="Choose a category",
    )
    title = TextField(
        "What it is for",
        [Required("Enter what the contract is for."), Length(max=LONGEST_TITLE)],
        description="Such as Cleaning of the main building",
    )
    reference = TextField(
        "Your reference",
        [Length(max=LONGEST_REFERENCE)],
        description="The school’s own number for it, if it has one.",
        render_kw={"width": 10},
    )
    supplier_name = TextField("Supplier", [Required("Enter the supplier’s name."), Length(max=LONGEST_TITLE)])
    annual_value = MoneyField(
        "Value a year, before VAT",
        [Required("Enter what the contract costs a year.")],
        description="The yearly average if it varies.",
    )
    starts_on = DateInputField("First day", [Required("Enter the contract’s first day.")])
    ends_on = DateInputField("Last day", [Required("Enter the contract’s last day.")])
    notice_months = QuantityField(
        "Notice in months",
        places=0,
        maximum=LONGEST_NOTICE_MONTHS,
        description="How long before the last day notice must be given. Enter 0 if none is needed.",
        render_kw={"suffix": "months", "width": 4},
    )
    notice_days = QuantityField(
        "Notice in days",
        places=0,
        maximum=LONGEST_NOTICE_DAYS,
        description="Leave it empty if the notice is in months.",
        render_kw={"suffix": "days", "width": 4},
    )
    renewal_months = QuantityField(
        "Renews by itself for",
        places=0,
        maximum=LONGEST_RENEWAL_MONTHS,
        description="How many months it goes on when nobody gives notice. Leave it empty if it just ends.",
        render_kw={"suffix": "months", "width": 4},
    )
    extension_months = MonthsField(
        "Options to extend it",
        description="Those not used yet, each in months, with commas between them, such as 12, 12. "
        "Leave it empty if there are none.",
    )

    def validate_notice_months(self, field: Any) -> None:
        """The notice is said in months or in days. Raises ValidationError for neither."""
        if field.process_errors or self.notice_days.process_errors:
            return
        if field.data is None and self.notice_days.data is None:
            raise ValidationError("Enter the notice in months or in days, or 0 if none is needed.")

    def content(self) -> ContractContent:
        """What was entered; call it on a valid form."""
        values: dict[str, Any] = {name: self[name].data for name in ContractContent.__dataclass_fields__}
        counted = {name: int(values[name] or 0) for name in COUNTED}
        return ContractContent(**values | counted)


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
