"""Registers as files: what is read from each cell, and the sentence for each that is wrong."""

import io
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts import categories
from marketplace.contracts.importing import template
from marketplace.contracts.importing.columns import HEADINGS
from marketplace.contracts.importing.files import Register, read_register
from marketplace.contracts.importing.reading import RowReading, read_row
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from tests import make
from tests.make.contracts import saved

Write = Callable[..., bytes]


def read(name: str, content: bytes) -> list[RowReading]:
    return [read_row(row) for row in read_register(name, content).rows]


def one(**changes: Any) -> RowReading:
    """The reading of a workbook of one row with these changes."""
    (reading,) = read("register.xlsx", make.register_workbook([make.register_row(**changes)]))
    return reading


def refusal(**changes: Any) -> tuple[str, str, str]:
    """The only problem of a row with these changes: place, what was found, what to enter."""
    (problem,) = one(**changes).problems
    return problem.place, problem.found, problem.enter


def refused(name: str, content: bytes) -> str:
    with pytest.raises(RuleBroken) as caught:
        read_register(name, content)
    assert caught.value.field == "register"
    return caught.value.message


@pytest.mark.parametrize(
    "typed",
    [
        "31/08/2027",
        "2027-08-31",
        "31 August 2027",
        "31 Aug 2027",
        "31st August 2027",
        "31.8.2027",
        date(2027, 8, 31),
        datetime(2027, 8, 31, 17, 30),  # noqa: DTZ001  # as Excel keeps a moment
    ],
)
def test_a_date_is_read_in_each_style_that_registers_use(typed: Any) -> None:
    assert one(ends_on=typed).values["ends_on"] == date(2027, 8, 31)


@pytest.mark.parametrize("typed", ["08/31/2027", "31/02/2027", "31/08/27", "next summer", 46265])
def test_what_is_no_date_day_first_is_refused_with_its_cell(typed: Any) -> None:
    place, found, enter = refusal(ends_on=typed)
    assert (place, found) == ("H2", str(typed))
    assert enter == "This is not a date that we can read. Enter it day first, such as 31/08/2027."


