"""Forms on which requirements are written down and marked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Self

from wtforms.validators import Length

from marketplace.core.fields import ChoiceField, LongTextField, RadiosField, Required, choices
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.tenders.forms import LONGEST_REASON
from marketplace.tenders.models import Lot
from marketplace.tenders.specification.models import Requirement
from marketplace.tenders.specification.rules import LONGEST_TEXT, MARK_LABELS, Mark


class RequirementForm(EditForm, NewThingForm):
    """Something that the schools ask for."""

    text = LongTextField(
        "What the schools ask for",
        validators=[Required("Enter what the schools ask for."), Length(max=LONGEST_TEXT)],
        description="One thing at a time, in words that a supplier can say yes or no to",
        render_kw={"rows": 2},
    )
    lot = ChoiceField("Of which lot?", coerce=uuid.UUID, blank="The whole tender")

    def offer(self, lots: Sequence[Lot]) -> Self:
        """Let a lot be chosen."""
        self.lot.choices = choices((lot.id, f"Lot {lot.number}: {lot.title}") for lot in lots)
        return self


class MarksForm(EditForm):
    """What one school says of each requirement."""

    reason = LongTextField(
        "Why is something no longer a must for your school?",
        validators=[Length(max=LONGEST_REASON)],
        description="Only if you take a must back. The coordinator is told.",
        render_kw={"rows": 3},
    )
    rows: Sequence[Requirement] = ()

    @classmethod
    def of(cls, rows: Sequence[Requirement], present: Mapping[uuid.UUID, Mark], version: int) -> Self:
        """The form of one school, filled in with what it says now."""
        fields = {
            _name(row.id): RadiosField(
                row.text, choices=choices(MARK_LABELS.items()), coerce=Mark, render_kw={"inline": True}
            )
            for row in rows
        }
        given = {_name(row_id): mark for row_id, mark in present.items()}
        form: Self = type("MarksFormOfTender", (cls,), {**fields, "rows": rows})(
            data={"version": version, **given}
        )
        return form

    def mark_field(self, row_id: uuid.UUID) -> Any:
        """The field of one requirement."""
        return self[_name(row_id)]

    def marks(self) -> dict[uuid.UUID, Mark]:
        """What was chosen; nothing for a requirement of which the school says nothing."""
        return {row.id: mark for row in self.rows if (mark := self[_name(row.id)].data)}


def _name(row_id: uuid.UUID) -> str:
    return f"requirement_{row_id.hex}"
