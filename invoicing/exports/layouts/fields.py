"""The fields of ours that a column of a layout can show, each with its label and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from invoicing.exports.rules import Document, Line, Party, Side
from invoicing.invoices.rules import VatCategory
from marketplace.core.csv_files import Cell
from marketplace.core.money import Money

LINE, VAT, DOCUMENT = "line", "vat", "document"
ALL = frozenset({LINE, VAT, DOCUMENT})


@dataclass(frozen=True, slots=True)
class Part:
    """What one row tells of: a line, all that is taxed alike, or a whole document.

    `line` is None but for a line; `category` and `rate` are None for a whole document.
    """

    document: Document
    side: Side
    line: Line | None
    description: str
    category: VatCategory | None
    rate: Decimal | None
    net: Money
    vat: Money

    @property
    def party(self) -> Party:
        """Who is on the other side."""
        return self.document.other(self.side)


@dataclass(frozen=True, slots=True)
class Field:
    """A field: what people read in the list of fields, for which rows it is known, and its value."""

    label: str
    value: Callable[[Part], Cell]
    known_of: frozenset[str] = ALL


def _of_line(read: Callable[[Line], Cell]) -> Callable[[Part], Cell]:
    return lambda part: read(part.line) if part.line else None


FIELDS: Mapping[str, Field] = {
    "kind": Field("Type of document, in the package’s word", lambda part: part.document.kind.value),
    "number": Field("Number of the document", lambda part: part.document.number),
    "issued_on": Field("Day of issue", lambda part: part.document.issued_on),
    "due_on": Field(
        "Last day to pay; of a credit note its day of issue",
        lambda part: part.document.due_on or part.document.issued_on,
    ),
    "tax_point": Field(
        "Tax point; of a credit note its day of issue",
        lambda part: part.document.tax_point or part.document.issued_on,
    ),
    "supplied_on": Field("Day of supply", lambda part: part.document.supplied_on),
    "order": Field("Order number", lambda part: part.document.purchase_order),
    "for_invoice": Field("Of a credit note: its invoice", lambda part: part.document.for_invoice),
    "party_name": Field("Other school or supplier", lambda part: part.party.name),
    "party_account": Field(
        "Code of the other in the package, else URN or company number",
        lambda part: part.party.urn,
    ),
    "party_urn": Field("Other school’s URN, or supplier’s company number", lambda part: part.party.urn),
    "party_vat_number": Field(
        "VAT number of the other school or supplier", lambda part: part.party.vat_number
    ),
    "party_address": Field(
        "Address of the other school or supplier, on one line",
        lambda part: ", ".join(part.party.address.split("\n")),
    ),
    "description": Field("What it is for", lambda part: part.description),
    "nominal": Field("Nominal code", lambda part: part.document.source.value),
    "net": Field("Amount before VAT", lambda part: part.net),
    "vat": Field("VAT", lambda part: part.vat),
    "total": Field("Amount with VAT", lambda part: part.net + part.vat),
    "document_total": Field("Total of the whole document", lambda part: part.document.total),
    "vat_code": Field(
        "VAT code of the package",
        lambda part: part.category.value if part.category else None,
        frozenset({LINE, VAT}),
    ),
    "vat_rate": Field("VAT rate in per cent", lambda part: part.rate, frozenset({LINE, VAT})),
    "position": Field("Number of the line", _of_line(lambda line: line.position), frozenset({LINE})),
    "quantity": Field("Quantity", _of_line(lambda line: line.quantity), frozenset({LINE})),
    "unit": Field("Unit", _of_line(lambda line: line.unit), frozenset({LINE})),
    "unit_price": Field("Price of one before VAT", _of_line(lambda line: line.unit_price), frozenset({LINE})),
}


def parts_of(document: Document, side: Side, rows: str) -> Iterable[Part]:
    """What gets a row of its own: each line, each VAT treatment, or the document."""
    if rows == DOCUMENT:
        yield Part(document, side, None, _words(document.lines), None, None, document.net, document.vat)
    elif rows == VAT:
        groups: dict[tuple[VatCategory, Decimal | None], list[Line]] = {}
        for line in document.lines:
            groups.setdefault((line.category, line.rate), []).append(line)
        for (category, rate), lines in groups.items():
            net, vat = Money.total(one.net for one in lines), Money.total(one.vat for one in lines)
            yield Part(document, side, None, _words(lines), category, rate, net, vat)
    else:
        for line in document.lines:
            yield Part(document, side, line, line.description, line.category, line.rate, line.net, line.vat)


def _words(lines: Iterable[Line]) -> str:
    first, *more = lines
    return f"{first.description}, and {len(more)} more" if more else first.description
