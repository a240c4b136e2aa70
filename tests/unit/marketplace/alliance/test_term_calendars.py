from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.term_dates import calendars, files
from marketplace.alliance.term_dates.calendars import Edge, Entry, Reading
from marketplace.alliance.term_dates.rules import HALF_LABELS, Half, Term, proposed
from marketplace.core.csv_files import csv_file
from marketplace.core.errors import RuleBroken

BEGINS = 2026
TERMS = {term.half: term for term in proposed(BEGINS)}
HOLIDAYS = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//A council//EN
BEGIN:VEVENT
SUMMARY:Autumn Term starts
DTSTART;VALUE=DATE:20260902
DTEND;VALUE=DATE:20260903
END:VEVENT
BEGIN:VEVENT
SUMMARY:October half term
DTSTART;VALUE=DATE:20261026
DTEND;VALUE=DATE:20261031
END:VEVENT
BEGIN:VEVENT
SUMMARY:Christmas holiday
DTSTART;VALUE=DATE:20261219
DTEND;VALUE=DATE:20270104
END:VEVENT
BEGIN:VEVENT
SUMMARY:February half-term
DTSTART;VALUE=DATE:20270215
DTEND;VALUE=DATE:20270220
END:VEVENT
BEGIN:VEVENT
SUMMARY:Easter break
DTSTART;VALUE=DATE:20270326
DTEND;VALUE=DATE:20270410
END:VEVENT
BEGIN:VEVENT
SUMMARY:May half term
DTSTART;VALUE=DATE:20270531
DTEND;VALUE=DATE:20270605
END:VEVENT
BEGIN:VEVENT
SUMMARY:Summer term ends
DTSTART:20270721T150000Z
DTEND:20270721T153000Z
END:VEVENT
BEGIN:VEVENT
SUMMARY:Sports day
DTSTART;VALUE=DATE:20270618
END:VEVENT
BEGIN:VEVENT
SUMMARY:Autumn term 2027 starts
DTSTART;VALUE=DATE:20270902
END:VEVENT
END:VCALENDAR
"""


def terms_of(reading: Reading) -> list[Term]:
    days = {half: (reading.day(half, Edge.FIRST), reading.day(half, Edge.LAST)) for half in Half}
    return [Term(half, first, last) for half, (first, last) in days.items() if first and last]


def test_a_calendar_of_holidays_gives_the_six_halves_and_says_what_it_left_out() -> None:
    reading = calendars.read(files.entries("Council.ICS", HOLIDAYS), BEGINS)
    assert reading.missing == []
    assert [(one.first_day, one.last_day) for one in terms_of(reading)] == [
        (date(2026, 9, 2), date(2026, 10, 23)),
        (date(2026, 11, 2), date(2026, 12, 18)),
        (date(2027, 1, 4), date(2027, 2, 12)),
        (date(2027, 2, 22), date(2027, 3, 25)),
        (date(2027, 4, 12), date(2027, 5, 28)),
        (date(2027, 6, 7), date(2027, 7, 21)),
    ]
    assert [(line.number, line.refused) for line in reading.refused] == [
        (8, calendars.NOT_KNOWN),
        (9, "It is of the school year 2027 to 2028. Import it there."),
    ]


@pytest.mark.parametrize(
    ("name", "half"),
    [
        ("Autumn term, first half", Half.AUTUMN_1),
        ("Spring Term (2nd half)", Half.SPRING_2),
        ("Summer 1", Half.SUMMER_1),
        ("spring_1", Half.SPRING_1),
        ("Term 6", Half.SUMMER_2),
    ],
)
def test_a_half_is_known_by_its_many_names(name: str, half: Half) -> None:
    term = TERMS[half]
    reading = calendars.read([Entry(1, name, term.first_day, term.last_day)], BEGINS)
    assert terms_of(reading) == [term]


def test_whole_terms_are_divided_by_their_half_terms() -> None:
    autumn = Entry(1, "Autumn Term", date(2026, 9, 2), date(2026, 12, 18))
    break_ = Entry(2, "Half term", date(2026, 10, 26), date(2026, 10, 30))
    found = terms_of(calendars.read([autumn, break_], BEGINS))
    assert [(one.half, one.last_day) for one in found] == [
        (Half.AUTUMN_1, date(2026, 10, 23)),
        (Half.AUTUMN_2, date(2026, 12, 18)),
    ]


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ("Autumn 1,2 September 2026,soon", "“soon” is no date that we can read."),
        ("Autumn 1,31/02/2027,1/3/2027", "“31/02/2027” is no date"),
        ("Autumn 1,23/10/2026,2/9/2026", "before it begins. Correct its dates."),
        ("Autumn 1,2/9/2025,24/10/2025", "It is of the school year 2025 to 2026."),
        ("Staff barbecue,2/9/2026,3/9/2026", "names no term"),
    ],
)
def test_each_line_that_is_left_out_says_why(row: str, refusal: str) -> None:
    content = f"Half,First school day,Last school day\n{row}\nAutumn 2,02/11/2026,18/12/2026\n".encode()
    reading = calendars.read(files.entries("dates.csv", content), BEGINS)
    (line,) = reading.refused
    assert line.number == 2
    assert refusal in line.refused
    assert [one.half for one in terms_of(reading)] == [Half.AUTUMN_2]


def test_a_day_that_two_lines_say_is_taken_once_and_told() -> None:
    entries = [Entry(n, "Autumn 1", date(2026, 9, n), date(2026, 10, 23)) for n in (2, 3)]
    reading = calendars.read(entries, BEGINS)
    assert reading.day(Half.AUTUMN_1, Edge.FIRST) == date(2026, 9, 2)
    assert "the first one counts" in reading.refused[0].refused


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ics", b"PK\x03\x04 no calendar"),
        ("a.ics", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
        ("a.csv", b"Month,Rain\nMay,12\n"),
        ("a.csv", b""),
        ("a.csv", b"a\x00b"),
        ("a.csv", b"Half,Start,End\n" + b"Autumn 1,2/9/2026,3/9/2026\n" * 501),
    ],
)
def test_what_is_no_calendar_is_refused_with_what_to_do(name: str, content: bytes) -> None:
    with pytest.raises(RuleBroken) as refused:
        files.entries(name, content)
    assert refused.value.field == "calendar"


@pytest.mark.parametrize(
    "text", ["2026-09-02", "02/09/2026", "2.9.26", "Wed 2nd Sep 2026", "2 September 2026"]
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert files.read_day(text) == date(2026, 9, 2)


@given(st.binary(max_size=200), st.sampled_from(["a.ics", "a.csv"]))
def test_no_file_whatever_breaks_the_reading(content: bytes, name: str) -> None:
    with suppress(RuleBroken):
        calendars.read(files.entries(name, content), BEGINS)


def test_what_was_downloaded_is_read_back() -> None:
    rows = [(HALF_LABELS[half], one.first_day, one.last_day) for half, one in TERMS.items()]
    content = csv_file(("Half", "First school day", "Last school day"), rows)
    assert terms_of(calendars.read(files.entries("x.csv", content), BEGINS)) == list(TERMS.values())
