"""What is said of an issued invoice or credit note outside Weald, and in which columns.

Amounts of credit notes are negative, so that every column of amounts adds up to what is owed.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from invoicing.invoices.rules import CATEGORY_LABELS, InvoiceSource, Taxed, VatCategory, VatSubtotal
from marketplace.core.csv_files import Cell
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

MOST_DOCUMENTS = 5_000
Of = TypeVar("Of")


class Kind(StrEnum):
    """What a document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


KIND_LABELS = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note"}


class Side(StrEnum):
    """Which side of a document the school is on."""

    ISSUED = "issued"
    RECEIVED = "received"


class Shown(StrEnum):
    """Which documents a list shows by how far they are."""

    INVOICES = "invoices"
    UNPAID = "unpaid"
    OVERDUE = "overdue"
    DISPUTED = "disputed"
    PAID = "paid"
    CREDITED = "credited"
    CREDIT_NOTES = "credit_notes"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked to show. `school_id` is whose documents, `party_id` who is on the other side.

    The dates are days of issue, both included.
    """

    side: Side
    school_id: uuid.UUID | None = None
    party_id: uuid.UUID | None = None
    shown: Shown | None = None
    since: date | None = None
    until: date | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A school, or a supplier, as the document names it. A supplier has its company number as `urn`."""

    id: uuid.UUID
    name: str
    urn: str
    vat_number: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document. `vat` is its part of the VAT that was worked out once for all lines alike."""

    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    category: VatCategory
    rate_basis_points: int
    exemption_reason: str
    net: Money
    vat: Money

    @property
    def rate(self) -> Decimal | None:
        """The rate of VAT in per cent; None outside its scope."""
        if self.category is VatCategory.OUTSIDE:
            return None
        return (Decimal(self.rate_basis_points) / 100).normalize()


@dataclass(frozen=True, slots=True)
class Document:
    """An issued invoice or credit note. What is paid, credited and left is known of invoices only.

    Of a supplier there is one file: a PDF with the e-invoice inside, or the e-invoice alone.
    """

    id: uuid.UUID
    kind: Kind
    number: str
    status: str
    issued_on: date
    supplied_on: date
    tax_point: date | None
    due_on: date | None
    issuer: Party
    buyer: Party
    purchase_order: str
    for_invoice: str
    source: InvoiceSource
    net: Money
    vat: Money
    total: Money
    credited: Money | None
    paid: Money | None
    outstanding: Money | None
    disputed: Money | None
    lines: tuple[Line, ...]
    document_sha256: str | None
    xml_sha256: str | None
    of_supplier: bool = False

    @property
    def file_stem(self) -> str:
        """What its files are called, without their ending: numbers of suppliers may be anything."""
        if not self.of_supplier:
            return self.number
        words = f"{self.issuer.name} {KIND_LABELS[self.kind].lower()} {self.number}"
        return re.sub(r"[^\w .&-]", "-", words)

    def other(self, side: Side) -> Party:
        """Who is on the other side."""
        return self.buyer if side is Side.ISSUED else self.issuer


@dataclass(frozen=True, slots=True)
class Column(Generic[Of]):
    """A column of a list: its heading, what stands in it, and how it is read from a row."""

    heading: str
    explanation: str
    value: Callable[[Of], Cell]


DOCUMENT_COLUMNS: Sequence[Column[Document]] = (
    Column("Document", "Invoice, or credit note", lambda one: KIND_LABELS[one.kind]),
    Column("Number", "The number in the issuer’s own series", lambda one: one.number),
    Column("Issued", "The day of issue, on which it stands in the books", lambda one: one.issued_on),
    Column("Tax point", "When VAT became due; blank on a credit note", lambda one: one.tax_point),
    Column("Supplied", "The day of supply", lambda one: one.supplied_on),
    Column("Due", "The last day to pay; blank on a credit note", lambda one: one.due_on),
    Column("From", "The school or supplier that issued it", lambda one: one.issuer.name),
    Column("From VAT number", "Blank where it is not registered for VAT", lambda one: one.issuer.vat_number),
    Column("To", "The school that received it", lambda one: one.buyer.name),
    Column("Order number", "The receiving school’s purchase order", lambda one: one.purchase_order),
    Column("For invoice", "On a credit note: the invoice it takes back", lambda one: one.for_invoice),
    Column("Before VAT", "Pounds; negative on a credit note", lambda one: one.net),
    Column("VAT", "Pounds; negative on a credit note", lambda one: one.vat),
    Column("Total", "Pounds with VAT; negative on a credit note", lambda one: one.total),
    Column("Status", "How far an invoice is; blank on a credit note", lambda one: one.status),
    Column("Credited", "Of an invoice: what credit notes took back so far", lambda one: one.credited),
    Column("Paid", "Of an invoice: what was paid so far", lambda one: one.paid),
    Column("Still to pay", "Of an invoice: total less credited less paid", lambda one: one.outstanding),
    Column("Disputed", "Of an invoice: the part that is not accepted now", lambda one: one.disputed),
)


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line with the document that it stands on."""

    document: Document
    line: Line


