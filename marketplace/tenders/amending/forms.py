"""The form that proposes a later deadline."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import LocalDateTimeField, LongTextField, Required
from marketplace.core.forms import EditForm, NewThingForm

LONGEST_REASON = 1_000


class ExtensionForm(NewThingForm, EditForm):
    """A later deadline and why."""

    closes_at = LocalDateTimeField(
        "New deadline for quotes",
        validators=[Required("Enter the new deadline for quotes.")],
        description="Later than the present one. On a working day, from 09:00 to 17:00, in term.",
    )
    reason = LongTextField(
        "Why the deadline moves",
        validators=[Required("Enter why the deadline moves."), Length(max=LONGEST_REASON)],
        description="Suppliers read it.",
        render_kw={"rows": 3},
    )
    doubt_reason = LongTextField(
        "Why then, if it is out of hours or in a holiday",
        validators=[Length(max=LONGEST_REASON)],
        description="Leave blank for a usual deadline. Suppliers read it.",
        render_kw={"rows": 2},
    )
