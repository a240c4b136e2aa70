"""Forms for one's own e-mail address and password."""

from __future__ import annotations

from wtforms import PasswordField
from wtforms.validators import Email

from marketplace.alliance.forms import SetPasswordForm
from marketplace.alliance.rules import NOT_AN_ADDRESS
from marketplace.core.fields import EmailField, Required
from marketplace.core.forms import NewThingForm


class ChangeAddressForm(NewThingForm):
    """Another address."""

    email = EmailField(
        "New e-mail address",
        [Required("Enter the new e-mail address."), Email(NOT_AN_ADDRESS)],
        render_kw={"autocomplete": "email", "width": 30},
    )


class ChangePasswordForm(SetPasswordForm):
    """The present password, and another one twice."""

    present = PasswordField(
        "Present password",
        [Required("Enter your present password.")],
        render_kw={"autocomplete": "current-password", "width": 20},
    )
