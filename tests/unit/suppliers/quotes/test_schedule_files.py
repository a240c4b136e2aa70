"""The price schedule goes out as a workbook, comes back filled in, and every problem is named."""

import dataclasses
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.archives import Fault, Hostile
from marketplace.core.errors import RuleBroken
from suppliers.quotes import filled_schedule
from suppliers.quotes.filled_schedule import MOST_ROWS, read_schedule
from suppliers.quotes.offers import Offer
from suppliers.quotes.price_schedule import price_schedule
from tests.unit.suppliers.quotes.schedules import apart, filled, line, schedule

ASKED = schedule()
LINES = list(ASKED.lines)
GOOD = {("Lot 1", "E6"): 2.4575, ("Lot 1", "E7"): 3, ("Lot 1", "E8"): 0, ("Lot 2", "E6"): 120.5}
READ = dict(zip(LINES, map(Decimal, ("2.4575", "3", "0", "120.5")), strict=True))


def problems(content: bytes) -> list[tuple[str, str]]:
    return [(one.place, one.text) for one in read_schedule(content, ASKED).problems]


def book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(price_schedule(ASKED, Offer())))


# ------------------------------------------------------------------ what goes out
def test_the_schedule_has_a_sheet_a_lot_with_every_line_and_every_schools_volume() -> None:
    sheet = book()["Lot 1"]
    rows = [[cell.value for cell in row] for row in sheet["A6:D8"]]
    assert rows == [
        [1, "Primary meal", "meal", 120.5],
        [2, "=Infant “meal” £", "meal", 120.5],
        [3, "Salad bar 🥗", "meal", 120.5],
    ]
    assert [cell.value for cell in sheet["G5:H5"][0]] == ["Alder: quantity", "Beech: quantity"]
    assert [cell.value for cell in sheet["G6:H6"][0]] == [100, 20.5]


def test_only_the_price_cells_can_be_changed() -> None:
    sheet = book()["Lot 1"]
    assert sheet.protection.sheet
    unlocked = {cell.coordinate for row in sheet["A1:H8"] for cell in row if not cell.protection.locked}
    assert unlocked == {"E6", "E7", "E8"}


def test_the_ids_and_the_tender_travel_hidden() -> None:
    whole = book()
    assert whole["Weald"].sheet_state == "veryHidden"
    assert whole["Lot 1"].column_dimensions["F"].hidden
    assert whole["Lot 1"]["F6"].value == str(LINES[0])


def test_no_cell_is_a_formula_even_when_an_item_looks_like_one() -> None:
    kinds = {cell.data_type for sheet in book() for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_prices_entered_so_far_are_in_the_file() -> None:
    content = price_schedule(ASKED, Offer({LINES[0]: Decimal("2.4575")}))
    assert read_schedule(content, ASKED).prices == {LINES[0]: Decimal("2.4575")}


# ------------------------------------------------------------------ what comes back right
def test_a_filled_in_schedule_is_read_back_to_the_last_place() -> None:
    reading = read_schedule(filled(ASKED, GOOD), ASKED)
    assert reading.prices == READ
    assert not reading.problems


@settings(max_examples=25, deadline=None)
@given(st.decimals(min_value=0, max_value=10_000_000, places=4))
def test_every_price_survives_excels_numbers(price: Decimal) -> None:
    asked = schedule([line(1, "Meal")])
    content = price_schedule(asked, Offer(dict.fromkeys(asked.lines, price)))
    assert list(read_schedule(content, asked).prices.values()) == [price]


def test_a_price_that_excel_worked_out_and_rounded_is_read_as_excel_shows_it() -> None:
    reading = read_schedule(filled(ASKED, GOOD | {("Lot 1", "E6"): 1.1 + 2.2}), ASKED)
    assert reading.prices[LINES[0]] == Decimal("3.3")


def test_rows_may_be_sorted_and_sheets_added() -> None:
    whole = openpyxl.load_workbook(io.BytesIO(filled(ASKED, GOOD)))
    sheet = whole["Lot 1"]
    for column in "ABCDEF":
        sheet[f"{column}6"].value, sheet[f"{column}8"].value = (
            sheet[f"{column}8"].value,
            sheet[f"{column}6"].value,
        )
    whole.create_sheet("Our notes")["A1"] = "Margin 4 %"
    target = io.BytesIO()
    whole.save(target)
    reading = read_schedule(target.getvalue(), ASKED)
    assert reading.prices == READ
    assert not reading.problems


# ------------------------------------------------------------------ what comes back wrong
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "There is no price for line 2, =Infant “meal” £. Enter one."),
        ("   ", "There is no price"),
        ("=1+1", "is a formula. Enter the number itself."),
        ("=SUM(E6:E6)", "is a formula"),
        ("3.25", "is stored as text"),
        ("£3.25", "is stored as text"),
        ("three pounds", "is text. Enter a plain number"),
        ("TBC", "is text"),
        (-0.01, "is negative"),
        (-1, "is negative"),
        (10**12, "is more than £10,000,000 a unit"),
        (10_000_001, "is more than £10,000,000 a unit"),
        (1e300, "is more than"),
        (1.23456, "more than 4 decimal places"),
        (True, "is not a number"),
        (date(2026, 12, 1), "is not a number"),
        ("#N/A", "is not a number"),
    ],
)
def test_a_bad_price_is_named_with_its_sheet_and_cell_and_the_good_ones_are_kept(
    value: Any, said: str
) -> None:
    reading = read_schedule(filled(ASKED, GOOD | {("Lot 1", "E7"): value}), ASKED)
    assert [one.place for one in reading.problems] == ["Lot 1, cell E7"]
    assert said in reading.problems[0].text
    assert reading.prices == {key: price for key, price in READ.items() if key != LINES[1]}


