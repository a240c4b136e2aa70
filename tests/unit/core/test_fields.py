"""Fields read what people type: pounds, quantities, dates, times in England, choices, text and files."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField, Form

from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    DateInputField,
    LocalDateTimeField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    UnitPriceField,
    UploadField,
    choices,
)
from marketplace.core.money import Money

OAKFIELD = uuid.UUID("0190163d-8694-739b-aea5-966c26f8ad90")


class Answer(StrEnum):
    YES = "yes"
    NO = "no"


class Sheet(Form):  # type: ignore[misc]  # WTForms ships no types
    title = TextField("Title")
    about = LongTextField("About")
    spend = MoneyField("Spend a year")
    fee = MoneyField("Fee", maximum=Money(500_00))
    needed = MoneyField("Cost", [Required("Enter the cost")])
    price = UnitPriceField("Price")
    meals = QuantityField("Meals", places=0)
    hours = QuantityField("Hours", minimum=Decimal("0.25"))
    start = DateInputField("Start")
    due = DateInputField("Due date", [Required("Enter the due date")])
    closes = LocalDateTimeField("Deadline")
    school = ChoiceField(
        "School", choices=choices([(OAKFIELD, "Oakfield")]), coerce=uuid.UUID, blank="Choose a school"
    )
    answer = RadiosField("Jointly", choices=choices([("yes", "Yes"), ("no", "No", "Alone")]), coerce=Answer)
    lots = CheckboxesField("Lots", choices=choices([(1, "Lot 1"), (2, "Lot 2")]), coerce=int)
    sure = BooleanField("Sure", [Required("Confirm it")])
    file = UploadField("Schedule", extensions=[".xlsx", ".csv"], max_bytes=2 * 1024 * 1024)


def read(name: str, typed: Any) -> Any:
    """The field after somebody sent this; a dict gives its parts."""
    sent = (
        {f"{name}-{part}": text for part, text in typed.items()} if isinstance(typed, dict) else {name: typed}
    )
    sheet = Sheet(MultiDict(sent))
    field = sheet[name]
    field.validate(sheet)
    return field


def on(day: str, month: str, year: str, **time: str) -> dict[str, str]:
    return {"day": day, "month": month, "year": year, **time}


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("£1,234.50", 123_450),
        ("1234.5", 123_450),
        (" 1234 ", 123_400),
        ("£ 1 234.50", 123_450),
        ("0", 0),
        (".50", 50),
        ("£100,000,000", 10_000_000_000),
        ("１２３．４５", 12_345),  # noqa: RUF001  # digits as some keyboards type them
        ("£1\N{NO-BREAK SPACE}234.50", 123_450),
    ],
)
def test_money_is_read_as_people_write_it(typed: str, pence: int) -> None:
    field = read("spend", typed)
    assert not field.errors
    assert field.data == Money(pence)


@pytest.mark.parametrize(
    "typed",
    ["1.234,50", "1,23.45", "12,34", "ten", "1e5", "£", "$5", "1.2.3", "٣", "nan", "inf", "£-", "--5"],
)
def test_what_is_no_amount_is_refused_and_comes_back(typed: str) -> None:
    field = read("spend", typed)
    assert field.errors == ["Spend a year must be a number, like 1,234.50."]
    assert field.data is None
    assert field._value() == typed


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("spend", "-1", "Spend a year must be £0.00 or more."),
        ("spend", "−£0.01", "Spend a year must be £0.00 or more."),
        ("spend", "100000000.01", "Spend a year must be £100,000,000.00 or less."),
        ("spend", "9" * 400, "Spend a year must be £100,000,000.00 or less."),
        ("spend", "1.234", "Spend a year must have no more than 2 decimal places, like 1,234.50."),
        ("fee", "500.01", "Fee must be £500.00 or less."),
        ("price", "-0.01", "Price must be £0.00 or more."),
        ("price", "2.45751", "Price must have no more than 4 decimal places, like 2.4575."),
        ("price", "1000000.01", "Price must be £1,000,000.00 or less."),
        ("meals", "12.5", "Meals must be a whole number, like 1,250."),
        ("meals", "-12", "Meals must be 0 or more."),
        ("hours", "0.2", "Hours must be 0.25 or more."),
        ("hours", "100000001", "Hours must be 100,000,000 or less."),
    ],
)
def test_an_amount_out_of_range_is_refused_with_a_sentence(name: str, typed: str, message: str) -> None:
    assert read(name, typed).errors == [message]


def test_a_unit_price_goes_to_a_hundredth_of_a_penny() -> None:
    assert read("price", "£2.4575").data == Decimal("2.4575")
    assert Sheet(data={"price": Decimal("2.4000")}).price._value() == "2.40"


def test_a_whole_quantity_may_be_typed_with_commas() -> None:
    assert read("meals", "1,250").data == Decimal(1250)
    assert Sheet(data={"hours": Decimal("1250.5000")}).hours._value() == "1,250.5"


@pytest.mark.parametrize("name", ["spend", "price", "meals", "start", "closes", "school", "answer"])
def test_a_blank_is_none_and_is_right_unless_required(name: str) -> None:
    field = read(name, "" if name not in {"start", "closes"} else on("", "", ""))
    assert field.data is None
    assert not field.errors


@pytest.mark.parametrize(("name", "typed"), [("needed", "  "), ("due", on("", " ", ""))])
def test_a_required_field_says_what_to_enter(name: str, typed: Any) -> None:
    assert len(read(name, typed).errors) == 1
    assert read(name, typed).errors[0].startswith("Enter the ")


def test_a_zero_is_an_answer() -> None:
    assert not read("needed", "0").errors


def test_a_required_field_keeps_its_own_complaint() -> None:
    assert read("needed", "lots").errors == ["Cost must be a number, like 1,234.50."]
    assert read("due", on("", "2", "2027")).errors == ["Due date must include a day."]


def test_a_box_that_must_be_ticked_must_be_ticked() -> None:
    assert read("sure", "").errors == ["Confirm it"]
    assert not read("sure", "y").errors


@given(st.integers(0, 10_000_000_000))
def test_money_shown_is_read_back_the_same(pence: int) -> None:
    shown = Sheet(data={"spend": Money(pence)}).spend._value()
    assert read("spend", shown).data == Money(pence)


@given(st.text(max_size=40))
def test_no_text_breaks_an_amount(typed: str) -> None:
    field = read("spend", typed)
    assert field.errors or field.data is None or field.data >= Money(0)


@given(st.dictionaries(st.sampled_from(["day", "month", "year", "time"]), st.text(max_size=12)))
def test_no_text_breaks_a_date_or_a_time(typed: dict[str, str]) -> None:
    for name in ("start", "closes"):
        field = read(name, typed)
        assert field.errors or field.data is None or field.data.year >= 2000


def test_text_is_trimmed_composed_and_kept_on_one_line() -> None:
    assert read("title", "  Cafe\u0301 £5 \r\n lunch 🥕 ").data == "Café £5   lunch 🥕"
    assert read("about", "First\r\n\r\nsecond\n").data == "First\n\nsecond"


@pytest.mark.parametrize("name", ["title", "about"])
def test_control_characters_are_refused_and_the_text_comes_back(name: str) -> None:
    field = read(name, "A\x00B")
    assert field.errors == ["Remove the hidden control characters from this text."]
    assert field._value() == "A\x00B"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (on("3", "12", "2026"), date(2026, 12, 3)),
        (on("03", "Dec", "2026"), date(2026, 12, 3)),
        (on(" 29 ", "february", "2028"), date(2028, 2, 29)),
    ],
)
def test_a_date_is_read_from_its_three_parts(typed: dict[str, str], expected: date) -> None:
    assert read("start", typed).data == expected


@pytest.mark.parametrize(
    ("typed", "message", "wrong"),
    [
        (on("", "12", "2026"), "Start must include a day.", ["day"]),
        (on("3", "", ""), "Start must include a month and a year.", ["month", "year"]),
        (on("31", "2", "2027"), "Start must be a real date, like 27 3 2027.", ["day", "month", "year"]),
        (on("3", "13", "2026"), "Start must be a real date, like 27 3 2027.", ["day", "month", "year"]),
        (on("x", "1", "2026"), "Start must be a real date, like 27 3 2027.", ["day", "month", "year"]),
        (on("٣", "1", "2026"), "Start must be a real date, like 27 3 2027.", ["day", "month", "year"]),
        (on("3", "1", "26"), "Start must have a year from 2000 to 2100.", ["year"]),
        (on("3", "1", "9999"), "Start must have a year from 2000 to 2100.", ["year"]),
    ],
)
def test_a_wrong_date_says_which_part_and_comes_back(
    typed: dict[str, str], message: str, wrong: list[str]
) -> None:
    field = read("start", typed)
    assert field.errors == [message]
    assert [part.label.lower() for part in field.parts() if part.wrong] == wrong
    assert [part.value for part in field.parts()] == [text.strip() for text in typed.values()]


def test_a_date_given_is_shown_in_its_parts() -> None:
    parts = Sheet(data={"start": date(2026, 12, 3)}).start.parts()
    assert [(part.name, part.value) for part in parts] == [
        ("start-day", "3"),
        ("start-month", "12"),
        ("start-year", "2026"),
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (on("3", "12", "2026", time="14:30"), datetime(2026, 12, 3, 14, 30, tzinfo=UTC)),
        (on("3", "7", "2026", time="2.30pm"), datetime(2026, 7, 3, 13, 30, tzinfo=UTC)),
        (on("3", "7", "2026", time="5 PM"), datetime(2026, 7, 3, 16, 0, tzinfo=UTC)),
        (on("3", "7", "2026", time="midday"), datetime(2026, 7, 3, 11, 0, tzinfo=UTC)),
        (on("3", "12", "2026", time="12am"), datetime(2026, 12, 3, 0, 0, tzinfo=UTC)),
        (on("28", "3", "2027", time="00:59"), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (on("28", "3", "2027", time="02:00"), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (on("31", "10", "2027", time="00:59"), datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
        (on("31", "10", "2027", time="02:00"), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_time_in_england_becomes_a_moment_in_utc(typed: dict[str, str], expected: datetime) -> None:
    field = read("closes", typed)
    assert not field.errors
    assert field.data == expected
    assert field.data.tzinfo is UTC


@pytest.mark.parametrize(
    ("typed", "part_of_message"),
    [
        (on("28", "3", "2027", time="01:00"), "does not exist"),
        (on("28", "3", "2027", time="1:59am"), "does not exist"),
        (on("31", "10", "2027", time="01:00"), "happens twice"),
        (on("31", "10", "2027", time="1:59am"), "happens twice"),
    ],
)
def test_an_hour_lost_or_doubled_by_a_clock_change_is_refused(
    typed: dict[str, str], part_of_message: str
) -> None:
    field = read("closes", typed)
    assert part_of_message in field.errors[0]
    assert "Enter 2am or later." in field.errors[0]
    assert [part.label for part in field.parts() if part.wrong] == ["Time"]


@pytest.mark.parametrize("time", ["14", "25:00", "12:60", "13pm", "0am", "soon", "2:3", "14:00:00"])
def test_what_is_no_time_of_day_is_refused(time: str) -> None:
    assert read("closes", on("3", "7", "2026", time=time)).errors == [
        "Deadline must have a time like 14:30 or 2:30pm."
    ]


def test_a_moment_given_is_shown_as_the_wall_clock_in_england() -> None:
    parts = Sheet(data={"closes": datetime(2026, 7, 3, 11, 0, tzinfo=UTC)}).closes.parts()
    assert [part.value for part in parts] == ["3", "7", "2026", "12:00"]


def test_a_choice_gives_its_value() -> None:
    assert read("school", str(OAKFIELD)).data == OAKFIELD
    assert read("answer", "no").data is Answer.NO
    assert read("lots", "2").data == [2]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("school", str(uuid.UUID(int=7))), ("school", "x"), ("answer", "perhaps"), ("lots", "3"), ("lots", "x")],
)
def test_what_is_not_on_the_list_is_refused(name: str, typed: str) -> None:
    assert read(name, typed).errors == ["Choose one of the options on the list."]


def test_the_blank_option_is_the_one_chosen_at_first() -> None:
    chosen = [choice.label for choice in Sheet().school.iter_choices() if choice.selected]
    assert chosen == ["Choose a school"]


def file_named(name: str, content: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def test_a_file_of_the_right_type_is_taken_whole() -> None:
    field = read("file", file_named("Prices £.XLSX", b"PK\x03\x04"))
    assert not field.errors
    assert field.data.read() == b"PK\x03\x04"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (file_named("prices.pdf", b"%PDF"), "Schedule must be a file of type .xlsx or .csv."),
        (file_named("prices.xlsx.exe", b"MZ"), "Schedule must be a file of type .xlsx or .csv."),
        (file_named("prices.csv", b""), "The chosen file is empty. Choose another."),
        (
            file_named("prices.csv", b"x" * (2 * 1024 * 1024 + 1)),
            "The chosen file must be smaller than 2 MB.",
        ),
    ],
)
def test_a_file_that_cannot_be_right_is_refused(file: FileStorage, message: str) -> None:
    assert read("file", file).errors == [message]
