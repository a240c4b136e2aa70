"""The form that asks for a head somebody was given."""

from __future__ import annotations

from marketplace.core.fields import TextField
from marketplace.core.listing import FilterForm


class HeadForm(FilterForm):
    """An entry by its number and code. It changes nothing, so that its address can be kept and sent on."""

    head = TextField(
        "Number and code of the entry",
        description="As in the e-mail or on the receipt, such as 4211:3f0c… with 64 letters and figures",
        render_kw={"spellcheck": False, "autocomplete": "off"},
    )
