"""Forms for codes."""

from __future__ import annotations

from wtforms import HiddenField

from marketplace.core.fields import Required, TextField
from marketplace.core.forms import Form

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "width": 10, "spellcheck": False}


class AuthenticatorForm(Form):
    """A code of the app that was just given the secret, which the form carries signed."""

    sealed = HiddenField()
    code = TextField(
        "Code that the app shows now",
        [Required("Enter the six digits that the app shows.")],
        description="Six digits, new every half minute",
        render_kw=CODE,
    )


class SecondFactorForm(Form):
    """A code of the app, or of the sheet."""

    code = TextField(
        "Code",
        [Required("Enter a code.")],
        description="Six digits from your authenticator app, or a recovery code from your sheet",
        render_kw={"autocomplete": "one-time-code", "width": 30, "spellcheck": False},
    )
