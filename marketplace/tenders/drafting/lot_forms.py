"""Forms for the lots, price lines and documents of a draft."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wtforms.validators import Length

from marketplace.core.documents import ALLOWED, KINDS
from marketplace.core.fields import (
    LongTextField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    UploadField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.tenders.drafting.forms import LONGEST_TEXT, LONGEST_TITLE
from marketplace.tenders.drafting.rules import LineDraft

LONGEST_ITEM = 200
LONGEST_UNIT = 60
EVERY_YEAR, ONCE = "every_year", "once"
LARGEST_SCHEDULE = 5 * 1024 * 1024


class LotForm(EditForm, NewThingForm):
    """A lot: what it is called and what belongs to it."""

    title = TextField(
        "Name of the lot", validators=[Required("Enter a name for the lot."), Length(max=LONGEST_TITLE)]
    )
    description = LongTextField(
        "What belongs to it", validators=[Length(max=LONGEST_TEXT)], render_kw={"rows": 4}
    )


class LineForm(EditForm, NewThingForm):
    """A price line; `with_schools` gives it a volume field for each school that buys."""

    item = TextField("Item", validators=[Required("Enter what is priced."), Length(max=LONGEST_ITEM)])
    unit = TextField(
        "Unit",
        validators=[Required("Enter the unit, such as meal."), Length(max=LONGEST_UNIT)],
        description="What one price is for, such as meal or hour.",
        render_kw={"width": 20},
    )

    paid = RadiosField(
        "When it is paid",
        validators=[Required("Choose when it is paid.")],
        choices=choices(
            [
                (EVERY_YEAR, "In equal parts every year", "Such as meals, hours, licences"),
                (ONCE, "Once, at the start", "Such as a purchase, an installation, moving data"),
            ]
        ),
        default=EVERY_YEAR,
        description="It counts only where you enter rates for the whole-life cost.",
    )

    schools: Mapping[uuid.UUID, str] = {}

    @classmethod
    def with_schools(cls, schools: Mapping[uuid.UUID, str], **given: Any) -> LineForm:
        """A form with a volume for each of these schools, filled from `volumes` where given."""
        volumes: Mapping[uuid.UUID, Decimal] = given.pop("volumes", {})
        fields = {
            _volume(school_id): QuantityField(name, default=volumes.get(school_id), render_kw={"width": 10})
            for school_id, name in schools.items()
        }
        form: LineForm = type("LineFormOfSchools", (cls,), {**fields, "schools": schools})(**given)
        return form

    def volume_fields(self) -> list[Any]:
        """The volume fields, in the order of the schools."""
        return [self[_volume(school_id)] for school_id in self.schools]

    @property
    def volumes(self) -> Any:
        """The first volume, where what is wrong with all of them together is shown."""
        return self.volume_fields()[0]

    def draft(self) -> LineDraft:
        """What was entered; a blank volume means that the school does not buy this line."""
        volumes = {
            school_id: self[_volume(school_id)].data
            for school_id in self.schools
            if self[_volume(school_id)].data is not None
        }
        return LineDraft(self.item.data or "", self.unit.data or "", volumes, once=self.paid.data == ONCE)


def _volume(school_id: uuid.UUID) -> str:
    return f"volume_{school_id.hex}"


class DocumentForm(EditForm, NewThingForm):
    """A document to add."""

    document = UploadField(
        "Document",
        validators=[Required("Choose a file.")],
        extensions=tuple(KINDS),
        description=f"{ALLOWED}, smaller than 50 MB. Suppliers can download it once the tender is published.",
    )


class ScheduleForm(EditForm):
    """A price schedule to read from a file."""

    schedule = UploadField(
        "Price lines as a CSV file",
        validators=[Required("Choose a CSV file.")],
        extensions=(".csv",),
        max_bytes=LARGEST_SCHEDULE,
    )
