"""What a layout is, what it may say, and the file that it makes of documents.

A layout is named columns, each from a field of ours or a fixed text; how dates, amounts and VAT are written;
and which codes stand for what. Shipped ones lie in `shipped/`, a school's own in the database, both as the
same data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from invoicing.exports.layouts.fields import FIELDS, Part, parts_of
from invoicing.exports.rules import Document, Kind, Side
from invoicing.invoices.rules import CATEGORY_LABELS, InvoiceSource, VatCategory
from marketplace.core.csv_files import Cell, csv_file
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

MOST_COLUMNS = 60
LONGEST_NAME = 80
LONGEST_HEADING = 60
LONGEST_TEXT = 100
LONGEST_CODE = 60
MOST_ACCOUNTS = 200


class Rows(StrEnum):
    """What gets a row of its own."""

    LINE = "line"
    VAT = "vat"
    DOCUMENT = "document"


ROWS_LABELS = {
    Rows.LINE: "Each line of a document",
    Rows.VAT: "Each VAT treatment of a document",
    Rows.DOCUMENT: "Each document",
}


class Sign(StrEnum):
    """How the amounts of a credit note are written."""

    NEGATIVE = "negative"
    POSITIVE = "positive"


SIGN_LABELS = {
    Sign.NEGATIVE: "With a minus",
    Sign.POSITIVE: "Without a minus: the type of document says that it is a credit note",
}


class Day(StrEnum):
    """How a date is written."""

    SLASHES = "DD/MM/YYYY"
    DASHES = "DD-MM-YYYY"
    ISO = "YYYY-MM-DD"
    DIGITS = "DDMMYYYY"


PATTERNS = {
    Day.SLASHES: "%d/%m/%Y",
    Day.DASHES: "%d-%m-%Y",
    Day.ISO: "%Y-%m-%d",
    Day.DIGITS: "%d%m%Y",
}


class Delimiter(StrEnum):
    """What stands between two columns."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"


DELIMITERS = {Delimiter.COMMA: ",", Delimiter.SEMICOLON: ";", Delimiter.TAB: "\t"}


class Encoding(StrEnum):
    """How letters are written as bytes."""

    UTF_8 = "utf-8"
    MARKED = "utf-8-sig"
    WINDOWS = "windows-1252"


