"""Lists of invoices to take away: a CSV file for finance packages, and a ZIP of the documents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date

from invoicing.invoices.queries import InvoiceRow
from invoicing.invoices.rules import STATUS_LABELS
from marketplace.core import storage
from marketplace.core.csv_files import csv_file
from marketplace.core.errors import RuleBroken

MOST_DOCUMENTS = 500
HEADING = (
    "Number",
    "Status",
    "From",
    "To",
    "Issued",
    "Due",
    "Order number",
    "Before VAT",
    "VAT",
    "Total",
    "Credited",
    "Still to pay",
    "Disputed",
)


def list_as_csv(rows: Sequence[InvoiceRow]) -> bytes:
    """The rows of a list, amounts in pounds, dates as 2026-12-03."""
    return csv_file(
        HEADING,
        (
            (
                row.number,
                STATUS_LABELS[row.status],
                row.issuer_name,
                row.buyer_name,
                row.issued_on,
                row.due_on,
                row.purchase_order,
                row.net,
                row.vat,
                row.total,
                row.credited,
                row.outstanding,
                row.disputed,
            )
            for row in rows
        ),
    )


def documents_as_zip(rows: Sequence[InvoiceRow]) -> bytes:
    """The stored PDF of each issued invoice of a list, named by its number, and the list itself as CSV.

    Raises RuleBroken when there is nothing to pack or too much.
    """
    issued = [row for row in rows if row.document_sha256]
    if not issued:
        raise RuleBroken("None of these invoices has been issued, so there is no PDF to download.")
    if len(issued) > MOST_DOCUMENTS:
        raise RuleBroken(
            f"A ZIP file can have at most {MOST_DOCUMENTS} invoices; these are {len(issued):,}. "
            "Filter the list, by date for example."
        )
    files = []
    for row in issued:
        assert row.document_sha256
        assert row.issued_on
        files.append((f"{row.number}.pdf", storage.read(row.document_sha256), row.issued_on))
    newest = max(row.issued_on or date.min for row in issued)
    return packed([*files, ("invoices.csv", list_as_csv(issued), newest)])


def packed(files: Iterable[tuple[str, bytes, date]]) -> bytes:
    """Files by name, each dated by its day, as one ZIP: the same files pack to the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one, on in files:
            entry = zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, one)
    return content.getvalue()
