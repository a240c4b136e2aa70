"""Write docs/exports/: a sample of every layout that comes with Weald, and the page that explains columns.

The documents are invented and always the same. A test compares what is here with what would be written now.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from invoicing.exports.layouts.fields import FIELDS
from invoicing.exports.layouts.rules import Layout, file_of
from invoicing.exports.layouts.shipped import Shipped
from invoicing.exports.layouts.shipped import shipped as all_shipped
from invoicing.exports.rules import DOCUMENT_COLUMNS, LINE_COLUMNS, Document, Kind, Line, Party, Side
from invoicing.exports.vat126.rules import SCHEDULE_COLUMNS
from invoicing.invoices.rules import InvoiceSource, VatCategory
from marketplace.core.money import ZERO, Money, line_amount, vat_on

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "exports"
ALDER = Party(uuid.UUID(int=1), "Alder Primary School", "100001", "GB980780684", "1 Mill Lane\nBramley")
BEECH = Party(uuid.UUID(int=2), "Beech Academy", "100002", "", "2 Mill Lane\nBramley")
OAKS = Party(uuid.UUID(int=4), "Oaks School", "100004", "GB220430231", "4 Mill Lane\nBramley")
CEDAR = Party(uuid.UUID(int=3), "Cedar Infant School", "100003", "", "3 Mill Lane\nBramley")
STANDARD_RATE = 2_000  # basis points
ABOUT = """# Files for finance packages

Written by `python -m tests.architecture.export_samples`; a test compares this page and the samples with the
code. The schools are invented. What the pages do is in the
[user guide](../user-guide.md#finance-leads-for-your-finance-package).
"""


@dataclass(frozen=True)
class Sold:
    """What a line is for: how many, of what, at which price in pounds, and how VAT treats it."""

    description: str
    quantity: str
    unit: str
    price: str
    category: VatCategory


MANAGER = Sold("Shared network manager, autumn term", "12.5", "days", "180.00", VatCategory.STANDARD)
BOOKS = Sold("Printed reading books", "40", "", "4.20", VatCategory.ZERO)
MUSIC = Sold("Teacher for music", "6", "hours", "38.35", VatCategory.EXEMPT)
MINIBUS = Sold("Half of the minibus’s service", "1", "", "412.75", VatCategory.OUTSIDE)


def documents(side: Side) -> list[Document]:
    """An invoice with three treatments of VAT, the credit note for a part of it, and one without VAT."""
    sold = side is Side.ISSUED
    issuer, buyer = (ALDER, BEECH) if sold else (OAKS, ALDER)
    first = _invoice(issuer, buyer, "2026-0041", date(2026, 10, 30), (MANAGER, BOOKS, MUSIC))
    credited = _invoice(issuer, buyer, "2026-C003", date(2026, 11, 6), (replace(MANAGER, quantity="2"),))
    other = _invoice(
        CEDAR if sold else BEECH, BEECH if sold else ALDER, "2026-0007", date(2026, 11, 17), (MINIBUS,)
    )
    return [first, _taken_back(credited, first), replace(other, source=InvoiceSource.SHARED_COST)]


def _invoice(issuer: Party, buyer: Party, number: str, on: date, sold: Sequence[Sold]) -> Document:
    lines = tuple(_line(position, one) for position, one in enumerate(sold, start=1))
    net, vat = Money.total(line.net for line in lines), Money.total(line.vat for line in lines)
    number = f"{issuer.urn}-{number}"
    return Document(
        id=uuid.uuid5(uuid.NAMESPACE_OID, number),
        kind=Kind.INVOICE,
        number=number,
        status="Issued",
        issued_on=on,
        supplied_on=on,
        tax_point=on,
        due_on=on + timedelta(days=30),
        issuer=issuer,
        buyer=buyer,
        purchase_order="PO-1187",
        for_invoice="",
        source=InvoiceSource.AGREEMENT,
        net=net,
        vat=vat,
        total=net + vat,
        credited=ZERO,
        paid=ZERO,
        outstanding=net + vat,
        disputed=ZERO,
        lines=lines,
        document_sha256="0" * 64,
        xml_sha256=None,
    )


def _taken_back(document: Document, first: Document) -> Document:
    """A credit note for the first document, with what another invoice would charge."""
    return replace(
        document,
        kind=Kind.CREDIT_NOTE,
        status="",
        tax_point=None,
        due_on=None,
        for_invoice=first.number,
        net=-document.net,
        vat=-document.vat,
        total=-document.total,
        credited=None,
        paid=None,
        outstanding=None,
        disputed=None,
        lines=tuple(replace(line, net=-line.net, vat=-line.vat) for line in document.lines),
    )


def _line(position: int, sold: Sold) -> Line:
    net = line_amount(Decimal(sold.price), Decimal(sold.quantity))
    rate = STANDARD_RATE if sold.category is VatCategory.STANDARD else 0
    return Line(
        position=position,
        description=sold.description,
        quantity=Decimal(sold.quantity),
        unit=sold.unit,
        unit_price=Decimal(sold.price),
        category=sold.category,
        rate_basis_points=rate,
        exemption_reason="Education" if sold.category is VatCategory.EXEMPT else "",
        net=net,
        vat=vat_on(net, rate),
    )


def sample(layout: Layout) -> bytes:
    """The file that a layout makes of the invented documents."""
    return file_of(layout, documents(layout.side))


def page() -> str:
    """The page that explains the columns of our own files, and each layout."""
    parts = [ABOUT]
    for title, columns in (
        ("## Invoices and credit notes", DOCUMENT_COLUMNS),
        ("## Lines", LINE_COLUMNS),
        ("## VAT to claim back (VAT126)", SCHEDULE_COLUMNS),
    ):
        rows = "\n".join(f"| {column.heading} | {column.explanation} |" for column in columns)
        parts.append(f"{title}\n\n| column | says |\n|---|---|\n{rows}\n")
    fields = "\n".join(
        f"| `{name}` | {field.label} | {', '.join(sorted(field.known_of))} |"
        for name, field in FIELDS.items()
    )
    parts.append(f"## Fields of layouts\n\n| field | says | for a row of each |\n|---|---|---|\n{fields}\n")
    parts.append("## Layouts that come with Weald\n")
    parts += [_explained(one) for one in all_shipped().values()]
    return "\n".join(parts)


def _explained(shipped: Shipped) -> str:
    layout = shipped.layout
    sure = "Columns published" if shipped.verified else "**Not verified: check against your version**"
    columns = "\n".join(
        f"| {place} | {one.heading} | {f'`{one.field}`' if one.field else one.text} | {one.longest or ''} |"
        for place, one in enumerate(layout.columns, start=1)
    )
    codes = ", ".join(f"{category.value} {code}" for category, code in layout.vat_codes.items())
    heads = "headings in the first row" if layout.header else "no headings"
    return (
        f"### {layout.name}\n\n{sure}. {shipped.source}.\n\n{shipped.advice}\n\n"
        f"[Sample]({shipped.key}.csv). Dates {layout.day.value}; between columns a {layout.delimiter.value}; "
        f"letters in {layout.encoding.value}; {heads}; credit notes {layout.sign.value}; VAT codes {codes}; "
        f"nominal code {layout.nominal}.\n\n"
        f"| | column | field or text | most characters |\n|---|---|---|---|\n{columns}\n"
    )


def files() -> Mapping[str, bytes]:
    """Everything in docs/exports/, by name."""
    return {
        "README.md": page().encode(),
        **{f"{key}.csv": sample(one.layout) for key, one in all_shipped().items()},
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
