"""A table that people fill in, row by row, without JavaScript. Import it from `core.fields`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from wtforms import Field, FieldList, FormField
from wtforms import Form as PlainForm

from marketplace.core.rows import Rows

CELL = "cell_"
FEWEST_SHOWN = 3
ADD, REMOVE = "add", "remove"


class RowsField(FieldList):
    """A table with a field for each cell; gives `Rows`, or None when it says nothing.

    Rows without anything in them are left out. `cells` are unbound fields by the keys of the columns, the
    label of each heading its column; `none_label` offers to say that there are none; `most` is how many rows
    it takes. The page's button named after the field adds a row or takes one away: call `press` with its
    value, and show the form again.
    """

    control = "rows"

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        cells: Mapping[str, Any],
        most: int,
        none_label: str = "",
        **options: Any,
    ) -> None:
        row = type("Row", (PlainForm,), {f"{CELL}{key}": cell for key, cell in cells.items()})
        self.most, self.none_label, self.none, self.text = most, none_label, False, ""
        super().__init__(
            FormField(row), label, validators, min_entries=FEWEST_SHOWN, max_entries=2 * most, **options
        )

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the rows that were sent, else show those that are given."""
        given = data if isinstance(data, Rows) else Rows()
        self.text = given.text
        self.none = f"{self.name}-none" in formdata if formdata else given.none
        shown = [{f"{CELL}{key}": cell for key, cell in row.items()} for row in given.rows]
        super().process(formdata, shown, extra_filters)

    @property
    def filled(self) -> list[Any]:
        """The rows in which anything was typed, right or wrong."""
        return [entry for entry in self.entries if any(_is_filled(cell) for cell in entry.form)]

    @property
    def data(self) -> Rows | None:
        """What was entered."""
        rows = tuple(
            {cell.short_name.removeprefix(CELL): cell.data for cell in entry.form if _is_filled(cell)}
            for entry in self.filled
        )
        said = Rows(rows, self.none, "" if rows or self.none else self.text)
        return None if said.is_blank else said

    @property
    def may_grow(self) -> bool:
        """Is there room for another row?"""
        return len(self.entries) < self.most

    def allow_gaps(self) -> None:
        """Ask for nothing: neither a row nor what a row must have."""
        for field in chain([self], *(entry.form for entry in self.entries)):
            field.validators = [one for one in field.validators if "required" not in one.field_flags]

    def press(self, value: str) -> None:
        """Add a row ("add"), or take one away ("remove:2", counted from nought)."""
        what, _, place = value.partition(":")
        if what == ADD and self.may_grow:
            self.append_entry()
        elif what == REMOVE and place.isdecimal() and int(place) < len(self.entries):
            self.pop_entry(int(place))

    def validate(self, form: Any, extra_validators: Iterable[Any] = ()) -> bool:
        """Check each row that has anything in it, and the table as a whole."""
        filled = self.filled
        self.errors = [entry.errors for entry in filled if not entry.validate(form)]
        if len(filled) > self.most:
            self.errors.append(f"{self.label.text}: enter {self.most} rows or fewer.")
        if filled and self.none:
            self.errors.append(
                f"{self.label.text}: remove the rows, or take away the tick that there are none."
            )
        self._run_validation_chain(form, chain(self.validators, extra_validators))
        return not self.errors


def _is_filled(cell: Field) -> bool:
    return bool(cell.process_errors) or cell.data not in (None, "", False)
