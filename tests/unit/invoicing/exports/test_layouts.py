"""What a layout may say, and the file that it makes."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from invoicing.exports.layouts.fields import FIELDS
from invoicing.exports.layouts.rules import (
    DELIMITERS,
    MOST_COLUMNS,
    Delimiter,
    Layout,
    LayoutColumn,
    Rows,
    Sign,
    as_data,
    check_layout,
    file_of,
    from_data,
    rows_of,
)
from invoicing.exports.layouts.shipped import shipped
from invoicing.exports.rules import Kind, Side
from invoicing.invoices.rules import InvoiceSource, VatCategory
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from tests.architecture.export_samples import documents

SAGE = shipped()["sage-50-sales"].layout
PACKAGES = {
    "Access Education Finance",
    "IRIS Financials",
    "Sage 50 Accounts",
    "Sage Business Cloud Accounting",
    "Xero",
    "FMS (SIMS FMS6)",
}


def column(heading: str = "Heading", field: str = "", text: str = "") -> LayoutColumn:
    return LayoutColumn(heading, field, text)


def read(layout: Layout) -> list[list[str]]:
    text = file_of(layout, documents(layout.side)).decode(layout.encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[layout.delimiter]))


@pytest.mark.parametrize("key", sorted(shipped()))
def test_a_layout_that_comes_with_weald_is_a_good_one(key: str) -> None:
    one = shipped()[key]
    check_layout(one.layout)
    assert from_data(as_data(one.layout)) == one.layout
    assert one.source
    assert one.verified or "Check against your version" in one.advice
    assert one.layout.side is (Side.ISSUED if key.endswith("-sales") else Side.RECEIVED)


def test_every_package_has_a_layout_for_each_side() -> None:
    both = {(one.package, one.layout.side) for one in shipped().values()}
    assert both == {(package, side) for package in PACKAGES for side in Side}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"columns": ()}, "at least one column"),
        ({"columns": (column("A"), column("a"))}, "stands there twice"),
        ({"columns": (column(field="price"),)}, "no field called “price”"),
        ({"columns": (column(" "),)}, "Enter a heading"),
        ({"columns": (column(field="net", text="x"),)}, "Choose one of them"),
        ({"columns": (column(field="quantity"),), "rows": Rows.DOCUMENT}, "“Quantity” is not known"),
        ({"columns": (LayoutColumn("A", longest=0),)}, "at least 1 character"),
        ({"columns": tuple(column(str(n)) for n in range(MOST_COLUMNS + 1))}, "at most 60 columns"),
        ({"name": " "}, "Enter a name"),
        ({"vat_codes": {VatCategory.STANDARD: "T1"}}, "code for “Zero rate”"),
        ({"nominal": ""}, "Enter the nominal code"),
        ({"kinds": {Kind.INVOICE: "SI"}}, "Enter the package’s word"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused_with_what_to_do(
    change: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(RuleBroken, match=message):
        check_layout(replace(SAGE, **change))


def test_a_line_is_written_with_the_codes_of_the_package() -> None:
    own = replace(SAGE, accounts={"100002": "BEECH01"}, nominals={InvoiceSource.AGREEMENT: "4100"})
    heads, first, second, third, credited, outside = read(own)
    assert heads[:3] == ["Type", "Account Reference", "Nominal A/C Ref"]
    assert first == [
        "SI",
        "BEECH01",
        "4100",
        "0",
        "30/10/2026",
        "100001-2026-0041",
        "Shared network manager, autumn term",
        "2250.00",
        "T1",
        "450.00",
    ]
    assert [row[8] for row in (second, third, outside)] == ["T0", "T2", "T9"]
    assert credited[:1] + credited[7:] == ["SC", "360.00", "T1", "72.00"]
    assert outside[2] == "4000"


@pytest.mark.parametrize("rows", Rows)
@pytest.mark.parametrize("side", Side)
def test_whatever_gets_a_row_the_rows_add_up_to_the_documents(rows: Rows, side: Side) -> None:
    columns = (column("Net", "net"), column("VAT", "vat"), column("Total", "total"))
    layout = replace(SAGE, side=side, rows=rows, columns=columns, sign=Sign.NEGATIVE)
    made = list(rows_of(layout, documents(side)))
    for place, name in enumerate(("net", "vat", "total")):
        cells = [row[place] for row in made]
        wanted = Money.total(getattr(document, name) for document in documents(side))
        assert Money.total(cell for cell in cells if isinstance(cell, Money)) == wanted


def test_every_field_says_something_or_nothing_of_each_row_it_is_known_of() -> None:
    for rows in Rows:
        known = [name for name, field in FIELDS.items() if rows.value in field.known_of]
        layout = replace(SAGE, rows=rows, columns=tuple(column(name, name) for name in known))
        check_layout(layout)
        for row in rows_of(layout, documents(Side.ISSUED)):
            assert len(row) == len(known)
            assert all(
                cell is None or isinstance(cell, (str, int, Decimal, Money)) or cell.year for cell in row
            )


def test_a_file_may_have_no_headings_tabs_between_columns_and_texts_cut_to_fit() -> None:
    layout = replace(
        SAGE,
        header=False,
        delimiter=Delimiter.TAB,
        columns=(LayoutColumn("What", "description", longest=6), column("Fixed", text="=1+1")),
    )
    assert read(layout)[0] == ["Shared", "'=1+1"]


def test_a_source_that_there_is_no_more_is_left_out_of_a_kept_layout() -> None:
    data = as_data(SAGE) | {"nominals": {"gone": "1", "manual": "4001"}}
    assert from_data(data).nominals == {InvoiceSource.MANUAL: "4001"}
