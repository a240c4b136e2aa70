"""What people type about the Partnership Fund."""

from __future__ import annotations

import uuid

from wtforms import BooleanField, HiddenField
from wtforms.validators import Length

from invoicing.fund.rules import EVIDENCE_ENDINGS, LARGEST_EVIDENCE, ClaimStatus, Proposal, Purpose, Wish
from marketplace.alliance.decisions.forms import ConfirmationForm
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
        [Required("Enter the total.")],
        minimum=PENNY,
        description="Each school is asked for a part of it in proportion to its pupils on roll",
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
        )


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
