"""The price schedule as an Excel workbook: what suppliers download, fill in and upload.

One sheet a lot, with a column for each lower price, and a sheet for bundles where there are any. Only the
price cells can be changed; a hidden column carries each line's id, and a hidden sheet the tender and the
fingerprint of its schedule, so that a file for something else, or from before a change, is recognised.
There are no formulas: Weald works out the amounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from suppliers.quotes.offers import DISCOUNT_STEP, LARGEST_UNIT_PRICE, WHOLE, Offer, Schedule
from suppliers.quotes.rules import in_england

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAID_BY_ALL = "weald-price-schedule-"
FORMAT = f"{SAID_BY_ALL}2"
ABOUT = "Weald"
BUNDLES = "Bundles"
HEADINGS = ("Line", "Item", "Unit", "Quantity in all", "Unit price before VAT (£)", "Code")
LINE, ITEM, UNIT, QUANTITY, PRICE, CODE = range(len(HEADINGS))
FIRST_TIER = len(HEADINGS)
BUNDLE_HEADINGS = ("Bundle", "Its lots", "Least volume of each (%)", "Discount (%)", "Code")
TITLE, LOTS, LEAST, PERCENT, BUNDLE_CODE = range(len(BUNDLE_HEADINGS))
HEADING_ROW = 4
WIDTHS = (7, 60, 14, 15, 18, 10)
SCHOOL_WIDTH = 16
INK, PALE, YELLOW = "#0D3B40", "#E7EFF0", "#FFF7BF"


def sheet_name(lot: ScheduleLot) -> str:
    """The name of a lot's sheet."""
    return f"Lot {lot.number}"


