"""What a headteacher chooses about the school's seat on the board."""

from __future__ import annotations

import uuid

from wtforms import HiddenField

from marketplace.core.fields import RadiosField, Required
from marketplace.core.forms import NewThingForm


class NameForm(NewThingForm):
    """Who shall hold the seat. `seen` says who held it when the form was shown."""

    seen = HiddenField()
    person = RadiosField(
        "Who shall hold the seat?",
        [Required("Choose who shall hold the seat.")],
        coerce=uuid.UUID,
    )
