"""Forms for opening passphrases. What is typed into them never comes back on a page."""

from __future__ import annotations

from typing import Any

from wtforms import PasswordField
from wtforms.validators import EqualTo

from marketplace.core.fields import Required
from marketplace.core.forms import Form, NewThingForm
from suppliers.quotes.keys.rules import SHORTEST_PASSPHRASE

WIDE = {"width": "two-thirds", "spellcheck": False}


def passphrase_field(label: str = "Your opening passphrase") -> Any:
    """A field for the passphrase that somebody has."""
    return PasswordField(
        label,
        [Required("Enter your opening passphrase.")],
        description="Not the password you sign in with",
        render_kw={**WIDE, "autocomplete": "off"},
    )


def new_passphrase_field(label: str = "Opening passphrase") -> Any:
    """A field for a passphrase that somebody chooses."""
    return PasswordField(
        label,
        [Required("Enter an opening passphrase.")],
        description=(
            f"At least {SHORTEST_PASSPHRASE} characters. Four or five words that have nothing to do with one "
            "another are good, such as five things you see when you look up now"
        ),
        render_kw={**WIDE, "autocomplete": "new-password"},
    )


def again_field() -> Any:
    """A field for the same passphrase once more."""
    return PasswordField(
        "The same passphrase again",
        [
            Required("Enter the passphrase again."),
            EqualTo("passphrase", "The two passphrases must be the same. Enter both again."),
        ],
        render_kw={**WIDE, "autocomplete": "new-password"},
    )


class PassphraseForm(Form):
    """The passphrase that one has."""

    passphrase = passphrase_field()


class ChoosePassphraseForm(NewThingForm):
    """A passphrase, twice."""

    passphrase = new_passphrase_field()
    again = again_field()


class ChangePassphraseForm(Form):
    """The passphrase that one has, and another, twice."""

    present = passphrase_field("Your opening passphrase now")
    passphrase = new_passphrase_field("New opening passphrase")
    again = again_field()
