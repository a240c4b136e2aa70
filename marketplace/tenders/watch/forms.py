"""The form that says why tenders are valued apart."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import LongTextField
from marketplace.core.forms import EditForm

LONGEST_REASON = 1_000


class ApartForm(EditForm):
    """A reason, or none."""

    reason = LongTextField(
        "Why this tender is not valued together with the others",
        validators=[Length(max=LONGEST_REASON)],
        description="Good reasons are about what is bought: another market, another kind of work. Staying "
        "below the threshold is none. Leave blank to value them together.",
        render_kw={"rows": 4},
    )
