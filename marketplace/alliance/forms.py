"""Forms for signing in."""

from __future__ import annotations

from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired

from marketplace.core.forms import Form


class SignInForm(Form):
    """E-mail address and password."""

    email = EmailField("E-mail address", validators=[DataRequired("Enter your e-mail address.")])
    password = PasswordField("Password", validators=[DataRequired("Enter your password.")])
