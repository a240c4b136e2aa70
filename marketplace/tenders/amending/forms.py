"""Forms that change a published tender."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms.validators import Length

from marketplace.core.documents import ALLOWED, KINDS
from marketplace.core.fields import (
    CheckboxesField,
    LocalDateTimeField,
    LongTextField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    UploadField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.core.ids import new_id
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.amending.lines import WantedLine
from marketplace.tenders.drafting.lot_forms import LONGEST_ITEM, LONGEST_UNIT
from marketplace.tenders.models import Tender
from marketplace.tenders.queries import ScheduleLine, ScheduleLot

LONGEST_REASON = 1_000
LONGEST_TEXT = 5_000


class ApproveExtensionForm(Form):
    """A later deadline is approved. A person who can approve for one school is not asked for which."""

    school = RadiosField(
        "For which school do you approve?", [Required("Choose the school.")], coerce=uuid.UUID
    )


class ExtensionForm(NewThingForm, EditForm):
    """A later deadline and why."""

    closes_at = LocalDateTimeField(
        "New deadline for quotes",
        validators=[Required("Enter the new deadline for quotes.")],
        description="Later than the present one. On a working day, from 09:00 to 17:00, in term.",
    )
    reason = LongTextField(
        "Why the deadline moves",
        validators=[Required("Enter why the deadline moves."), Length(max=LONGEST_REASON)],
        description="Suppliers read it.",
        render_kw={"rows": 3},
    )
    doubt_reason = LongTextField(
        "Why then, if it is out of hours or in a holiday",
        validators=[Length(max=LONGEST_REASON)],
        description="Leave blank for a usual deadline. Suppliers read it.",
        render_kw={"rows": 2},
    )


@dataclass(frozen=True, slots=True)
class LineFields:
    """The fields of one price line, or of one to be added to a lot (`line` None)."""

    lot: ScheduleLot
    line: ScheduleLine | None
    key: str
    item: Any
    unit: Any
    volumes: tuple[Any, ...]

    @property
    def has_errors(self) -> bool:
        """Is anything wrong with what was typed here?"""
        return any(field.errors for field in (self.item, self.unit, *self.volumes))


class LinesForm(ExtensionForm):
    """A later deadline, and how the price schedule reads with it; `of_schedule` gives it the lines."""

    lots: Sequence[ScheduleLot] = ()
    schools: Mapping[uuid.UUID, str] = {}

    @classmethod
    def of_schedule(
        cls, version: int, lots: Sequence[ScheduleLot], schools: Mapping[uuid.UUID, str]
    ) -> LinesForm:
        """The form as the schedule reads now, with a blank line for each lot."""
        fields: dict[str, Any] = {}
        for lot in lots:
            for line in (*lot.lines, None):
                key = _key(lot, line)
                fields[f"item_{key}"] = TextField(
                    "Item", [Length(max=LONGEST_ITEM)], default=line.item if line else ""
                )
                fields[f"unit_{key}"] = TextField(
                    "Unit",
                    [Length(max=LONGEST_UNIT)],
                    default=line.unit if line else "",
                    render_kw={"width": 20},
                )
                for school_id, name in schools.items():
                    fields[f"volume_{key}_{school_id.hex}"] = QuantityField(
                        f"Units for {name}",
                        default=line.volume_of(school_id) if line else None,
                        render_kw={"width": 10},
                    )
        made = type("LinesFormOfSchedule", (cls,), {**fields, "lots": lots, "schools": schools})
        form: LinesForm = made(data={"version": version})
        return form

    def shown(self) -> list[LineFields]:
        """The fields of each line, in the order of the schedule, those to be added last in each lot."""
        return [self._fields_of(lot, line) for lot in self.lots for line in (*lot.lines, None)]

    def _fields_of(self, lot: ScheduleLot, line: ScheduleLine | None) -> LineFields:
        key = _key(lot, line)
        volumes = tuple(self[f"volume_{key}_{school_id.hex}"] for school_id in self.schools)
        return LineFields(lot, line, key, self[f"item_{key}"], self[f"unit_{key}"], volumes)

    def wanted(self) -> list[WantedLine]:
        """The schedule as it was entered: a line without any volume is gone, a blank one not added."""
        found = []
        for one in self.shown():
            volumes = {
                school_id: field.data
                for school_id, field in zip(self.schools, one.volumes, strict=True)
                if field.data is not None
            }
            if volumes or (one.line is None and one.item.data):
                line_id = one.line.id if one.line else new_id()
                found.append(
                    WantedLine(line_id, one.lot.id, one.item.data or "", one.unit.data or "", volumes)
                )
        return found


def _key(lot: ScheduleLot, line: ScheduleLine | None) -> str:
    return line.id.hex if line else f"new_{lot.id.hex}"


class AmendmentForm(NewThingForm, EditForm):
    """The words and documents of a published tender; `of_tender` gives it a field for each question."""

    description = LongTextField(
        "What the schools want to buy",
        validators=[Required("Describe what the schools want to buy."), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 8},
    )
    removed = CheckboxesField("Documents to take away", coerce=uuid.UUID)
    document = UploadField(
        "Document to add",
        extensions=sorted(KINDS),
        description=f"{ALLOWED}.",
    )
    reason = LongTextField(
        "Why it changes",
        validators=[Required("Enter why the tender changes."), Length(max=LONGEST_REASON)],
        description="Suppliers read it.",
        render_kw={"rows": 3},
    )
    asked: Mapping[str, uuid.UUID] = {}

    @classmethod
    def of_tender(cls, tender: Tender) -> AmendmentForm:
        """The form as the tender reads now."""
        questions = [one for one in tender.criteria if one.question]
        fields: dict[str, Any] = {
            f"question_{one.id.hex}": LongTextField(
                f"Question: {one.title}",
                validators=[Required(f"Enter the question of {one.title}."), Length(max=LONGEST_TEXT)],
                render_kw={"rows": 4},
            )
            for one in questions
        }
        asked = {f"question_{one.id.hex}": one.id for one in questions}
        given = {f"question_{one.id.hex}": one.question for one in questions}
        form: AmendmentForm = type("AmendmentFormOfTender", (cls,), {**fields, "asked": asked})(
            data={"version": tender.version, "description": tender.description, **given}
        )
        form.removed.choices = choices((one.id, one.name) for one in tender.documents)
        return form

    def questions(self) -> list[Any]:
        """The fields of the questions, in order."""
        return [self[name] for name in self.asked]

    def wanted(self) -> Wanted:
        """What was entered."""
        chosen = self.document.data
        return Wanted(
            description=self.description.data,
            questions={criterion_id: self[name].data for name, criterion_id in self.asked.items()},
            removed=self.removed.data or (),
            added_name=chosen.filename or "" if chosen else "",
            added=chosen.stream if chosen else None,
        )