LINE_COLUMNS: Sequence[Column[DocumentLine]] = (
    Column("Document", "Invoice, or credit note", lambda one: KIND_LABELS[one.document.kind]),
    Column("Number", "The number of the document", lambda one: one.document.number),
    Column("Issued", "The day of issue", lambda one: one.document.issued_on),
    Column("From", "The school or supplier that issued it", lambda one: one.document.issuer.name),
    Column("To", "The school that received it", lambda one: one.document.buyer.name),
    Column("Line", "The place of the line on the invoice", lambda one: one.line.position),
    Column("Description", "What the line is for", lambda one: one.line.description),
    Column("Quantity", "How many; on a credit note, how many are taken back", lambda one: one.line.quantity),
    Column("Unit", "Of what, such as days", lambda one: one.line.unit),
    Column("Price of one", "Pounds before VAT, to four places", lambda one: one.line.unit_price),
    Column("VAT treatment", "In words", lambda one: CATEGORY_LABELS[one.line.category]),
    Column("VAT code", "S, Z, E or O, as e-invoices name it (UNCL5305)", lambda one: one.line.category.value),
    Column("VAT rate", "Per cent; blank outside the scope of VAT", lambda one: one.line.rate),
    Column("Before VAT", "Pounds; negative on a credit note", lambda one: one.line.net),
    Column(
        "VAT",
        "The line’s part of its document’s VAT, which is worked out once for all lines alike",
        lambda one: one.line.vat,
    ),
    Column("Total", "Pounds with VAT", lambda one: one.line.net + one.line.vat),
    Column("Why exempt", "The reason given on the invoice", lambda one: one.line.exemption_reason),
)
WIDE = frozenset({"From", "To", "Description", "Why exempt"})


def lines_of(documents: Iterable[Document]) -> Iterable[DocumentLine]:
    """The lines of documents, in order."""
    return (DocumentLine(document, line) for document in documents for line in document.lines)


def table(columns: Sequence[Column[Of]], rows: Iterable[Of]) -> list[Sequence[Cell]]:
    """A table: its heads, then a row for each thing."""
    return [
        tuple(column.heading for column in columns),
        *(tuple(column.value(row) for column in columns) for row in rows),
    ]


def vat_of_lines(lines: Sequence[Taxed], breakdown: Iterable[VatSubtotal]) -> list[Money]:
    """The part of each line in the VAT of its category, rate and reason, by largest remainder.

    VAT is worked out once on the total of each (EN 16931 BR-CO-17), so that the parts sum to it exactly.
    """
    parts = [ZERO] * len(lines)
    for part in breakdown:
        places = [place for place, line in enumerate(lines) if _is_of(line, part)]
        weights = [lines[place].net.pence for place in places]
        if part.vat and any(weights):
            for place, share in zip(places, part.vat.split(weights), strict=True):
                parts[place] = share
    return parts


def _is_of(line: Taxed, part: VatSubtotal) -> bool:
    return (line.category, line.rate_basis_points, line.exemption_reason) == (
        part.category,
        part.rate_basis_points,
        part.reason,
    )


def check_dates(since: date | None, until: date | None) -> None:
    """Raise RuleBroken for a range of days that is backwards."""
    if since and until and until < since:
        raise RuleBroken(
            f"The last day must be {since.day} {since:%B %Y} or later: the range is backwards.", "until"
        )


def check_number(count: int) -> None:
    """Raise RuleBroken where there is nothing to take away, or more than one file should hold."""
    if not count:
        raise RuleBroken("There is no invoice or credit note in this list. Ask for other dates.")
    if count > MOST_DOCUMENTS:
        raise RuleBroken(
            f"One file can have at most {MOST_DOCUMENTS:,} invoices and credit notes; these are {count:,}. "
            "Ask for one year or one month at a time."
        )
