"""The form above the list of open opportunities."""

from __future__ import annotations

from typing import Any

from marketplace.contracts import categories
from marketplace.core.fields import ChoiceField, TextField, choices
from marketplace.core.forms import Form


class SearchForm(Form):
    """Narrows the list down; sent by GET."""

    class Meta:
        csrf = False

    search = TextField("Search", description="What is bought, a school or a local authority")
    category = ChoiceField("Category", blank="Any category")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = choices(categories.pairs())
