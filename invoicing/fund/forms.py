"""What people type about the Partnership Fund."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField
from wtforms.validators import Length

from invoicing.fund.contributing import SupportLevel
from invoicing.fund.rules import EVIDENCE_ENDINGS, LARGEST_EVIDENCE, ClaimStatus, Proposal, Purpose, Wish
from marketplace.alliance.decisions.forms import ConfirmationForm
from marketplace.alliance.models import School
from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    DateInputField,
    LongTextField,
    MoneyField,
    RadiosField,
    Required,
    TextField,
    UploadField,
    choices,
)
from marketplace.core.forms import Form, NewThingForm
from marketplace.core.listing import FilterForm
from marketplace.core.money import Money

PENNY = Money(1)
SUPPORT = "support_"
LONGEST_TITLE = 120
LONGEST_REASON = 1_000


class OpenFundForm(NewThingForm):
    """A new fund."""

    name = TextField(
        "Name of the fund",
        [Required("Enter the name of the fund."), Length(max=LONGEST_TITLE)],
        default="Partnership Fund",
    )
    opened_on = DateInputField(
        "When was it opened?",
        [Required("Enter the date the fund was opened.")],
        description="The day from which its bank account is kept apart, for example 1 9 2026",
    )


class ProposeForm(NewThingForm):
    """A round of contributions. `seen` names the shares that the coordinator was shown."""

    title = TextField(
        "Title",
        [Required("Enter a title."), Length(max=LONGEST_TITLE)],
        description="What schools and statements will call it, for example Contributions 2026 to 2027",
    )
    purpose = RadiosField(
        "What is it for?",
        [Required("Choose what it is for.")],
        coerce=Purpose,
        choices=choices((purpose, purpose.label) for purpose in Purpose),
    )
    total = MoneyField(
        "Total from all schools",
        minimum=PENNY,
        description="Each school is asked for a part of it by its pupils, the support planned and its days",
    )
    rate = MoneyField(
        "Or a rate for each pupil",
        minimum=PENNY,
        description="For a pupil with standard support and the whole year. Leave the total blank then.",
    )
    year_start = DateInputField(
        "First day of the financial year", [Required("Enter the first day of the financial year.")]
    )
    year_end = DateInputField(
        "Last day of the financial year", [Required("Enter the last day of the financial year.")]
    )
    schools = CheckboxesField(
        "Which schools take part?", [Required("Choose at least one school.")], coerce=uuid.UUID
    )
    seen = HiddenField()

    def proposal(self) -> Proposal:
        """What was typed, once it is valid."""
        return Proposal(
            self.title.data,
            self.total.data,
            self.year_start.data,
            self.year_end.data,
            self.purpose.data,
            frozenset(self.schools.data),
            self.rate.data,
            self._levels(),
        )

    def support_fields(self) -> list[Any]:
        """The field for the support of each school, in the order of the schools."""
        return [field for field in self if field.name.startswith(SUPPORT)]

    def _levels(self) -> dict[uuid.UUID, SupportLevel]:
        """The support planned for the schools taking part, where it is not the standard."""
        levels = {uuid.UUID(one.name.removeprefix(SUPPORT)): one.data for one in self.support_fields()}
        return {
            school_id: level
            for school_id, level in levels.items()
            if level is not SupportLevel.STANDARD and school_id in self.schools.data
        }


def propose_form(members: Sequence[School], **data: Any) -> ProposeForm:
    """The form of a round, with a field for the support planned for each member school."""
    support = {
        f"{SUPPORT}{school.id.hex}": ChoiceField(
            school.name,
            [Required("Choose the support planned for this school.")],
            coerce=SupportLevel,
            choices=choices((level, level.label) for level in SupportLevel),
            default=SupportLevel.STANDARD,
        )
        for school in members
    }
    form: ProposeForm = type("ProposeFormOfSchools", (ProposeForm,), support)(**data)
    form.schools.choices = choices(
        (school.id, school.name, f"{school.pupils} pupils on roll") for school in members
    )
    return form


class ConfirmForm(ConfirmationForm):
    """A governing body's agreement to a contribution."""

    own_budget = BooleanField(
        "All of it comes from the school’s own budget",
        description="Money raised by a parents’ association stays that school’s and is never contributed",
    )


class ReceiveForm(NewThingForm):
    """A contribution that came in."""

    received_on = DateInputField(
        "When did it reach the fund’s bank account?", [Required("Enter the date it was received.")]
    )


class ClaimForm(NewThingForm):
    """A claim. A person of one school is not asked for which."""

    school = ChoiceField(
        "Which school is claiming?",
        [Required("Choose the school.")],
        coerce=uuid.UUID,
        blank="Choose a school",
    )
    title = TextField(
        "What is it for, in a few words?",
        [Required("Enter what it is for."), Length(max=LONGEST_TITLE)],
        description="For example Middle leaders’ course for six schools",
    )
    purpose = RadiosField(
        "Purpose",
        [Required("Choose the purpose.")],
        coerce=Purpose,
        choices=choices((purpose, purpose.label) for purpose in Purpose),
    )
    amount = MoneyField("Amount", [Required("Enter the amount.")], minimum=PENNY)
    evidence = UploadField(
        "Evidence",
        [Required("Choose the evidence: an invoice, an order or a receipt.")],
        extensions=EVIDENCE_ENDINGS,
        max_bytes=LARGEST_EVIDENCE,
        description=(
            "The invoice, order or receipt, as PDF, PNG, JPG, Excel (.xlsx) or Word (.docx), up to 10 MB. "
            "Browsers forget a chosen file: choose it again if this page comes back."
        ),
    )

    def wish(self, school_id: uuid.UUID) -> Wish:
        """What was typed, once it is valid."""
        return Wish(school_id, self.title.data, self.purpose.data, self.amount.data)


class ApproveForm(NewThingForm):
    """An approval. A person of one school is not asked for which."""

    school = RadiosField(
        "For which school do you approve?", [Required("Choose the school.")], coerce=uuid.UUID
    )


class RefuseForm(Form):
    """A refusal."""

    reason = LongTextField(
        "Why is it refused?",
        [Required("Enter the reason."), Length(max=LONGEST_REASON)],
        description="The school that made the claim and all members of the alliance can read this",
    )


class PayForm(NewThingForm):
    """A claim that was paid."""

    paid_on = DateInputField(
        "When did it leave the fund’s bank account?", [Required("Enter the date it was paid.")]
    )


class ClaimFilterForm(FilterForm):
    """Which claims to show."""

    q = TextField("Search", description="Reference, title or school")
    status = ChoiceField(
        "Status",
        coerce=ClaimStatus,
        choices=choices((status, status.label) for status in ClaimStatus),
        blank="All",
    )


class PeriodForm(FilterForm):
    """The two dates of a statement."""

    start = DateInputField("From", [Required("Enter the first day.")])
    end = DateInputField("To", [Required("Enter the last day.")])
