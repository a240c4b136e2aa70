"""What a table says that people filled in row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rows:
    """What a table says: its rows, each by the keys of its columns, or that there are `none`.

    `text` is an answer in words from before the question had rows; it stands until there are some.
    """

    rows: tuple[Mapping[str, Any], ...] = ()
    none: bool = False
    text: str = ""

    @property
    def is_blank(self) -> bool:
        """Does it say nothing?"""
        return not (self.rows or self.none or self.text)
