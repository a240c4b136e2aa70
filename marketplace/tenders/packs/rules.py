"""Which version each document of a pack has, and the ZIP that holds them. Plain Python."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.csv_files import csv_file

MANIFEST = "manifest.csv"
HEADING = ("Name", "Version", "Date", "Bytes", "SHA-256")
OLDEST = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Content:
    """What a document holds: its SHA-256 and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as the manifest lists it. `version` counts its contents, `dated_on` is the newest's day."""

    name: str
    content: Content
    version: int
    dated_on: date


def versions(previous: Iterable[Listed], now: Mapping[str, Content], today: date) -> list[Listed]:
    """The documents by name: one whose content is what it was keeps its version and its day."""
    known = {one.name: one for one in previous}
    listed = []
    for name, content in sorted(now.items()):
        before = known.get(name)
        if before is not None and before.content == content:
            listed.append(before)
        else:
            listed.append(Listed(name, content, before.version + 1 if before else 1, today))
    return listed


def manifest(listed: Sequence[Listed]) -> bytes:
    """The list of a pack's documents, for a person and for a program."""
    rows = [
        (one.name, one.version, one.dated_on, one.content.size, one.content.sha256)
        for one in sorted(listed, key=lambda one: one.name)
    ]
    return csv_file(HEADING, rows)


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """The documents in one ZIP. The same documents give the same bytes, on any day and machine.

    They are stored as they are: most are compressed already, and a compressor's version would show.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.external_attr, entry.create_system = READABLE, 3
            archive.writestr(entry, content)
    return packed.getvalue()


def unique_names(names: Sequence[str]) -> list[str]:
    """The names, in order, with a number put to each that stood before: "Plan.pdf", "Plan (2).pdf"."""
    used: set[str] = set()
    found = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        wanted, count = name, 1
        while wanted.casefold() in used:
            count += 1
            wanted = f"{stem} ({count}){dot}{ending}" if stem else f"{name} ({count})"
        used.add(wanted.casefold())
        found.append(wanted)
    return found