@pytest.mark.parametrize("typed", ["£31,250.00", "31,250", " £ 31250 ", "31250.0", 31250, 31250.0])
def test_pounds_and_commas_in_numbers_are_read(typed: Any) -> None:
    assert one(annual_value=typed).values["annual_value"] == Money(31_250_00)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("a lot", "in pounds, such as 31,250"),
        ("1.234,50", "in pounds, such as 31,250"),
        (None, "in pounds, such as 31,250"),
        (-5, "from £0 to £100,000,000"),
        ("100000001", "from £0 to £100,000,000"),
        (1.005, "no more than two decimal places"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_cell(typed: Any, words: str) -> None:
    place, _, enter = refusal(annual_value=typed)
    assert place == "F2"
    assert words in enter


@pytest.mark.parametrize(
    ("typed", "months"), [(3, 3), ("3 months", 3), ("1 month", 1), ("none", 0), (0, 0), ("12", 12)]
)
def test_months_of_notice_are_read_with_or_without_their_unit(typed: Any, months: int) -> None:
    assert one(notice_months=typed).values["notice_months"] == months


def test_notice_is_in_months_or_in_days_and_what_is_empty_is_none() -> None:
    values = one(notice_months=None, notice_days="90 days").values
    assert (values["notice_months"], values["notice_days"]) == (0, 90)
    place, found, enter = refusal(notice_months=None)
    assert (place, found) == ("I2", "nothing")
    assert enter == "Enter the notice in months or in days, or 0 if none is needed."
    assert "24 months or fewer" in refusal(notice_months=25)[2]
    assert "whole number of months" in refusal(notice_months="90 days")[2]


def test_renewals_and_options_are_read() -> None:
    values = one(renewal_months="12 months", extension_months="12, 12 months").values
    assert (values["renewal_months"], values["extension_months"]) == (12, (12, 12))
    assert one(renewal_months="no", extension_months=12).values["extension_months"] == (12,)
    assert "for how many months it renews" in refusal(renewal_months="Yes")[2]
    assert "with commas between them" in refusal(extension_months="two years")[2]


def test_an_unknown_category_is_refused_with_what_may_be_meant() -> None:
    place, found, enter = refusal(category="Cleening")
    assert (place, found) == ("C2", "Cleening")
    assert "Did you mean Cleaning?" in enter
    assert "Did you mean Photocopiers and printing?" in refusal(category="Photocopiers")[2]
    assert all(name in enter for _, name in categories.pairs())
    assert one(category=" cleaning ").values["category"] == "cleaning"


def test_a_supplier_nobody_knows_is_a_name() -> None:
    assert one(supplier_name="Åke’s  Plumbing").values["supplier_name"] == "Åke’s Plumbing"
    assert refusal(supplier_name="  ")[2] == "Enter the supplier’s name."


def test_a_formula_and_an_error_are_refused_never_calculated() -> None:
    place, found, enter = refusal(annual_value="=SUM(1,2)")
    assert (place, found) == ("F2", "=SUM(1,2)")
    assert "paste it as a value" in enter
    assert "shows an error" in refusal(annual_value="#REF!")[2]
    (reading,) = read("r.csv", make.register_text([make.register_row(title="=1+1")]))
    assert "formula" in reading.problems[0].enter


def test_cells_that_were_merged_are_named_one_by_one() -> None:
    workbook = openpyxl.load_workbook(
        io.BytesIO(make.register_workbook([make.register_row(), make.register_row(title="Windows")]))
    )
    workbook.worksheets[0].merge_cells("E2:E3")
    first, second = read("register.xlsx", saved(workbook))
    assert not first.problems
    (problem,) = second.problems
    assert problem.place == "E3"
    assert problem.enter.startswith("This cell is merged with others. Unmerge them")


def test_every_wrong_cell_of_a_row_is_named_at_once() -> None:
    reading = one(category="?", ends_on="?", annual_value="?", supplier_name="")
    assert [problem.place for problem in reading.problems] == ["C2", "E2", "F2", "H2"]


def test_a_csv_names_the_line_even_after_a_cell_of_several_lines() -> None:
    rows = [make.register_row(title="Two\nlines"), make.register_row(ends_on="?")]
    first, second = read("register.csv", make.register_text(rows))
    assert first.values["title"] == "Two lines"
    assert second.problems[0].place == "line 4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_however_a_spreadsheet_saved_it(encoding: str, delimiter: str) -> None:
    headings = ["Category", "Title", "Supplier", "Annual value", "Start date", "End date", "Notice days"]
    cells = ["Cleaning", "Café", "Bright", "£5", "01/09/2024", "31/08/2027", "0"]
    text = "\r\n".join(delimiter.join(line) for line in (headings, cells))
    (reading,) = read("register.csv", text.encode(encoding))
    assert not reading.problems
    assert reading.values["title"] == "Café"


def test_a_line_that_stops_early_says_what_is_missing() -> None:
    (reading,) = read("register.csv", make.register_text([]) + b",,Cleaning,Windows")
    missing = {problem.column for problem in reading.problems}
    assert missing == {"Supplier", "Value a year", "First day", "Last day", "Notice in months"}
    assert {problem.place for problem in reading.problems} == {"line 2"}


@given(st.binary(max_size=400), st.sampled_from(["register.csv", "register.xlsx"]))
def test_no_bytes_make_reading_crash(content: bytes, name: str) -> None:
    headings = make.register_text([]) if name.endswith("csv") else b""
    for tried in (content, headings + content, headings + content.replace(b"\0", b",")):
        try:
            register = read_register(name, tried)
        except RuleBroken:
            continue
        for row in register.rows:
            reading = read_row(row)
            assert reading.problems or set(reading.values) >= {"category", "title", "starts_on", "ends_on"}


def test_titles_above_the_headings_and_other_columns_do_no_harm() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet["A1"] = "Contracts of the school"
    sheet.merge_cells("A1:D1")
    row = make.register_row()
    sheet.append([])
    sheet.append([*row, "Colour"])
    sheet.append([*row.values(), "red"])
    register = read_register("register.xlsx", saved(workbook))
    assert register.unread == ("Colour",)
    assert [one.number for one in register.rows] == [4]


def test_a_file_of_another_kind_is_refused_whatever_it_is_called() -> None:
    workbook = make.register_workbook([make.register_row()])
    assert "Choose an Excel workbook (.xlsx) or a CSV file" in refused("register.pdf", workbook)
    assert "not an Excel workbook" in refused("register.xlsx", b"Category,Supplier\n")
    assert "not a CSV file" in refused("register.csv", workbook)
    assert "not a CSV file" in refused("register.csv", b"%PDF-1.7")
    assert "old Excel format" in refused("register.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert "empty" in refused("register.csv", b"")
    assert "smaller than 5 MB" in refused("register.csv", b"x" * (5 * 1024 * 1024 + 1))


@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_truncated_workbook_is_refused(part: float) -> None:
    workbook = make.register_workbook([make.register_row()] * 50)
    assert "damaged" in refused("register.xlsx", workbook[: int(len(workbook) * part)])


def test_a_csv_cut_off_inside_a_quotation_is_refused() -> None:
    text = make.register_text([make.register_row(title="x")]) + b'"Cleaning,'
    assert "cut off" in refused("register.csv", text)


def test_a_file_without_the_headings_says_which_are_missing() -> None:
    assert "Download the template" in refused("register.csv", b"a,b\n1,2\n")
    headings = [heading.text for heading in HEADINGS.values() if heading.text != "Supplier"]
    assert "no column called “Supplier”" in refused("r.csv", make.register_text([], headings))
    headings = [heading.text for heading in HEADINGS.values() if "Notice" not in heading.text]
    assert "“Notice in months”" in refused("r.csv", make.register_text([], headings))
    doubled = [*(heading.text for heading in HEADINGS.values()), "Provider"]
    assert "Two columns mean the same: Supplier" in refused("r.csv", make.register_text([], doubled))


@pytest.mark.parametrize("write", [make.register_workbook, make.register_text])
def test_ten_thousand_rows_are_refused_with_the_limit(write: Write) -> None:
    content = write([make.register_row()] * 10_000)
    name = "register.xlsx" if content.startswith(b"PK") else "register.csv"
    begun = time.monotonic()
    assert "more than 2,000 rows, which is the most that one import takes" in refused(name, content)
    assert time.monotonic() - begun < 10


def test_the_register_of_sixty_that_journeys_import_is_right() -> None:
    schools = [(f"School {number}", f"10000{number}") for number in range(7)]
    readings = read("register.xlsx", make.register_of_sixty(schools))
    assert len(readings) == 60
    assert not [reading.problems for reading in readings if reading.problems]
    assert len({reading.values["reference"] for reading in readings}) == 60


def examples(register: Register) -> list[str]:
    return [cell.text for cell in register.rows[0].cells.values() if cell.text]


def test_the_template_is_read_and_its_example_is_right_but_for_the_school() -> None:
    for name, content in (
        ("t.xlsx", template.template_workbook()),
        ("t.csv", template.template_text()),
    ):
        register = read_register(name, content)
        assert register.columns == tuple(HEADINGS)
        assert examples(register) == [heading.example for heading in HEADINGS.values() if heading.example]
        assert not read_row(register.rows[0]).problems


def test_refused_rows_come_back_as_they_were_typed_with_the_reasons() -> None:
    rows = [make.register_row(ends_on="?", title="=A1")]
    reading = read("r.csv", make.register_text(rows))[0]
    kept = {
        "cells": {HEADINGS[column].text: cell.text for column, cell in reading.row.cells.items()},
        "problems": [{"column": problem.column, "enter": problem.enter} for problem in reading.problems],
    }
    headings = [heading.text for heading in HEADINGS.values()]
    for name, write in (("r.xlsx", template.refused_workbook), ("r.csv", template.refused_text)):
        again = read_register(name, write(headings, [kept]))
        assert again.unread == ("What to change",)
        cells = {column.value: cell.text for column, cell in again.rows[0].cells.items()}
        assert cells["ends_on"] == "?"
        assert cells["annual_value"] == "£31,250.00"
        assert cells["title"].endswith("=A1")
