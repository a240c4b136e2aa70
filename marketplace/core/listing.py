"""Lists that people search, filter and sort: what they asked for stands in the address, to keep and share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from marketplace.core.forms import Form

# What url_for understands itself: a visitor who types it into the address asks nothing of the list
NOT_QUESTIONS = frozenset({"endpoint", "_anchor", "_external", "_method", "_scheme"})


class FilterForm(Form):
    """A form above a list. It is read from the address, changes nothing and needs no protection."""

    class Meta:
        csrf = False

    def __init__(self, **options: Any) -> None:
        super().__init__(request.args, **options)

    @property
    def used(self) -> bool:
        """Is anything filtered?"""
        return any(field.data is not False and field.data not in (None, "", []) for field in self)


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a list is sorted: by which of its columns, and which way."""

    by: str
    descending: bool

    def column(self, text: str, by: str = "", *, numeric: bool = False) -> dict[str, Any]:
        """A heading for `components/data_table.html`; with `by` it is a link that sorts by that column."""
        if not by:
            return {"text": text, "numeric": numeric}
        current = by == self.by
        again = "-" if current and not self.descending else ""
        return {
            "text": text,
            "numeric": numeric,
            "sort_href": address(sort=f"{again}{by}", page=None),
            "sorted": ("descending" if self.descending else "ascending") if current else "",
        }


def sorting(columns: Mapping[str, Any], usual: str) -> Sorting:
    """What the address asks for ("spend", or "-spend" for the largest first), if the list has that column."""
    asked = request.args.get("sort", usual)
    if asked.removeprefix("-") not in columns:
        asked = usual
    return Sorting(asked.removeprefix("-"), asked.startswith("-"))


def address(**changes: Any) -> str:
    """The address of this list with some of its questions changed; None takes one away.

    It is put together here and not by `url_for`, which would take a question such as `_scheme` for an
    option of its own.
    """
    asked: dict[str, Any] = {**request.args.to_dict(flat=False), **changes}
    kept = {name: value for name, value in asked.items() if value is not None}
    return f"{request.path}?{urlencode(kept, doseq=True)}" if kept else request.path


def page_address(number: int) -> str:
    """The address of another page of this list."""
    return address(page=number)