def test_every_problem_of_a_file_is_named_at_once() -> None:
    content = filled(ASKED, {("Lot 1", "E6"): "=2", ("Lot 1", "E7"): -1, ("Lot 2", "E6"): 4})
    assert [place for place, _ in problems(content)] == ["Lot 1, cell E6", "Lot 1, cell E7", "Lot 1, cell E8"]


def test_a_line_that_is_gone_is_named() -> None:
    whole = openpyxl.load_workbook(io.BytesIO(filled(ASKED, GOOD)))
    whole["Lot 1"].delete_rows(7)
    target = io.BytesIO()
    whole.save(target)
    assert [(place, text[:26]) for place, text in problems(target.getvalue())] == [
        ("Lot 1", "Line 2, =Infant “meal” £, ")
    ]


def test_a_lot_that_is_gone_is_named_line_by_line() -> None:
    content = filled(ASKED, {key: price for key, price in GOOD.items() if key[0] == "Lot 1"}, ["Lot 2"])
    assert [place for place, _ in problems(content)] == ["Lot 2"]


@pytest.mark.parametrize("code", ["", None, "zz", "00000000-0000-7000-8000-000000000000"])
def test_a_row_with_a_changed_code_is_named_and_its_line_is_missing(code: str | None) -> None:
    found = problems(filled(ASKED, GOOD | {("Lot 1", "F7"): code}))
    assert found[0][0] == "Lot 1, cell E7"
    assert "hidden code is missing or was changed" in found[0][1]
    assert "is missing from the file" in found[1][1]


def test_a_line_that_stands_twice_is_named() -> None:
    found = problems(filled(ASKED, GOOD | {("Lot 1", "F8"): str(LINES[1])}))
    assert found[0] == (
        "Lot 1, cell E8",
        "Line 2, =Infant “meal” £, is in the file twice. Remove this row.",
    )


def test_a_changed_quantity_is_named_because_the_price_was_for_another() -> None:
    reading = read_schedule(filled(ASKED, GOOD | {("Lot 1", "D7"): 12}), ASKED)
    assert reading.problems[0].place == "Lot 1, cell D7"
    assert "It is 120.5" in reading.problems[0].text
    assert LINES[1] not in reading.prices


def test_a_schedule_of_ten_thousand_rows_is_read_and_one_row_more_is_named() -> None:
    asked = schedule([line(number, f"Item {number}") for number in range(1, MOST_ROWS - 3)])
    content = price_schedule(asked, Offer(dict.fromkeys(asked.lines, Decimal(1))))
    reading = read_schedule(content, asked)
    assert f"more than {MOST_ROWS:,} rows" in reading.problems[0].text
    assert len(reading.prices) == MOST_ROWS - 5
    assert len(reading.problems) == 2


# ------------------------------------------------------------------ lots, tiers and bundles
TIERED = schedule([line(1, "Meal")], [line(1, "Clean")], divided=apart)
MEAL, CLEAN = TIERED.lines
BOTH = TIERED.division.bundles[0].id
ALL_OF_IT = {
    ("Lot 1", "E6"): 3,
    ("Lot 1", "G6"): 2.5,
    ("Lot 1", "H6"): 2,
    ("Lot 2", "E6"): 50,
    ("Bundles", "D6"): 2.5,
}


