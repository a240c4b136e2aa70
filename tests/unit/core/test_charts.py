"""The geometry of charts: to scale, inside the picture, and never by colour alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.charts import WIDTH, Bar, Span, Stack, bar_chart, stacked_bar, timeline_chart

TODAY = date(2026, 11, 22)


def bars(*values: int, marked: int = -1) -> list[Bar]:
    return [
        Bar(f"Quote {place}", value, f"£{value}", "Lowest" if place == marked else "")
        for place, value in enumerate(values)
    ]


def test_bars_are_to_scale_from_a_common_zero() -> None:
    view = bar_chart("quotes", "Quotes", "Three quotes.", bars(100, 50, 25))
    assert [row.boxes[0].x for row in view.rows] == ["0.0", "0.0", "0.0"]
    assert [row.boxes[0].width for row in view.rows] == ["400.0", "200.0", "100.0"]
    assert view.zero_x == ""


def test_a_negative_saving_goes_left_of_the_zero_line() -> None:
    view = bar_chart("savings", "Savings", "One school loses.", bars(300, -100))
    assert view.zero_x == "100.0"
    assert (view.rows[0].boxes[0].x, view.rows[0].boxes[0].width) == ("100.0", "300.0")
    assert (view.rows[1].boxes[0].x, view.rows[1].boxes[0].width) == ("0.0", "100.0")


def test_a_marked_bar_has_a_diamond_and_a_word() -> None:
    view = bar_chart("quotes", "Quotes", "Two quotes.", bars(100, 50, marked=1))
    assert [bool(row.diamond) for row in view.rows] == [False, True]
    assert view.rows[1].text == "£50 · Lowest"


@pytest.mark.parametrize("values", [(), (0,), (0, 0)])
def test_nothing_to_compare_is_still_a_picture(values: tuple[int, ...]) -> None:
    view = bar_chart("none", "None", "Nothing.", bars(*values))
    assert view.height > 0
    assert all(row.boxes[0].width == "0.0" for row in view.rows)


def test_a_long_label_leaves_room_for_the_value() -> None:
    label = "Kestrel School Food and Hospitality (South East) Limited"
    view = bar_chart("one", "One", "One quote.", [Bar(label, 1, "£1,234,567.00", "Lowest")])
    assert view.rows[0].label.endswith("…")
    assert label.startswith(view.rows[0].label.removesuffix("…"))


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=12))
def test_every_bar_stays_inside_the_picture(values: list[int]) -> None:
    for row in bar_chart("all", "All", "All.", bars(*values)).rows:
        start, width = Decimal(row.boxes[0].x), Decimal(row.boxes[0].width)
        assert start >= 0
        assert start + width <= WIDTH + Decimal("0.1")


def test_the_parts_of_a_stack_follow_one_another_and_carry_their_letters() -> None:
    view = stacked_bar("s", "S", "S.", ["Oak", "Birch", "Elm"], [Stack("A", [50, 49, 1], "£100")])
    assert [box.x for box in view.rows[0].boxes] == ["0.0", "200.0", "396.0"]
    assert [box.letter for box in view.rows[0].boxes] == ["A", "B", ""]
    assert [(entry.box.letter, entry.label) for entry in view.key] == [
        ("A", "Oak"),
        ("B", "Birch"),
        ("C", "Elm"),
    ]


def test_too_many_parts_or_a_negative_one_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 8"):
        stacked_bar("s", "S", "S.", [str(number) for number in range(9)], [])
    with pytest.raises(ValueError, match="negative"):
        stacked_bar("s", "S", "S.", ["Oak"], [Stack("A", [-1], "-£1")])


def test_a_timeline_runs_from_the_first_month_to_the_last_day() -> None:
    spans = [
        Span("Oakfield", date(2026, 1, 1), date(2026, 12, 31), "to 31 December 2026"),
        Span("Birchwood", date(2025, 1, 10), date(2026, 6, 30), "to 30 June 2026"),
    ]
    view = timeline_chart("t", "T", "T.", spans, TODAY)
    assert [tick.label for tick in view.ticks] == ["Jan 2025", "Jul 2025", "Jan 2026", "Jul 2026"]
    assert view.rows[0].boxes[0].x == "200.0"
    assert view.today is not None
    assert 370 < Decimal(view.today.x) < 380


def test_today_is_left_out_when_it_is_not_among_the_spans() -> None:
    spans = [Span("Later", date(2027, 1, 1), date(2027, 12, 31), "2027")]
    assert timeline_chart("t", "T", "T.", spans, TODAY).today is None
    assert timeline_chart("t", "T", "T.", [], TODAY).height > 0
