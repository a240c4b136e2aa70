"""Forms for asking about a price, explaining it, and concluding."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.date_fields import DateInputField
from marketplace.core.fields import LongTextField, RadiosField, Required, choices
from marketplace.core.forms import EditForm, Form
from suppliers.evaluation.low_prices.rules import InquiryStatus

LONGEST = 5_000
USUAL_QUESTION = (
    "The total price of your quote looks abnormally low for this contract. Please show us how you will "
    "perform the contract for it: the staff and hours you planned, what you pay them, materials, transport, "
    "overheads and profit, and anything that lets you offer this price."
)


def _words(label: str, message: str, **options: str) -> LongTextField:
    return LongTextField(
        label,
        [Required(message), Length(max=LONGEST, message=f"Use {LONGEST:,} characters or fewer.")],
        render_kw={"rows": 8},
        **options,
    )


class AskForm(Form):
    """Ask a supplier about its price."""

    question = _words("What the supplier is asked", "Enter what the supplier is asked.")
    answer_by = DateInputField(
        "Last day for the answer",
        [Required("Enter the last day for the answer.")],
        description="Such as 27 3 2027",
    )


class ExplainForm(EditForm):
    """Explain one's price."""

    explanation = _words(
        "How you can do the work for this price",
        "Explain how you can do the work for this price.",
        description="Only the schools of this tender read it.",
    )


class ConcludeForm(EditForm):
    """What the panel concluded."""

    conclusion = RadiosField(
        "What the panel concluded",
        validators=[Required("Choose what the panel concluded.")],
        coerce=InquiryStatus,
        choices=choices(
            [
                (
                    InquiryStatus.ACCEPTED,
                    "The price is accepted",
                    "The supplier has shown that it can do the work for it. The quote stays in.",
                ),
                (
                    InquiryStatus.EXCLUDED,
                    "The quote is excluded",
                    "The supplier has not shown that it can do the work for it. This cannot be undone.",
                ),
            ]
        ),
    )
    reason = _words(
        "Reason", "Enter the reason.", description="If the quote is excluded, the supplier reads this."
    )
