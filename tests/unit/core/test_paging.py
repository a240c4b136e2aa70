"""Long lists in pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.paging import page_links


def address(number: int) -> str:
    return f"?page={number}"


def test_what_fits_on_one_page_has_no_links() -> None:
    pages = page_links(25, None, address)
    assert pages.links == ()
    assert (pages.offset, pages.previous_href, pages.next_href) == (0, None, None)


def test_a_page_in_the_middle_shows_its_neighbours_and_both_ends() -> None:
    pages = page_links(240, "4", address)
    assert ["…" if link.gap else link.number for link in pages.links] == [1, "…", 3, 4, 5, "…", 10]
    assert [link.number for link in pages.links if link.current] == [4]
    assert (pages.offset, pages.summary) == (75, "Showing 76 to 100 of 240")
    assert (pages.previous_href, pages.next_href) == ("?page=3", "?page=5")


@pytest.mark.parametrize(
    ("asked_for", "number"), [("0", 1), ("-3", 1), ("11", 10), ("x", 1), ("", 1), ("²", 1), ("9" * 30, 10)]
)
def test_what_is_no_page_of_the_list_gives_the_nearest(asked_for: str, number: int) -> None:
    assert page_links(240, asked_for, address).number == number


@given(st.integers(0, 2000), st.integers(1, 100))
def test_the_pages_hold_every_row_once(rows: int, size: int) -> None:
    last = page_links(rows, "1000000", address, size).number
    offsets = [page_links(rows, str(number), address, size).offset for number in range(1, last + 1)]
    shown = [row for offset in offsets for row in range(offset, min(offset + size, rows))]
    assert shown == list(range(rows))
