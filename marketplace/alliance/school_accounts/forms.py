"""What is said when a change of a bank account is stopped."""

from __future__ import annotations

from marketplace.core.fields import LongTextField, Required
from marketplace.core.forms import EditForm


class StopForm(EditForm):
    """Why a change is stopped."""

    reason = LongTextField(
        "Why is it stopped?", [Required("Say why the change is stopped.")], render_kw={"rows": 3}
    )