ENCODING_LABELS = {
    Encoding.UTF_8: "UTF-8, as most packages want it",
    Encoding.MARKED: "UTF-8 with a mark, so that Excel shows £ rightly",
    Encoding.WINDOWS: "Windows-1252, for older programs; letters that it lacks become ?",
}


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """A column: its heading, the field it shows or else a fixed text, and how many characters fit."""

    heading: str
    field: str = ""
    text: str = ""
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How a package wants documents of one side. `accounts` are the package’s codes of schools, by URN."""

    name: str
    side: Side
    rows: Rows
    header: bool
    delimiter: Delimiter
    day: Day
    encoding: Encoding
    sign: Sign
    columns: tuple[LayoutColumn, ...]
    kinds: Mapping[Kind, str]
    vat_codes: Mapping[VatCategory, str]
    nominal: str
    nominals: Mapping[InvoiceSource, str]
    accounts: Mapping[str, str]


def check_layout(layout: Layout) -> None:
    """Raise RuleBroken, on the field, for the first thing that no layout may say."""
    if not layout.name.strip():
        raise RuleBroken("Enter a name for the layout.", "name")
    if len(layout.name) > LONGEST_NAME:
        raise RuleBroken(f"The name must be {LONGEST_NAME} characters or fewer.", "name")
    if not layout.columns:
        raise RuleBroken("Add at least one column: a layout without columns makes an empty file.", "columns")
    if len(layout.columns) > MOST_COLUMNS:
        raise RuleBroken(f"A layout can have at most {MOST_COLUMNS} columns.", "columns")
    seen: set[str] = set()
    for column in layout.columns:
        _check_column(column, layout.rows)
        if column.heading.casefold() in seen:
            raise RuleBroken(
                f"The column “{column.heading}” stands there twice. Rename one or take it away.", "columns"
            )
        seen.add(column.heading.casefold())
    _check_codes(layout)


def _check_column(column: LayoutColumn, rows: Rows) -> None:
    if not column.heading.strip():
        raise RuleBroken("Enter a heading for each column, also where the file has none.", "columns")
    if len(column.heading) > LONGEST_HEADING or len(column.text) > LONGEST_TEXT:
        raise RuleBroken(f"The column “{column.heading[:LONGEST_HEADING]}” is too long.", "columns")
    if column.field and column.text:
        raise RuleBroken(
            f"The column “{column.heading}” has a field and a fixed text. Choose one of them.", "columns"
        )
    if column.field and column.field not in FIELDS:
        raise RuleBroken(
            f"There is no field called “{column.field}”. Choose one from the list for the column "
            f"“{column.heading}”.",
            "columns",
        )
    if column.field and rows.value not in FIELDS[column.field].known_of:
        raise RuleBroken(
            f"“{FIELDS[column.field].label}” is not known of {ROWS_LABELS[rows].lower()}. Choose more rows, "
            f"or another field for the column “{column.heading}”.",
            "columns",
        )
    if column.longest is not None and column.longest < 1:
        raise RuleBroken(f"The column “{column.heading}” must fit at least 1 character.", "columns")


def _check_codes(layout: Layout) -> None:
    used = {column.field for column in layout.columns}
    if "vat_code" in used:
        for category in VatCategory:
            if not layout.vat_codes.get(category, "").strip():
                raise RuleBroken(
                    f"Enter the package’s code for “{CATEGORY_LABELS[category]}”.",
                    f"vat_{category.name.lower()}",
                )
    if "nominal" in used and not layout.nominal.strip():
        raise RuleBroken("Enter the nominal code to use unless you say otherwise.", "nominal")
    if "kind" in used:
        for kind in Kind:
            if not layout.kinds.get(kind, "").strip():
                raise RuleBroken("Enter the package’s word for this.", f"kind_{kind.name.lower()}")
    if len(layout.accounts) > MOST_ACCOUNTS:
        raise RuleBroken(f"A layout can have codes for at most {MOST_ACCOUNTS} schools.", "accounts")


def file_of(layout: Layout, documents: Iterable[Document]) -> bytes:
    """The file that a layout makes of documents."""
    return csv_file(
        [column.heading for column in layout.columns] if layout.header else [],
        rows_of(layout, documents),
        delimiter=DELIMITERS[layout.delimiter],
        day=PATTERNS[layout.day],
        encoding=layout.encoding.value,
    )


def rows_of(layout: Layout, documents: Iterable[Document]) -> Iterable[Sequence[Cell]]:
    """The rows of that file."""
    for document in documents:
        for part in parts_of(document, layout.side, layout.rows.value):
            yield [_cell(layout, column, part) for column in layout.columns]


def _cell(layout: Layout, column: LayoutColumn, part: Part) -> Cell:
    cell: Cell
    match column.field:
        case "":
            cell = column.text
        case "kind":
            cell = layout.kinds[part.document.kind]
        case "vat_code":
            cell = layout.vat_codes[part.category] if part.category else ""
        case "nominal":
            cell = layout.nominals.get(part.document.source) or layout.nominal
        case "party_account":
            cell = layout.accounts.get(part.party.urn) or part.party.urn
        case name:
            cell = FIELDS[name].value(part)
    if isinstance(cell, Money) and layout.sign is Sign.POSITIVE and part.document.kind is Kind.CREDIT_NOTE:
        cell = -cell
    if isinstance(cell, str):
        cell = " ".join(cell.split())[: column.longest]
    return cell


def as_data(layout: Layout) -> dict[str, Any]:
    """A layout as it is kept."""
    return {
        "name": layout.name,
        "side": layout.side.value,
        "rows": layout.rows.value,
        "header": layout.header,
        "delimiter": layout.delimiter.value,
        "day": layout.day.value,
        "encoding": layout.encoding.value,
        "sign": layout.sign.value,
        "columns": [
            {
                name: value
                for name, value in (
                    ("heading", column.heading),
                    ("field", column.field),
                    ("text", column.text),
                    ("longest", column.longest),
                )
                if value not in ("", None)
            }
            for column in layout.columns
        ],
        "kinds": {kind.value: code for kind, code in layout.kinds.items()},
        "vat_codes": {category.value: code for category, code in layout.vat_codes.items()},
        "nominal": layout.nominal,
        "nominals": {source.value: code for source, code in layout.nominals.items() if code},
        "accounts": dict(layout.accounts),
    }


def from_data(data: Mapping[str, Any]) -> Layout:
    """A layout from what was kept. Codes of things that there are no more are left out.

    Raises KeyError or ValueError for data that never was a layout.
    """
    sources = {source.value for source in InvoiceSource}
    return Layout(
        name=data["name"],
        side=Side(data["side"]),
        rows=Rows(data["rows"]),
        header=bool(data["header"]),
        delimiter=Delimiter(data["delimiter"]),
        day=Day(data["day"]),
        encoding=Encoding(data["encoding"]),
        sign=Sign(data["sign"]),
        columns=tuple(LayoutColumn(**column) for column in data["columns"]),
        kinds={Kind(kind): code for kind, code in data["kinds"].items()},
        vat_codes={VatCategory(category): code for category, code in data["vat_codes"].items()},
        nominal=data["nominal"],
        nominals={
            InvoiceSource(source): code for source, code in data["nominals"].items() if source in sources
        },
        accounts=dict(data["accounts"]),
    )
