"""Archives that people send, Office documents above all: measured before anything of them is unpacked.

A small archive can hold a huge one, a part can be named like a file of the system, and its directory alone
can fill the memory. Whatever is not as an office program writes it is refused, and the reason has a name.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, NamedTuple

from marketplace.core import xml_files

MEGABYTE = 1024 * 1024
LARGEST_RATIO = 50
SMALL_PART = 256 * 1024
SMALL_WHOLE = 5 * MEGABYTE
LARGEST_DIRECTORY = 2 * MEGABYTE
LARGEST_LISTING = MEGABYTE
LOCKED_BIT = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
XML_ENDINGS = (".xml", ".rels", ".vml", ".rdf")
MACROS = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/|activex/)|^(basic|scripts)/", re.IGNORECASE
)
MACRO_TYPES = b"macroEnabled"
OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|\\|(^|/)\.\.(/|$)|[\x00-\x1f\x7f]")
END, END_SIZE = b"PK\x05\x06", 22
END_OF_LARGE = b"PK\x06\x07"  # of ZIP64, which nothing below four gigabytes needs
DIRECTORY_ENTRY = b"PK\x01\x02"
LONGEST_REMARK = 65_535
CONTENT_TYPES = "[Content_Types].xml"
MANIFEST = "META-INF/manifest.xml"


class Fault(StrEnum):
    """What is wrong with an archive."""

    DAMAGED = "damaged"
    SWOLLEN = "swollen"
    LOCKED = "locked"
    MACROS = "macros"
    NAMES = "names"
    DECLARES = "declares"


class Hostile(Exception):
    """An archive that is not taken, and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that an archive may hold: how many parts, and how many bytes once they are unpacked."""

    parts: int
    unpacked: int


def examine(content: IO[bytes], limits: Limits, *, whole: bool = True) -> frozenset[str]:
    """The names of an archive's parts, when it is one that an office program could have written.

    `whole` also unpacks every part, a piece at a time, and compares it with its checksum. Raises Hostile.
    """
    _check_end(content)
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            _check_parts(parts, limits)
            _check_for_macros_and_passwords(archive, parts)
            _check_declarations(archive, parts)
            if whole and archive.testzip() is not None:
                raise Hostile(Fault.DAMAGED)
            return frozenset(part.filename for part in parts)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as bad:
        raise Hostile(Fault.DAMAGED) from bad


def read_part(content: IO[bytes], name: str, most: int) -> bytes:
    """The first bytes of a part of an archive that was examined."""
    with zipfile.ZipFile(content) as archive, archive.open(name) as part:
        return part.read(most)


def hides_in(content: IO[bytes]) -> bool:
    """Is a content, whatever it is in front, an archive to who reads it from its end?"""
    size, tail = _tail(content)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        return False
    directory = _read_end(tail, at).directory
    begins = at - directory
    return 0 < directory < size and (begins < 0 or tail.startswith(DIRECTORY_ENTRY, begins))


class _End(NamedTuple):
    """What stands at the end of an archive, by APPNOTE.TXT 6.3, section 4.3.16."""

    mark: bytes
    disk: int
    first_disk: int
    entries_here: int
    entries: int
    directory: int
    begins: int
    remark: int


def _read_end(tail: bytes, at: int) -> _End:
    return _End(*struct.unpack("<4s4H2LH", tail[at : at + END_SIZE]))


def _tail(content: IO[bytes]) -> tuple[int, bytes]:
    """The size of a content and its end, as far as an archive's may reach; it stands at its start again."""
    size = content.seek(0, 2)
    content.seek(max(0, size - LONGEST_REMARK - END_SIZE))
    tail = content.read()
    content.seek(0)
    return size, tail


def _check_end(content: IO[bytes]) -> None:
    """Look at the directory's own size before anybody reads it into memory. Raises Hostile."""
    _, tail = _tail(content)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        raise Hostile(Fault.DAMAGED)
    end = _read_end(tail, at)
    if END_OF_LARGE in tail[max(0, at - END_SIZE) : at] or len(tail) - at - END_SIZE != end.remark:
        raise Hostile(Fault.DAMAGED)
    if end.directory > LARGEST_DIRECTORY:
        raise Hostile(Fault.SWOLLEN)


def _check_parts(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    large = [part for part in parts if part.file_size > SMALL_PART]
    if (
        len(parts) > limits.parts
        or unpacked > limits.unpacked
        or unpacked > max(SMALL_WHOLE, LARGEST_RATIO * packed)
        or any(part.file_size > LARGEST_RATIO * part.compress_size for part in large)
    ):
        raise Hostile(Fault.SWOLLEN)
    if any(OUTSIDE.search(part.orig_filename) for part in parts):
        raise Hostile(Fault.NAMES)
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise Hostile(Fault.NAMES)
    if any(part.flag_bits & LOCKED_BIT for part in parts):
        raise Hostile(Fault.LOCKED)
    if any(part.compress_type not in METHODS for part in parts):
        raise Hostile(Fault.DAMAGED)


def _check_for_macros_and_passwords(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if any(MACROS.search(name) for name in names):
        raise Hostile(Fault.MACROS)
    if CONTENT_TYPES in names and MACRO_TYPES in _listing(archive, CONTENT_TYPES):
        raise Hostile(Fault.MACROS)
    if MANIFEST in names and b"encryption-data" in _listing(archive, MANIFEST):
        raise Hostile(Fault.LOCKED)


def _listing(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        listed = part.read(LARGEST_LISTING + 1)
    if len(listed) > LARGEST_LISTING:
        raise Hostile(Fault.SWOLLEN)
    return listed


def _check_declarations(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    for part in parts:
        if part.filename.lower().endswith(XML_ENDINGS):
            try:
                with archive.open(part) as opened:
                    xml_files.refuse_declarations(opened)
            except xml_files.Declares as declared:
                raise Hostile(Fault.DECLARES) from declared
