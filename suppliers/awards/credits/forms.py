"""Forms for service credits."""

from __future__ import annotations

from decimal import Decimal

from wtforms.validators import Length

from marketplace.core.fields import (
    DateInputField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from suppliers.awards.credits.rules import CreditStatus, CreditTerms

LENGTH = Length(max=2_000, message="Use 2,000 characters or fewer.")
SHORT = Length(max=120, message="Use 120 characters or fewer.")
PERCENT = {"suffix": "%", "width": 5}


def _basis_points(percent: Decimal | None) -> int:
    return int((percent or Decimal(0)) * 100)


class RuleForm(NewThingForm):
    """What a supplier owes back, and when."""

    title = TextField("What is the rule called?", [Required("Enter what the rule is called"), SHORT])
    trigger = LongTextField(
        "What must happen?",
        [Required("Enter what must happen, as the contract says it"), LENGTH],
        description="As the contract says it, such as: a meal service starts more than 15 minutes late",
        render_kw={"rows": 3},
    )
    each = MoneyField("Sum each time, before VAT")
    percent = QuantityField("Or a percentage of a month’s charge each time", places=2, render_kw=PERCENT)
    most_percent = QuantityField(
        "The most in a contract year, as a percentage of the year’s value",
        places=2,
        description="Leave blank where the contract sets no limit",
        render_kw=PERCENT,
    )

    def terms(self) -> CreditTerms:
        """What was typed."""
        return CreditTerms(
            self.title.data or "",
            self.trigger.data or "",
            self.each.data,
            _basis_points(self.percent.data),
            _basis_points(self.most_percent.data),
        )


class ClaimForm(NewThingForm):
    """What happened, how often, and what shows it."""

    occurred_on = DateInputField("When did it happen?", [Required("Enter the day, the last one of several")])
    occurrences = QuantityField(
        "How many times?", [Required("Enter how many times")], places=0, render_kw={"width": 4}
    )
    evidence = LongTextField(
        "What shows it?",
        [Required("Enter what shows it"), LENGTH],
        description="Dates, times, who saw it. Keep photos and logs with the contract’s documents.",
        render_kw={"rows": 5},
    )


class AnswerForm(EditForm):
    """Accept a claim, or dispute it."""

    answer = RadiosField(
        "Do you accept this service credit?",
        [Required("Say whether you accept it")],
        choices=choices(
            [
                (CreditStatus.ACCEPTED, "Yes", "The school deducts it from your next invoice"),
                (CreditStatus.DISPUTED, "No, I dispute it"),
            ]
        ),
        coerce=CreditStatus,
    )
    reply = LongTextField("Your reasons, if you dispute it", [LENGTH], render_kw={"rows": 4})


class SettleForm(EditForm):
    """On which document a credit was deducted."""

    reference = TextField(
        "Number of the supplier’s invoice or credit note",
        [Required("Enter the number of the invoice or credit note"), SHORT],
        render_kw={"width": 20},
    )


class WithdrawForm(EditForm):
    """Withdraw a claim as it was read."""
