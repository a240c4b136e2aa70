"""What people choose when they have drafts issued together."""

from __future__ import annotations

import uuid

from wtforms import HiddenField

from invoicing.invoices.batches.rules import Which
from invoicing.invoices.forms import draft_seen
from marketplace.core.fields import CheckboxesField, ChoiceField, RadiosField, Required, TextField
from marketplace.core.forms import NewThingForm
from marketplace.core.listing import FilterForm


class DraftsFilter(FilterForm):
    """Which drafts are looked for."""

    q = TextField("Search for a school, an order number or words")
    buyer = ChoiceField("To", blank="All schools", coerce=uuid.UUID, choices=[])


class BatchForm(NewThingForm):
    """Drafts to issue together. `seen` is what was found when the form was shown."""

    seen = HiddenField()
    which = RadiosField(
        "Which of these drafts do you want to issue?",
        [Required("Choose which drafts to issue.")],
        coerce=Which,
    )
    ticked = CheckboxesField("Drafts on this page", coerce=draft_seen, validate_choice=False)
