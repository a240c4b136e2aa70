"""The columns of a register as a file: what they are called, what goes into them, and what is right there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """A column; but for the school, the value is the name of the field of a contract."""

    SCHOOL = "school"
    REFERENCE = "reference"
    CATEGORY = "category"
    TITLE = "title"
    SUPPLIER = "supplier_name"
    VALUE = "annual_value"
    STARTS = "starts_on"
    ENDS = "ends_on"
    NOTICE_MONTHS = "notice_months"
    NOTICE_DAYS = "notice_days"
    RENEWAL = "renewal_months"
    EXTENSIONS = "extension_months"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column in words. `also` are other headings that it is known by in registers that schools keep."""

    text: str
    explanation: str
    example: str
    width: int
    needed: bool = True
    also: tuple[str, ...] = ()


HEADINGS: Mapping[Column, Heading] = {
    Column.SCHOOL: Heading(
        "School",
        "The school’s name or its URN. Leave the column empty if the register is of one school only.",
        "123456",
        26,
        needed=False,
        also=("urn", "school name", "academy"),
    ),
    Column.REFERENCE: Heading(
        "Your reference",
        "The school’s own number for the contract, if it has one. It is how a row is recognised when the "
        "file is imported again.",
        "C-014",
        14,
        needed=False,
        also=("reference", "ref", "contract reference", "contract number", "contract no"),
    ),
    Column.CATEGORY: Heading(
        "Category",
        "The name of a category. The Excel template lists them on its sheet Categories.",
        "Cleaning",
        24,
        also=("type",),
    ),
    Column.TITLE: Heading(
        "What it is for",
        "A few words that tell this contract from others.",
        "Cleaning of the main building",
        34,
        also=("title", "description", "contract", "contract title", "contract name"),
    ),
    Column.SUPPLIER: Heading(
        "Supplier", "The supplier’s name.", "Bright Ltd", 26, also=("supplier name", "contractor", "provider")
    ),
    Column.VALUE: Heading(
        "Value a year",
        "What it costs a year before VAT, in pounds. With or without £ and commas. The yearly average if it "
        "varies.",
        "31,250.00",
        14,
        also=("annual value", "value", "annual cost", "cost a year", "value a year before vat"),
    ),
    Column.STARTS: Heading(
        "First day",
        "A date, day first: 01/09/2024, 1 September 2024 or 2024-09-01.",
        "01/09/2024",
        14,
        also=("start", "start date", "starts", "starts on"),
    ),
    Column.ENDS: Heading(
        "Last day",
        "A date, day first. The last day of the term that runs now.",
        "31/08/2027",
        14,
        also=("end", "end date", "ends", "ends on", "expiry date"),
    ),
    Column.NOTICE_MONTHS: Heading(
        "Notice in months",
        "How long before the last day notice must be given. 0 if none is needed.",
        "3",
        12,
        needed=False,
        also=("notice months", "notice period months"),
    ),
    Column.NOTICE_DAYS: Heading(
        "Notice in days",
        "The same in days, where the contract says days. One of the two is needed.",
        "",
        12,
        needed=False,
        also=("notice days", "notice period days"),
    ),
    Column.RENEWAL: Heading(
        "Renews for months",
        "For how many months it goes on by itself when nobody gives notice. Empty if it just ends.",
        "12",
        12,
        needed=False,
        also=("auto renewal", "auto renewal months", "renewal months", "renews by itself for"),
    ),
    Column.EXTENSIONS: Heading(
        "Options to extend",
        "The options that are left, each in months, with commas between them. Empty if there are none.",
        "12, 12",
        16,
        needed=False,
        also=("extension options", "extensions", "options to extend it"),
    ),
}
REASONS = "What to change"


def column_named(text: str) -> Column | None:
    """The column that a heading stands for, however it is written; None for a heading we do not read."""
    return _BY_NAME.get(_plain(text))


def missing(found: Sequence[Column]) -> list[str]:
    """The headings that a register must have and this one has not.

    Of the two that say the notice one is enough.
    """
    absent = [heading.text for column, heading in HEADINGS.items() if heading.needed and column not in found]
    if Column.NOTICE_MONTHS not in found and Column.NOTICE_DAYS not in found:
        absent.append(HEADINGS[Column.NOTICE_MONTHS].text)
    return absent


def _plain(text: str) -> str:
    """A heading without its brackets, marks and capitals: Value a year (£) is value a year."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"\(.*?\)", " ", text.casefold())).split())


_BY_NAME = {
    _plain(name): column for column, heading in HEADINGS.items() for name in (heading.text, *heading.also)
}
