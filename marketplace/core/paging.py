"""Long lists in pages: which rows to show and the links to the other pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PAGE_SIZE = 25
NEIGHBOURS = 1


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to one page, or a gap where pages are left out."""

    number: int
    href: str
    current: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What `components/pagination.html` draws; no links when everything fits on one page."""

    number: int
    summary: str
    links: tuple[PageLink, ...]
    previous_href: str | None
    next_href: str | None
    offset: int
    size: int


def page_links(
    rows: int, asked_for: str | None, address: Callable[[int], str], size: int = PAGE_SIZE
) -> PageLinks:
    """The pages of a list of so many rows.

    `asked_for` is the page from the address, as text; anything that is no page of this list gives
    the nearest one. `address` makes the address of a page. Take `size` rows from `offset`.
    """
    last = max(1, -(-rows // size))
    number = int(asked_for) if asked_for and asked_for.isascii() and asked_for.isdigit() else 1
    number = min(max(number, 1), last)
    offset = (number - 1) * size
    links = tuple(_links(number, last, address)) if last > 1 else ()
    return PageLinks(
        number=number,
        summary=f"Showing {offset + 1:,} to {min(offset + size, rows):,} of {rows:,}",
        links=links,
        previous_href=address(number - 1) if number > 1 else None,
        next_href=address(number + 1) if number < last else None,
        offset=offset,
        size=size,
    )


def _links(number: int, last: int, address: Callable[[int], str]) -> list[PageLink]:
    near = range(number - NEIGHBOURS, number + NEIGHBOURS + 1)
    shown = sorted({1, last, *(page for page in near if 1 <= page <= last)})
    links: list[PageLink] = []
    before = 0
    for page in shown:
        if page > before + 1:
            links.append(PageLink(0, "", gap=True))
        links.append(PageLink(page, address(page), current=page == number))
        before = page
    return links
