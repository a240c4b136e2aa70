"""Forms for reading drafts and sending results."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import LongTextField
from marketplace.core.forms import EditForm, Form

LONGEST_NOTE = 3_000


class ReadForm(Form):
    """A draft was read; with words to add to it."""

    note = LongTextField(
        "Words to add, if you like",
        [Length(max=LONGEST_NOTE, message=f"Use {LONGEST_NOTE:,} characters or fewer.")],
        description="The bidder reads them under the result. Name no other supplier’s price.",
        render_kw={"rows": 4},
    )


class ReadAllForm(Form):
    """All drafts were read."""


class SendForm(EditForm):
    """Send every bidder its result."""
