"""The ZIP of a month: which files are in it, its size before it is made, and how it is sent in pieces.

Files are stored as they are: PDFs are compressed already, and the size of the whole is known before the first
byte goes out, so that a browser shows how far a download is.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from invoicing.exports.rules import DOCUMENT_COLUMNS, Document, Side
from marketplace.core.csv_files import Cell, csv_file
from marketplace.core.errors import RuleBroken
from marketplace.core.months import months_later

INDEX, SUMS = "index.csv", "SHA256SUMS"
NOT_KEPT = "Not in the store: tell your administrator"
FILE_HEADS = ("PDF", "SHA-256 of the PDF", "E-invoice", "SHA-256 of the e-invoice")
MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
READABLE = 0o644 << 16
OLDEST = (1980, 1, 1, 0, 0, 0)
HEADER, DIRECTORY, END, DESCRIPTOR = 30, 46, 22, 16  # bytes of a ZIP besides names and contents: APPNOTE 4.3


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file to be packed: its name in the ZIP, its hash, its size in bytes."""

    name: str
    sha256: str
    size: int
    dated_on: date


@dataclass(frozen=True, slots=True)
class Pack:
    """What a ZIP holds: stored files, then the list of them and their hashes."""

    files: Sequence[Kept]
    index: bytes
    sums: bytes
    dated_on: date

    @property
    def size(self) -> int:
        """The bytes of the ZIP."""
        named = [(one.name, one.size) for one in self.files]
        named += [(INDEX, len(self.index)), (SUMS, len(self.sums))]
        return END + sum(
            HEADER + DIRECTORY + DESCRIPTOR + 2 * len(name.encode()) + size for name, size in named
        )


def first_day(month: str) -> date | None:
    """The first day of a month such as 2026-11; None for what is none."""
    found = MONTH.fullmatch(month)
    return date(int(found[1]), int(found[2]), 1) if found else None


def last_day(first: date) -> date:
    """The last day of the month that begins on a day."""
    return months_later(first, 1) - timedelta(days=1)


def check_documents(documents: Sequence[Document], first: date, side: Side) -> None:
    """Raise RuleBroken for a month without documents."""
    if not documents:
        verb = "issued" if side is Side.ISSUED else "received"
        raise RuleBroken(
            f"No invoice or credit note was {verb} in {first:%B %Y}, so there is nothing to download. "
            "Choose a month from the list."
        )


def pack(documents: Sequence[Document], sizes: Mapping[str, int]) -> Pack:
    """The ZIP of some documents. `sizes` are those of the files that are in the store, by hash."""
    files: list[Kept] = []
    rows: list[Sequence[Cell]] = []
    for document in documents:
        cells: list[Cell] = [column.value(document) for column in DOCUMENT_COLUMNS]
        for ending, sha256 in (("pdf", document.document_sha256), ("xml", document.xml_sha256)):
            if sha256 is None:
                cells += ["", ""]
            elif sha256 in sizes:
                name = f"{document.file_stem}.{ending}"
                files.append(Kept(name, sha256, sizes[sha256], document.issued_on))
                cells += [name, sha256]
            else:
                cells += [NOT_KEPT, sha256]
        rows.append(cells)
    heads = [*(column.heading for column in DOCUMENT_COLUMNS), *FILE_HEADS]
    return Pack(
        files=files,
        index=csv_file(heads, rows),
        sums="".join(f"{one.sha256}  {one.name}\n" for one in files).encode(),
        dated_on=max(document.issued_on for document in documents),
    )


def pieces(packed: Pack, read: Callable[[str], bytes]) -> Iterator[bytes]:
    """The ZIP in pieces, one file at a time in memory. The same documents give the same bytes.

    `read` gives a content by its hash; what it raises ends the download before its announced size, so that a
    browser says that it failed.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for one in packed.files:
            _add(archive, one.name, read(one.sha256), one.dated_on)
            yield pipe.take()
        _add(archive, INDEX, packed.index, packed.dated_on)
        _add(archive, SUMS, packed.sums, packed.dated_on)
    yield pipe.take()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, on: date) -> None:
    entry = zipfile.ZipInfo(name, max(OLDEST, (on.year, on.month, on.day, 0, 0, 0)))
    entry.external_attr, entry.create_system = READABLE, 3
    archive.writestr(entry, content)


class _Pipe(io.RawIOBase):
    """Where an archive is written to and taken from at once: it cannot go back in it."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        taken = bytes(content)  # type: ignore[call-overload]  # zipfile writes bytes
        self._held += taken
        return len(taken)

    def take(self) -> bytes:
        """What was written since it was last asked."""
        held, self._held = bytes(self._held), bytearray()
        return held