def read_tiered(cells: dict[tuple[str, str], Any]) -> tuple[Offer, dict[str, str]]:
    reading = read_schedule(filled(TIERED, cells), TIERED)
    return reading.offer, {one.place: one.text for one in reading.problems}


def test_lower_prices_stand_beside_the_first_and_bundles_on_a_sheet_of_their_own() -> None:
    whole = openpyxl.load_workbook(io.BytesIO(price_schedule(TIERED, Offer())))
    heads = [cell.value for cell in whole["Lot 1"]["E5:J5"][0]]
    assert heads[0] == "Unit price before VAT (£)"
    assert heads[2:4] == ["Unit price from 2 schools (£)", "Unit price from 5 schools (£)"]
    assert heads[4] == "Alder: quantity"
    assert [cell.value for cell in whole["Bundles"]["A6:C6"][0]] == ["Both", "Lot 1, Lot 2", 60]
    unlocked = {
        (sheet.title, cell.coordinate)
        for sheet in whole
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    assert unlocked == set(ALL_OF_IT)


def test_tiers_and_discounts_go_out_and_come_back() -> None:
    offer, found = read_tiered(ALL_OF_IT)
    assert not found
    assert offer == Offer(
        {MEAL: Decimal(3), CLEAN: Decimal(50)},
        {},
        {(MEAL, Decimal(2)): Decimal("2.5"), (MEAL, Decimal(5)): Decimal(2)},
        {BOTH: Decimal("2.5")},
        frozenset(lot.id for lot in TIERED.lots),
    )
    again = read_schedule(price_schedule(TIERED, offer), TIERED)
    assert again.offer == offer


def test_a_lot_that_is_left_blank_is_not_quoted_for_and_one_begun_must_be_whole() -> None:
    offer, found = read_tiered({("Lot 2", "E6"): 50})
    assert not found
    assert offer.lots == {TIERED.lots[1].id}
    offer, found = read_tiered({("Lot 1", "H6"): 2})
    assert set(found) == {"Lot 1, cell E6", "Lot 1, cell G6"}
    assert offer.tier_prices == {(MEAL, Decimal(5)): Decimal(2)}


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        (("Lot 1", "G6"), "=1+1", "line 1, Meal, from 2 schools is a formula"),
        (("Lot 1", "G6"), "2.5", "stored as text"),
        (("Lot 1", "G6"), 3.01, "is higher than the one before it"),
        (("Lot 1", "H6"), -1, "is negative"),
        (("Lot 1", "H6"), 10**12, "is more than £10,000,000"),
        (("Lot 1", "H6"), 0.00001, "more than 4 decimal places"),
        (("Lot 1", "H6"), None, "There is no price for line 1, Meal, from 5 schools"),
        (("Bundles", "D6"), "=2", "The discount of the bundle “Both” is a formula"),
        (("Bundles", "D6"), "lots", "is text. Enter a plain number, like 2.5"),
        (("Bundles", "D6"), 0, "above 0 and below 100 per cent"),
        (("Bundles", "D6"), 100, "above 0 and below 100 per cent"),
        (("Bundles", "D6"), 2.555, "more than 2 decimal places"),
    ],
)
def test_a_wrong_tier_or_discount_is_named_by_cell_and_the_rest_is_kept(
    cell: tuple[str, str], value: Any, said: str
) -> None:
    offer, found = read_tiered(ALL_OF_IT | {cell: value})
    assert list(found) == [f"{cell[0]}, cell {cell[1]}"]
    assert said in found[f"{cell[0]}, cell {cell[1]}"]
    assert len(offer.prices) + len(offer.tier_prices) + len(offer.discounts) == len(ALL_OF_IT) - 1


def test_prices_on_a_hidden_sheet_are_not_read_and_that_is_said() -> None:
    whole = openpyxl.load_workbook(io.BytesIO(filled(ASKED, GOOD)))
    whole["Lot 2"].sheet_state = "hidden"
    target = io.BytesIO()
    whole.save(target)
    reading = read_schedule(target.getvalue(), ASKED)
    assert [(one.place, one.text[:20]) for one in reading.problems] == [("Lot 2", "This sheet is hidden")]
    assert set(reading.prices) == set(LINES[:3])


