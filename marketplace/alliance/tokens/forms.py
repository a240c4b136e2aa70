"""Forms for personal tokens."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.alliance.tokens.rules import LIFETIMES, LONGEST_NAME
from marketplace.core.api.scopes import SCOPE_LABELS, Scope
from marketplace.core.fields import CheckboxesField, RadiosField, Required, TextField, choices
from marketplace.core.forms import NewThingForm


class MakeTokenForm(NewThingForm):
    """What a new token is for, what it may do, and for how long."""

    name = TextField(
        "What is it for?",
        [Required("Enter what the token is for, such as Finance system."), Length(max=LONGEST_NAME)],
        description="By this you find it again in the list",
    )
    scopes = CheckboxesField(
        "What may it do?",
        [Required("Choose what the token may do.")],
        choices=choices(SCOPE_LABELS.items()),
        coerce=Scope,
        description="Of what you may do yourself, as far as your role goes. Choose no more than it needs.",
    )
    days = RadiosField(
        "For how long does it hold?",
        [Required("Choose for how long the token holds.")],
        choices=choices((str(days), f"{days} days") for days in LIFETIMES),
        coerce=int,
        description="Afterwards you make a new one.",
    )
