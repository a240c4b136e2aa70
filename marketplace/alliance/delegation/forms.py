"""The form that sets a ladder."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import IntegerField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from marketplace.alliance.delegation.rules import (
    LARGEST_LIMIT,
    LONGEST_MINUTE,
    MOST_BANDS,
    MOST_QUOTES,
    SHORT_LABELS,
    Approver,
    Band,
    LadderContent,
    field,
)
from marketplace.core.fields import (
    ChoiceField,
    DateInputField,
    MoneyField,
    QuantityField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import NewThingForm


class LadderForm(NewThingForm):
    """The bands, from the lowest, and where they are minuted. A row without an approver is no band."""

    seen = IntegerField(widget=HiddenInput())
    minute_reference = TextField(
        "Reference of the governing body’s minute",
        [Required("Enter where the governing body’s decision is minuted."), Length(max=LONGEST_MINUTE)],
        description="Such as FGB 2026/41",
        render_kw={"width": 20},
    )
    minuted_on = DateInputField(
        "Date of the governing body’s meeting", [Required("Enter when the governing body met.")]
    )

    @classmethod
    def with_bands(cls, bands: Sequence[Band], **data: Any) -> LadderForm:
        """A form filled with these bands; the rows after them are blank."""
        rows: dict[str, Any] = {}
        for number, band in enumerate(bands, start=1):
            rows[field("up_to", number)] = band.up_to
            rows[field("approver", number)] = band.approver
            rows[field("least_quotes", number)] = Decimal(band.least_quotes)
        form: LadderForm = type("LadderFormOfBands", (cls,), _rows())(data={**rows, **data})
        return form

    def rows(self) -> list[tuple[Any, ...]]:
        """The fields of each band: upper limit, approver, least number of quotes."""
        return [
            tuple(self[field(part, number)] for part in ("up_to", "approver", "least_quotes"))
            for number in range(1, MOST_BANDS + 1)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a row that says something but not who approves, and a gap between two bands."""
        sound: bool = super().validate(extra_validators)
        ended = False
        for limit, approver, quotes in self.rows():
            said = any(any(one.raw_data or ()) for one in (limit, quotes))
            if approver.data is None and said and not approver.errors:
                approver.errors = ["Choose who approves in this band, or clear the whole row."]
                sound = False
            elif approver.data is not None and quotes.data is None and not quotes.errors:
                quotes.errors = ["Enter the least number of quotes, or 0."]
                sound = False
            elif approver.data is not None and ended:
                approver.errors = ["There is an empty row before this band. Fill the rows from the top."]
                sound = False
            ended = ended or approver.data is None
        return sound

    def content(self) -> LadderContent:
        """What was entered; call it on a valid form."""
        bands = tuple(
            Band(limit.data, approver.data, int(quotes.data))
            for limit, approver, quotes in self.rows()
            if approver.data is not None
        )
        return LadderContent(bands, self.minute_reference.data or "", self.minuted_on.data)


def _rows() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for number in range(1, MOST_BANDS + 1):
        fields[field("up_to", number)] = MoneyField("Upper limit", maximum=LARGEST_LIMIT)
        fields[field("approver", number)] = ChoiceField(
            "Who approves", choices=choices(SHORT_LABELS.items()), coerce=Approver, blank="No such band"
        )
        fields[field("least_quotes", number)] = QuantityField(
            "Least number of quotes",
            places=0,
            maximum=Decimal(MOST_QUOTES),
            render_kw={"width": 2, "inputmode": "numeric"},
        )
    return fields
