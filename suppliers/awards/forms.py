"""Forms for recommending, approving, sending back and confirming an award."""

from __future__ import annotations

import uuid

from wtforms.validators import Length

from marketplace.core.fields import LongTextField, RadiosField, Required, TextField, choices
from marketplace.core.forms import EditForm
from marketplace.core.listing import FilterForm

LONGEST_REASON = 5_000
LENGTH = Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON:,} characters or fewer.")


class FindForm(FilterForm):
    """Find awards by words."""

    q = TextField("Title or reference", render_kw={"width": 20})


class RecommendForm(EditForm):
    """Which quote, and why. The quotes to choose from are set by the view."""

    quote_id = RadiosField("Quote", [Required("Choose a quote")], coerce=uuid.UUID, choices=[])
    reasons = LongTextField(
        "Reasons",
        [Required("Enter the reasons"), LENGTH],
        description="Schools decide on these. Say what the marks show, and what you checked.",
        render_kw={"rows": 5},
    )
    departure = LongTextField(
        "If this quote is not alone in first place, why is it recommended?",
        [LENGTH],
        description="Leave blank for the quote in first place. After a draw, say who drew and who watched.",
        render_kw={"rows": 3},
    )


class ApproveForm(EditForm):
    """Approve the award as it was read. A person who can approve for one school is not asked for which."""

    school = RadiosField(
        "For which school do you approve?", [Required("Choose the school.")], coerce=uuid.UUID
    )


class ConfirmForm(EditForm):
    """Confirm the award as it was read, with what is declared about related parties."""

    related = RadiosField(
        "Is a winner a related party of a school that buys?",
        [Required("Say whether a winner is a related party")],
        choices=choices(
            [
                ("no", "No", "We have asked every school that buys"),
                ("yes", "Yes, and each is recorded with the reference of its report"),
            ]
        ),
    )


class RejectForm(EditForm):
    """Send a recommendation back."""

    reason = LongTextField(
        "Reason",
        [Required("Enter the reason"), LENGTH],
        description="The coordinator reads this. Say what should be looked at again.",
        render_kw={"rows": 4},
    )
