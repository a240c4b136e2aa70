"""The form on which a school accepts its price."""

from __future__ import annotations

from marketplace.core.fields import LongTextField, Required
from marketplace.core.forms import Form
from suppliers.awards.forms import LENGTH


class WaiveForm(Form):
    """Why a school accepts that it pays more than alone."""

    reason = LongTextField(
        "Why does the school accept that it pays more?",
        [Required("Enter the reason"), LENGTH],
        description="The other schools and the auditor read this.",
        render_kw={"rows": 4},
    )
