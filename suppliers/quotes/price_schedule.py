"""The price schedule as an Excel workbook: what suppliers download, fill in and upload.

One sheet a lot. Only the price cells can be changed; a hidden column carries each line's id, and a
hidden sheet the tender and the fingerprint of its schedule, so that a file for something else, or from
before a change, is recognised. There are no formulas: Weald works out the amounts.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from suppliers.quotes.offers import LARGEST_UNIT_PRICE, Schedule
from suppliers.quotes.rules import in_england

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMAT = "weald-price-schedule-1"
ABOUT = "Weald"
HEADINGS = ("Line", "Item", "Unit", "Quantity in all", "Unit price before VAT (£)", "Code")
LINE, ITEM, UNIT, QUANTITY, PRICE, CODE = range(len(HEADINGS))
HEADING_ROW = 4
WIDTHS = (7, 60, 14, 15, 18, 10)
SCHOOL_WIDTH = 16
INK, PALE, YELLOW = "#0D3B40", "#E7EFF0", "#FFF7BF"


def sheet_name(lot: ScheduleLot) -> str:
    """The name of a lot's sheet."""
    return f"Lot {lot.number}"


def price_schedule(schedule: Schedule, prices: Mapping[uuid.UUID, Decimal]) -> bytes:
    """The workbook, with the prices entered so far."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        styles = _styles(workbook)
        for lot in schedule.lots:
            _write_lot(workbook.add_worksheet(sheet_name(lot)), styles, schedule, lot, prices)
        about = workbook.add_worksheet(ABOUT)
        for row, text in enumerate((FORMAT, str(schedule.tender_id), schedule.fingerprint)):
            about.write_string(row, 0, text)
        about.protect()
        about.very_hidden()
    return target.getvalue()


def _styles(workbook: Any) -> dict[str, Any]:
    frame = {"border": 1, "border_color": "#B1B4B6", "valign": "top"}
    return {
        "title": workbook.add_format({"bold": True, "font_size": 14, "font_color": INK}),
        "heading": workbook.add_format({**frame, "bold": True, "bg_color": PALE, "text_wrap": True}),
        "text": workbook.add_format({**frame, "text_wrap": True}),
        "number": workbook.add_format({**frame, "num_format": "#,##0.####"}),
        "price": workbook.add_format(
            {**frame, "num_format": "#,##0.00##", "bg_color": YELLOW, "locked": False}
        ),
    }


def _write_lot(
    sheet: Any,
    styles: Mapping[str, Any],
    schedule: Schedule,
    lot: ScheduleLot,
    prices: Mapping[uuid.UUID, Decimal],
) -> None:
    sheet.write_string(0, 0, f"Price schedule: {schedule.title}", styles["title"])
    sheet.write_string(1, 0, f"{schedule.reference}, lot {lot.number}: {lot.title}")
    deadline = f" before {in_england(schedule.closes_at)}" if schedule.closes_at else ""
    sheet.write_string(
        2,
        0,
        "Enter a price for one unit, before VAT, in every yellow cell: a plain number with up to four "
        f"decimal places. Then upload this file to Weald and submit your quote{deadline}.",
    )
    schools = list(lot.schools.items())
    for column, text in enumerate((*HEADINGS, *(f"{name}: quantity" for _, name in schools))):
        sheet.write_string(HEADING_ROW, column, text, styles["heading"])
    for row, line in enumerate(lot.lines, start=HEADING_ROW + 1):
        _write_line(sheet, styles, row, line, prices.get(line.id))
        for column, (school_id, _) in enumerate(schools, start=len(HEADINGS)):
            volume = line.volume_of(school_id)
            if volume is None:
                sheet.write_blank(row, column, None, styles["number"])
            else:
                sheet.write_number(row, column, volume, styles["number"])
    _set_up(sheet, HEADING_ROW + len(lot.lines), len(schools))


def _write_line(
    sheet: Any, styles: Mapping[str, Any], row: int, line: ScheduleLine, price: Decimal | None
) -> None:
    sheet.write_number(row, LINE, line.number, styles["text"])
    sheet.write_string(row, ITEM, line.item, styles["text"])
    sheet.write_string(row, UNIT, line.unit, styles["text"])
    sheet.write_number(row, QUANTITY, line.total, styles["number"])
    if price is None:
        sheet.write_blank(row, PRICE, None, styles["price"])
    else:
        sheet.write_number(row, PRICE, price, styles["price"])
    sheet.write_string(row, CODE, str(line.id))


def _set_up(sheet: Any, last_row: int, schools: int) -> None:
    """Widths, locks, printing, and Excel's own check of what is typed."""
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width, None, {"hidden": column == CODE})
    if schools:
        sheet.set_column(len(HEADINGS), len(HEADINGS) + schools - 1, SCHOOL_WIDTH)
    sheet.freeze_panes(HEADING_ROW + 1, UNIT)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.data_validation(
        HEADING_ROW + 1,
        PRICE,
        max(last_row, HEADING_ROW + 1),
        PRICE,
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": int(LARGEST_UNIT_PRICE),
            "error_title": "Unit price",
            "error_message": "Enter the price of one unit in pounds, as a plain number like 2.4575.",
        },
    )
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
