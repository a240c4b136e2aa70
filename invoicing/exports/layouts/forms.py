"""What people type about layouts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import BooleanField
from wtforms.validators import Length

from invoicing.exports.layouts.fields import FIELDS
from invoicing.exports.layouts.rules import (
    ENCODING_LABELS,
    LONGEST_CODE,
    LONGEST_HEADING,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_ACCOUNTS,
    MOST_COLUMNS,
    ROWS_LABELS,
    SIGN_LABELS,
    Day,
    Delimiter,
    Encoding,
    Layout,
    LayoutColumn,
    Rows,
    Sign,
)
from invoicing.exports.rules import KIND_LABELS, Kind, Side, check_dates
from invoicing.invoices.rules import CATEGORY_LABELS, InvoiceSource, VatCategory
from marketplace.core import rows
from marketplace.core.errors import RuleBroken
from marketplace.core.fields import (
    ChoiceField,
    DateInputField,
    QuantityField,
    RadiosField,
    Required,
    RowsField,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.listing import FilterForm

SOURCE_WORDS = {
    InvoiceSource.MANUAL: "what was drafted by hand",
    InvoiceSource.SHARED_COST: "shares of a cost",
    InvoiceSource.RECOVERY_FEE: "recovery of the cost of a tender",
    InvoiceSource.AGREEMENT: "what agreements charge",
    InvoiceSource.LATE_INTEREST: "interest on late payment",
}
"""What an invoice may be for; any other source is called what it is called."""
DELIMITER_LABELS = {
    Delimiter.COMMA: "Comma",
    Delimiter.SEMICOLON: "Semicolon",
    Delimiter.TAB: "Tab",
}


class PeriodFilter(FilterForm):
    """Which documents a layout’s file has."""

    since = DateInputField("Issued from")
    until = DateInputField("Issued to")

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a range of days that is backwards."""
        right = bool(super().validate(extra_validators))
        try:
            check_dates(self.since.data, self.until.data)
        except RuleBroken as refusal:
            self.until.errors = [*self.until.errors, refusal.message]
            right = False
        return right


class CopyForm(NewThingForm):
    """For which school a layout is copied."""

    school = ChoiceField(
        "For which school?", [Required("Choose the school.")], coerce=uuid.UUID, blank="Choose a school"
    )


class LayoutForm(EditForm):
    """A layout that is changed; `layout_form` adds the columns, codes and schools."""

    name = TextField("Name", [Required("Enter a name for the layout."), Length(max=LONGEST_NAME)])
    row_for = RadiosField(
        "What gets a row of its own?",
        [Required("Choose what gets a row.")],
        coerce=Rows,
        choices=choices(ROWS_LABELS.items()),
    )
    header = BooleanField("The first row holds the headings")
    delimiter = ChoiceField("Between columns", coerce=Delimiter, choices=choices(DELIMITER_LABELS.items()))
    day = ChoiceField("Dates", coerce=Day, choices=choices((day, day.value) for day in Day))
    encoding = ChoiceField("Letters", coerce=Encoding, choices=choices(ENCODING_LABELS.items()))
    sign = RadiosField(
        "Amounts of credit notes",
        [Required("Choose how amounts of credit notes are written.")],
        coerce=Sign,
        choices=choices(SIGN_LABELS.items()),
    )
    columns: Any
    accounts: Any

    def layout(self, side: Side) -> Layout:
        """What was typed, once it is valid."""
        return Layout(
            name=self.name.data,
            side=side,
            rows=self.row_for.data,
            header=bool(self.header.data),
            delimiter=self.delimiter.data,
            day=self.day.data,
            encoding=self.encoding.data,
            sign=self.sign.data,
            columns=tuple(_columns(self.columns.data)),
            kinds={kind: self[f"kind_{kind.name.lower()}"].data or "" for kind in Kind},
            vat_codes={one: self[f"vat_{one.name.lower()}"].data or "" for one in VatCategory},
            nominal=self.nominal.data or "",
            nominals={
                source: self[f"nominal_{source.value}"].data or ""
                for source in InvoiceSource
                if self[f"nominal_{source.value}"].data
            },
            accounts={
                row["school"]: row["code"]
                for row in (self.accounts.data or rows.Rows()).rows
                if row.get("school") and row.get("code")
            },
        )

    def press(self, button: str) -> None:
        """Add a row to a table ("columns:add"), or take one away ("columns:remove:2")."""
        name, _, what = button.partition(":")
        if name in {"columns", "accounts"}:
            self[name].press(what)


