"""What somebody brings back from a provider."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import Length

from marketplace.core.forms import Form

LONGEST_CODE = 8_000


class FinishForm(Form):
    """The code that the provider gave, and the state of the visit."""

    code = HiddenField(validators=[Length(min=1, max=LONGEST_CODE)])
    state = HiddenField(validators=[Length(min=1, max=200)])