def price_schedule(schedule: Schedule, offer: Offer) -> bytes:
    """The workbook, with the prices entered so far."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        styles = _styles(workbook)
        for lot in schedule.lots:
            _write_lot(workbook.add_worksheet(sheet_name(lot)), styles, schedule, lot, offer)
        if schedule.division.bundles:
            _write_bundles(workbook.add_worksheet(BUNDLES), styles, schedule, offer)
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
    sheet: Any, styles: Mapping[str, Any], schedule: Schedule, lot: ScheduleLot, offer: Offer
) -> None:
    starts, begins = schedule.division.starts(lot.id), schedule.division.begins(lot.id)
    sheet.write_string(0, 0, f"Price schedule: {schedule.title}", styles["title"])
    sheet.write_string(1, 0, f"{schedule.reference}, lot {lot.number}: {lot.title}")
    sheet.write_string(2, 0, _what_to_do(schedule, lot))
    schools = list(lot.schools.items())
    tiers = [f"Unit price {schedule.division.start_in_words(lot.id, start)} (£)" for start in starts]
    heads = (*HEADINGS, *tiers, *(f"{name}: quantity" for _, name in schools))
    for column, text in enumerate(heads):
        sheet.write_string(HEADING_ROW, column, text, styles["heading"])
    for row, line in enumerate(lot.lines, start=HEADING_ROW + 1):
        _write_line(sheet, styles, row, line, [offer.price(line.id, one) for one in begins])
        for column, (school_id, _) in enumerate(schools, start=FIRST_TIER + len(starts)):
            volume = line.volume_of(school_id)
            if volume is None:
                sheet.write_blank(row, column, None, styles["number"])
            else:
                sheet.write_number(row, column, volume, styles["number"])
    _set_up(sheet, HEADING_ROW + len(lot.lines), len(starts), len(schools))


def _what_to_do(schedule: Schedule, lot: ScheduleLot) -> str:
    deadline = f" before {in_england(schedule.closes_at)}" if schedule.closes_at else ""
    choice = (
        " Leave the whole sheet blank if you do not quote for this lot." if schedule.division.apart else ""
    )
    lower = " Prices may not rise from one column to the next." if schedule.division.starts(lot.id) else ""
    return (
        "Enter a price for one unit, before VAT, in every yellow cell: a plain number with up to four "
        f"decimal places.{lower}{choice} Then upload this file to Weald and submit your quote{deadline}."
    )


def _write_line(
    sheet: Any,
    styles: Mapping[str, Any],
    row: int,
    line: ScheduleLine,
    prices: Sequence[Decimal | None],
) -> None:
    sheet.write_number(row, LINE, line.number, styles["text"])
    sheet.write_string(row, ITEM, line.item, styles["text"])
    sheet.write_string(row, UNIT, line.unit, styles["text"])
    sheet.write_number(row, QUANTITY, line.total, styles["number"])
    for column, price in zip((PRICE, *_tier_columns(len(prices) - 1)), prices, strict=True):
        if price is None:
            sheet.write_blank(row, column, None, styles["price"])
        else:
            sheet.write_number(row, column, price, styles["price"])
    sheet.write_string(row, CODE, str(line.id))


def _tier_columns(tiers: int) -> range:
    return range(FIRST_TIER, FIRST_TIER + tiers)


def _write_bundles(sheet: Any, styles: Mapping[str, Any], schedule: Schedule, offer: Offer) -> None:
    sheet.write_string(0, 0, f"Bundles: {schedule.title}", styles["title"])
    sheet.write_string(1, 0, schedule.reference)
    sheet.write_string(
        2,
        0,
        "Enter what you take off the unit prices of all lots of a bundle, in per cent, if you win them all. "
        "Leave it blank for no discount.",
    )
    for column, text in enumerate(BUNDLE_HEADINGS):
        sheet.write_string(HEADING_ROW, column, text, styles["heading"])
    numbers = {lot.id: lot.number for lot in schedule.lots}
    for row, bundle in enumerate(schedule.division.bundles, start=HEADING_ROW + 1):
        lots = sorted(numbers[lot_id] for lot_id in bundle.lots if lot_id in numbers)
        sheet.write_string(row, TITLE, bundle.title, styles["text"])
        sheet.write_string(row, LOTS, ", ".join(f"Lot {number}" for number in lots), styles["text"])
        sheet.write_number(row, LEAST, bundle.least_share, styles["number"])
        percent = offer.discounts.get(bundle.id)
        if percent is None:
            sheet.write_blank(row, PERCENT, None, styles["price"])
        else:
            sheet.write_number(row, PERCENT, percent, styles["price"])
        sheet.write_string(row, BUNDLE_CODE, str(bundle.id))
    for column, width in enumerate((30, 30, 15, 15, 10)):
        sheet.set_column(column, column, width, None, {"hidden": column == BUNDLE_CODE})
    _check_typed(
        sheet,
        (HEADING_ROW + 1, PERCENT, HEADING_ROW + len(schedule.division.bundles), PERCENT),
        (DISCOUNT_STEP, WHOLE - DISCOUNT_STEP),
        ("Discount", "Enter per cent as a plain number like 2.5, or leave it blank."),
    )
    _close(sheet)


def _set_up(sheet: Any, last_row: int, tiers: int, schools: int) -> None:
    """Widths, locks, printing, and Excel's own check of what is typed."""
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width, None, {"hidden": column == CODE})
    if tiers:
        sheet.set_column(FIRST_TIER, FIRST_TIER + tiers - 1, WIDTHS[PRICE])
    if schools:
        sheet.set_column(FIRST_TIER + tiers, FIRST_TIER + tiers + schools - 1, SCHOOL_WIDTH)
    sheet.freeze_panes(HEADING_ROW + 1, UNIT)
    for column in (PRICE, *_tier_columns(tiers)):
        _check_typed(
            sheet,
            (HEADING_ROW + 1, column, max(last_row, HEADING_ROW + 1), column),
            (Decimal(0), LARGEST_UNIT_PRICE),
            ("Unit price", "Enter the price of one unit in pounds, as a plain number like 2.4575."),
        )
    _close(sheet)


def _check_typed(
    sheet: Any,
    cells: tuple[int, int, int, int],
    between: tuple[Decimal, Decimal],
    said: tuple[str, str],
) -> None:
    sheet.data_validation(
        *cells,
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": f"{between[0]:f}",
            "maximum": f"{between[1]:f}",
            "error_title": said[0],
            "error_message": said[1],
        },
    )


def _close(sheet: Any) -> None:
    """Lock what is not to be changed, and make it fit on paper."""
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