def layout_form(schools: Sequence[tuple[str, str]], **options: Any) -> LayoutForm:
    """The form of a layout, with the schools (URN and name) that may have a code in the package."""
    code = [Length(max=LONGEST_CODE)]
    fields: dict[str, Any] = {
        "columns": RowsField(
            "Columns",
            [Required("Add at least one column.")],
            most=MOST_COLUMNS,
            cells={
                "order": QuantityField("Place", places=0, minimum=Decimal(1), render_kw={"width": 3}),
                "heading": TextField("Heading", [Length(max=LONGEST_HEADING)]),
                "field": ChoiceField(
                    "Shows",
                    blank="A fixed text, or nothing",
                    choices=choices((name, field.label) for name, field in FIELDS.items()),
                ),
                "text": TextField("Fixed text", [Length(max=LONGEST_TEXT)]),
                "longest": QuantityField(
                    "Most characters", places=0, minimum=Decimal(1), render_kw={"width": 3}
                ),
            },
        ),
        "nominal": TextField(
            "Nominal code", code, description="For everything that has none of its own below"
        ),
        "accounts": RowsField(
            "Codes of schools in the package",
            most=MOST_ACCOUNTS,
            cells={
                "school": ChoiceField("School", blank="Choose a school", choices=choices(schools)),
                "code": TextField("Code", code),
            },
        ),
    }
    for kind in Kind:
        fields[f"kind_{kind.name.lower()}"] = TextField(f"Word for “{KIND_LABELS[kind]}”", code)
    for category in VatCategory:
        fields[f"vat_{category.name.lower()}"] = TextField(
            f"VAT code for “{CATEGORY_LABELS[category]}”", code
        )
    for source in InvoiceSource:
        fields[f"nominal_{source.value}"] = TextField(f"Nominal code for {_words(source)}", code)
    form: LayoutForm = type("LayoutOfSchoolForm", (LayoutForm,), fields)(**options)
    return form


def filled(layout: Layout, version: int) -> dict[str, Any]:
    """A layout as the data of its form."""
    columns = tuple(
        {
            "order": Decimal(place),
            "heading": column.heading,
            "field": column.field or None,
            "text": column.text,
            "longest": None if column.longest is None else Decimal(column.longest),
        }
        for place, column in enumerate(layout.columns, start=1)
    )
    accounts = tuple({"school": urn, "code": code} for urn, code in layout.accounts.items())
    return {
        "version": version,
        "name": layout.name,
        "row_for": layout.rows,
        "header": layout.header,
        "delimiter": layout.delimiter,
        "day": layout.day,
        "encoding": layout.encoding,
        "sign": layout.sign,
        "columns": rows.Rows(columns),
        "accounts": rows.Rows(accounts),
        "nominal": layout.nominal,
        **{f"kind_{kind.name.lower()}": layout.kinds.get(kind, "") for kind in Kind},
        **{f"vat_{one.name.lower()}": layout.vat_codes.get(one, "") for one in VatCategory},
        **{f"nominal_{source.value}": layout.nominals.get(source, "") for source in InvoiceSource},
    }


def _words(source: InvoiceSource) -> str:
    return SOURCE_WORDS.get(source, source.value.replace("_", " "))


def _columns(typed: rows.Rows | None) -> Sequence[LayoutColumn]:
    """The columns as they were numbered; those without a number stay after the one before them."""
    placed: list[tuple[Decimal, Mapping[str, Any]]] = []
    place = Decimal(0)
    for row in (typed or rows.Rows()).rows:
        place = row.get("order") or place
        placed.append((place, row))
    return [
        LayoutColumn(
            heading=row.get("heading", ""),
            field=row.get("field") or "",
            text=row.get("text", ""),
            longest=int(row["longest"]) if row.get("longest") else None,
        )
        for _, row in sorted(placed, key=lambda one: one[0])
    ]