@pytest.mark.parametrize(("value", "price"), [(0, "0"), (0.001, "0.001")])
def test_nothing_and_a_tenth_of_a_penny_are_prices(value: float, price: str) -> None:
    reading = read_schedule(filled(ASKED, GOOD | {("Lot 1", "E7"): value}), ASKED)
    assert not reading.problems
    assert reading.prices[LINES[1]] == Decimal(price)


def test_a_schedule_of_an_older_version_is_refused_with_what_to_do() -> None:
    content = filled(ASKED, GOOD | {("Weald", "A1"): "weald-price-schedule-1"})
    assert "another version of Weald. Download it again and copy your prices" in refused(content)


# ------------------------------------------------------------------ files that are not it
def refused(content: bytes) -> str:
    with pytest.raises(RuleBroken) as refusal:
        read_schedule(content, ASKED)
    assert refusal.value.field == "schedule"
    return refusal.value.message


def test_another_kind_of_file_under_the_right_name_is_refused() -> None:
    assert "not an Excel workbook" in refused(b"%PDF-1.7 not a workbook")
    assert "not an Excel workbook" in refused(b"Line,Price\n1,2.50\n")
    assert "old Excel format or protected" in refused(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    assert "not an Excel workbook" in refused(archive({"hello.txt": b"hello"}))


def test_a_workbook_of_somebody_elses_making_is_refused() -> None:
    target = io.BytesIO()
    openpyxl.Workbook().save(target)
    assert "not a price schedule downloaded from Weald" in refused(target.getvalue())


def test_the_schedule_of_another_tender_is_refused() -> None:
    assert "another tender" in refused(price_schedule(schedule(), Offer()))


def test_a_schedule_from_before_a_change_is_refused() -> None:
    lots = (dataclasses.replace(ASKED.lots[0], lines=ASKED.lots[0].lines[:2]), *ASKED.lots[1:])
    before = dataclasses.replace(ASKED, lots=lots)
    assert "has changed since" in refused(price_schedule(before, Offer()))


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(part: float) -> None:
    content = filled(ASKED, GOOD)
    assert "damaged" in refused(content[: int(len(content) * part)])


def test_a_workbook_with_a_damaged_part_is_refused() -> None:
    assert "damaged" in refused(changed_part("xl/worksheets/sheet1.xml", lambda text: text[: len(text) // 2]))
    assert "damaged" in refused(changed_part("xl/workbook.xml", lambda _: b"<workbook"))


@pytest.mark.parametrize("entity", [b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/hostname"'])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_a_workbook_that_declares_entities_is_refused_before_they_are_read(part: str, entity: bytes) -> None:
    declared = b"<!DOCTYPE a [<!ENTITY a " + entity + b'><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    content = changed_part(part, lambda text: declared + text)
    with pytest.raises(RuleBroken, match="damaged") as refusal:
        read_schedule(content, ASKED)
    assert isinstance(refusal.value.__cause__, Hostile)
    assert refusal.value.__cause__.fault is Fault.DECLARES


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_without_unpacking_it() -> None:
    huge = changed_part("xl/worksheets/sheet1.xml", lambda text: text + b" " * 60_000_000)
    assert len(huge) < 200_000
    tracemalloc.start()
    begun = time.monotonic()
    assert "far more than a price schedule" in refused(huge)
    assert time.monotonic() - begun < 2
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_an_archive_of_very_many_parts_is_refused() -> None:
    assert "far more" in refused(archive({f"xl/part{number}.xml": b"<a/>" for number in range(400)}))


def test_a_cell_with_hundreds_of_digits_is_named() -> None:
    content = changed_part(
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace(b"<v>2.4575</v>", b"<v>" + b"9" * 400 + b"</v>"),
    )
    assert "Lot 1, cell E6" in dict(problems(content))


def archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def changed_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(filled(ASKED, GOOD))) as made:
        parts = {one: made.read(one) for one in made.namelist()}
    parts[name] = change(parts[name])
    return archive(parts)


def test_the_limits_leave_room_for_the_largest_schedule_we_write() -> None:
    asked = schedule([line(number, f"Item number {number} " * 8) for number in range(1, 5_000)])
    content = price_schedule(asked, Offer())
    assert len(content) < filled_schedule.LARGEST_FILE
    assert len(read_schedule(content, asked).problems) == 4_999
