"""Forms about the openers of a published tender."""

from __future__ import annotations

import uuid

from wtforms.validators import Length

from marketplace.core.fields import LongTextField, RadiosField, Required
from marketplace.core.forms import Form, NewThingForm
from marketplace.tenders.forms import LONGEST_REASON


class TakeOffForm(NewThingForm):
    """Why an opener is taken off."""

    reason = LongTextField(
        "Why this opener is taken off",
        validators=[Required("Enter why this opener is taken off."), Length(max=LONGEST_REASON)],
        description="Such as: leaves the school, or knows a supplier. Everybody concerned reads it.",
        render_kw={"rows": 3},
    )


class AgreeForm(Form):
    """An opener is taken off. A person who can agree for one school is not asked for which."""

    school = RadiosField("For which school do you agree?", [Required("Choose the school.")], coerce=uuid.UUID)


class KeepForm(Form):
    """Why an opener stays."""

    reason = LongTextField(
        "Why the opener stays",
        validators=[Required("Enter why the opener stays."), Length(max=LONGEST_REASON)],
        description="Whoever proposed to take the opener off reads this.",
        render_kw={"rows": 3},
    )
