"""The layouts that come with Weald: one file each in `shipped/`, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from invoicing.exports.layouts.rules import Layout, from_data

FOLDER = Path(__file__).with_name("shipped")


@dataclass(frozen=True, slots=True)
class Shipped:
    """A layout that comes with Weald.

    `verified` says whether the package’s maker publishes its columns; `source` where they were read, and
    `advice` what a school must do or check before it imports a file.
    """

    key: str
    package: str
    verified: bool
    source: str
    advice: str
    layout: Layout


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Shipped]:
    """Every layout that comes with Weald, by its key, in the order of their packages."""
    found = [_read(file) for file in FOLDER.glob("*.json")]
    return {one.key: one for one in sorted(found, key=lambda one: (one.package, one.layout.side, one.key))}


def _read(file: Path) -> Shipped:
    data = json.loads(file.read_text("utf-8"))
    return Shipped(
        key=file.stem,
        package=data["package"],
        verified=data["verified"],
        source=data["source"],
        advice=data["advice"],
        layout=from_data(data["layout"]),
    )
