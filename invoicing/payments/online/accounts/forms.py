"""What people type about an account at Stripe."""

from __future__ import annotations

from marketplace.core.fields import Required, TextField
from marketplace.core.forms import Form, NewThingForm


class AccountForm(NewThingForm):
    """Names the account that is to take a school's online payments."""

    account = TextField(
        "Stripe account ID",
        [Required("Enter the account ID. It begins with acct_.")],
        description="It begins with acct_ and stands in Stripe under Settings, Business, Account details.",
        render_kw={"width": 20, "spellcheck": "false", "autocomplete": "off"},
    )


class DecideForm(Form):
    """Agrees to an account, refuses it, or stops taking payments on it."""
