"""Forms for passkeys. What the device says is put into them by the script."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import Length

from marketplace.alliance.sign_ins.passkeys.rules import LONGEST_NAME
from marketplace.core.fields import Required, TextField
from marketplace.core.forms import Form, NewThingForm

NAME_HINT = "How you will know it, such as Office computer or My phone"


class PasskeyForm(Form):
    """An answer of a device."""

    credential = HiddenField()


class AddPasskeyForm(NewThingForm):
    """A passkey that a device made, and its name."""

    name = TextField(
        "Name of the passkey",
        [Required("Enter a name for it."), Length(max=LONGEST_NAME)],
        description=NAME_HINT,
        render_kw={"width": 20, "autocomplete": "off"},
    )
    credential = HiddenField()


class RenamePasskeyForm(Form):
    """Another name."""

    name = TextField(
        "Name of the passkey",
        [Required("Enter a name for it."), Length(max=LONGEST_NAME)],
        description=NAME_HINT,
        render_kw={"width": 20, "autocomplete": "off"},
    )
