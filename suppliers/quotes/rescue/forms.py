"""Forms for when the usual way fails."""

from __future__ import annotations

from wtforms import PasswordField

from marketplace.core.fields import Required, UploadField
from marketplace.core.forms import Form, NewThingForm
from suppliers.quotes.copies import LARGEST_COPY


class MakeKeyForm(NewThingForm):
    """Makes a printed key, once."""


class RecoveryKeyForm(Form):
    """What is printed on one of the two sheets. It never comes back on a page."""

    recovery_key = PasswordField(
        "Recovery key",
        [Required("Enter the recovery key.")],
        description="Fourteen groups of four letters and digits, with or without the dashes",
        render_kw={"width": "full", "spellcheck": False, "autocomplete": "off"},
    )


class DiscloseForm(Form):
    """The supplier's own copy of a quote that did not open."""

    copy = UploadField(
        "Your copy of the quote",
        [Required("Choose the copy that you saved when you submitted this quote.")],
        extensions=[".json"],
        max_bytes=LARGEST_COPY,
        description="The .json file that Weald gave you when you checked or submitted the quote",
    )
