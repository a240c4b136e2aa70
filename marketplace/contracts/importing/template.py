"""Registers as files to fill in: the template, and refused rows with the reasons beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from marketplace.contracts import categories
from marketplace.contracts.importing.columns import HEADINGS, REASONS, Column
from marketplace.contracts.importing.files import MOST_ROWS
from marketplace.core.csv_files import csv_file

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
INK, PALE, YELLOW = "#0D3B40", "#E7EFF0", "#FFF7BF"
REASONS_WIDTH = 80
INTRODUCTION = (
    "One row for each contract, on the sheet Contracts. Take the example row out.",
    "Enter values, not formulas, and do not merge cells.",
    "Columns may stand in any order. Others may be added: they are not read.",
    f"One import takes at most {MOST_ROWS:,} rows.",
    "Importing the file again changes only what you changed in it.",
)


def template_workbook() -> bytes:
    """The template as an Excel workbook: an example row, explanations, and the categories to choose from."""
    target = BytesIO()
    with _workbook(target) as workbook:
        styles = _styles(workbook)
        sheet = workbook.add_worksheet("Contracts")
        _write_headings(sheet, styles, [heading.text for heading in HEADINGS.values()])
        for column, heading in enumerate(HEADINGS.values()):
            sheet.write_string(1, column, heading.example, styles["example"])
            sheet.write_comment(0, column, heading.explanation, {"visible": False})
        names = [name for _, name in categories.pairs()]
        place = list(HEADINGS).index(Column.CATEGORY)
        sheet.data_validation(
            1,
            place,
            MOST_ROWS,
            place,
            {"validate": "list", "source": f"=Categories!$A$2:$A${len(names) + 1}"},
        )
        _write_explanations(workbook.add_worksheet("How to fill it in"), styles)
        _write_list(workbook.add_worksheet("Categories"), styles, "Category", names)
    return target.getvalue()


def template_text() -> bytes:
    """The template as CSV: the headings and an example row."""
    return csv_file(
        [heading.text for heading in HEADINGS.values()], [[heading.example for heading in HEADINGS.values()]]
    )


def refused_workbook(headings: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The refused rows of an import as they were typed: wrong cells marked, reasons beside them."""
    target = BytesIO()
    with _workbook(target) as workbook:
        styles = _styles(workbook)
        sheet = workbook.add_worksheet("Contracts")
        _write_headings(sheet, styles, [*headings, REASONS])
        sheet.set_column(len(headings), len(headings), REASONS_WIDTH)
        for number, row in enumerate(rows, start=1):
            wrong = {problem["column"] for problem in row["problems"]}
            for column, heading in enumerate(headings):
                style = styles["wrong" if heading in wrong else "text"]
                sheet.write_string(number, column, row["cells"].get(heading, ""), style)
            sheet.write_string(number, len(headings), reasons(row), styles["text"])
    return target.getvalue()


def refused_text(headings: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The same as CSV."""
    return csv_file(
        [*headings, REASONS],
        [[*(row["cells"].get(heading, "") for heading in headings), reasons(row)] for row in rows],
    )


def reasons(row: Mapping[str, Any]) -> str:
    """What is wrong with a row, in one text."""
    return " ".join(f"{problem['column']}: {problem['enter']}" for problem in row["problems"])


def _workbook(target: BytesIO) -> Any:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    return xlsxwriter.Workbook(target, options)


def _styles(workbook: Any) -> dict[str, Any]:
    frame = {"border": 1, "border_color": "#B1B4B6", "valign": "top", "text_wrap": True}
    return {
        "title": workbook.add_format({"bold": True, "font_size": 14, "font_color": INK}),
        "heading": workbook.add_format({**frame, "bold": True, "bg_color": PALE}),
        "text": workbook.add_format(frame),
        "example": workbook.add_format({**frame, "italic": True}),
        "wrong": workbook.add_format({**frame, "bg_color": YELLOW}),
    }


def _write_headings(sheet: Any, styles: Mapping[str, Any], headings: Sequence[str]) -> None:
    widths = {heading.text: heading.width for heading in HEADINGS.values()}
    for column, text in enumerate(headings):
        sheet.write_string(0, column, text, styles["heading"])
        sheet.set_column(column, column, widths.get(text, REASONS_WIDTH))
    sheet.freeze_panes(1, 0)


def _write_explanations(sheet: Any, styles: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.set_column(2, 2, 30)
    sheet.write_string(0, 0, "How to fill in a register of contracts", styles["title"])
    for row, text in enumerate(INTRODUCTION, start=1):
        sheet.write_string(row, 0, text)
    first = len(INTRODUCTION) + 2
    for column, text in enumerate(("Column", "What to enter", "Example")):
        sheet.write_string(first, column, text, styles["heading"])
    for row, heading in enumerate(HEADINGS.values(), start=first + 1):
        for column, text in enumerate((heading.text, heading.explanation, heading.example)):
            sheet.write_string(row, column, text, styles["text"])


def _write_list(sheet: Any, styles: Mapping[str, Any], heading: str, names: Sequence[str]) -> None:
    sheet.set_column(0, 0, 40)
    sheet.write_string(0, 0, heading, styles["heading"])
    for row, name in enumerate(names, start=1):
        sheet.write_string(row, 0, name, styles["text"])
