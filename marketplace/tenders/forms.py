"""Forms for answering, approving and ending a tender."""

from __future__ import annotations

from typing import Any

from wtforms.validators import Length

from marketplace.contracts import categories
from marketplace.core.fields import ChoiceField, LongTextField, Required, TextField, choices
from marketplace.core.forms import EditForm, Form
from marketplace.tenders.rules import STATUS_LABELS

LONGEST_REASON = 1_000


class StepForm(EditForm):
    """Confirms one step of a tender, as its reader saw it."""


class ReasonForm(EditForm):
    """A step that needs a reason."""

    reason = LongTextField(
        "Reason",
        validators=[Required("Enter the reason."), Length(max=LONGEST_REASON)],
        render_kw={"rows": 4},
    )


class FilterForm(Form):
    """Narrows the list of tenders down; sent by GET."""

    class Meta:
        csrf = False

    search = TextField("Search", description="Title, reference or description")
    status = ChoiceField("Status", choices=choices(STATUS_LABELS.items()), blank="Any status")
    category = ChoiceField("Category", blank="Any category")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = choices(categories.pairs())
