"""What every form has: protection, no surprise from hidden fields, and a guard against doing twice."""

from __future__ import annotations

import uuid
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField
from wtforms.widgets import HiddenInput

from marketplace.core.errors import Stale
from marketplace.core.ids import new_id


class Form(FlaskForm):
    """A form that only confirms something."""


class NewThingForm(Form):
    """A form that makes something.

    It carries the new thing's id from the moment it is shown, so that sending it twice makes one.
    """

    new_id = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self.id_to_make = uuid.UUID(self.new_id.data or "")
        except ValueError:
            self.id_to_make = new_id()
            self.new_id.data = str(self.id_to_make)


class EditForm(Form):
    """A form that changes something: it carries the version that its author saw."""

    version = IntegerField(widget=HiddenInput())


def expect_version(row: Any, seen: int | None) -> None:
    """Raise Stale unless the row still has the version its editor saw."""
    if seen is None or row.version != seen:
        raise Stale(version=row.version)
