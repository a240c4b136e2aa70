"""What people type about trust partnerships."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.alliance.memberships.rules import LONGEST_TEXT
from marketplace.alliance.partnerships import rules
from marketplace.alliance.partnerships.rules import Terms
from marketplace.core.fields import (
    DateInputField,
    LongTextField,
    MoneyField,
    QuantityField,
    Required,
    TextField,
)
from marketplace.core.forms import Form, NewThingForm
from marketplace.core.money import ZERO


class ProposeForm(NewThingForm):
    """The terms of a partnership."""

    urn = TextField(
        "URN of the school",
        [Required("Enter the six digits of the school’s URN.")],
        description="Six digits. The school need not belong to the alliance.",
        render_kw={"width": 10, "inputmode": "numeric"},
    )
    starts_on = DateInputField("First day", [Required("Enter the first day.")])
    months = QuantityField(
        "For how many months?",
        [Required("Enter for how many months.")],
        places=0,
        description=f"From {rules.SHORTEST_MONTHS} to {rules.LONGEST_MONTHS}",
        render_kw={"suffix": "months", "width": 3},
    )
    service_charge = MoneyField(
        "Service charge for the whole term, before VAT",
        [Required("Enter the service charge, or 0.")],
        maximum=rules.LARGEST_CHARGE,
    )
    credit = MoneyField(
        "Credit towards it",
        maximum=rules.LARGEST_CREDIT,
        description=f"If somebody pays a part of it: at most {rules.LARGEST_CREDIT}",
    )
    credit_source = TextField(
        "Where the credit comes from",
        [Length(max=rules.LONGEST_SOURCE)],
        description="For example a grant of the Department for Education, with its reference",
    )
    objectives = LongTextField(
        "Objectives",
        [Required("Say what the partnership is to achieve."), Length(max=LONGEST_TEXT)],
        description="What will be different at the end, and how both will see it",
    )
    first_review = DateInputField("First review", [Required("Enter when it is first reviewed.")])
    second_review = DateInputField("Second review", description="If there is one")
    third_review = DateInputField("Third review", description="If there is one")

    def terms(self) -> Terms:
        """What was typed, once it is valid."""
        return Terms(
            starts_on=self.starts_on.data,
            months=int(self.months.data),
            service_charge=self.service_charge.data,
            objectives=self.objectives.data,
            reviews=rules.reviews_in_order(
                (self.first_review.data, self.second_review.data, self.third_review.data)
            ),
            credit=self.credit.data or ZERO,
            credit_source=self.credit_source.data,
        )


class ReviewForm(Form):
    """What a review found."""

    held_on = DateInputField("When was it held?", [Required("Enter the day of the review.")])
    notes = LongTextField(
        "What did it find?",
        [Required("Say what the review found, for each objective."), Length(max=LONGEST_TEXT)],
        description="For each objective, how far it is and what changes. Both sides read it.",
    )
