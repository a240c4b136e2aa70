"""Which files can be evidence of a claim: told by what is in them, never by their name alone."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import SEEK_END
from pathlib import PurePath
from typing import IO

from marketplace.core.errors import RuleBroken

LARGEST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 150
TAIL_BYTES = 64 * 1024
MEDIA_TYPES: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
KINDS: Mapping[str, str] = {
    ".pdf": "a PDF",
    ".png": "a PNG picture",
    ".jpg": "a JPG picture",
    ".jpeg": "a JPG picture",
    ".xlsx": "an Excel workbook",
    ".docx": "a Word document",
}
EXTENSIONS = tuple(MEDIA_TYPES)
DAMAGED = "The evidence cannot be read: it is cut short or damaged. Save or scan it again and choose that."


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as it was sent: what its sender calls it, and what is in it."""

    name: str
    content: IO[bytes]


def check_evidence(evidence: Evidence) -> str:
    """The media type of a file that is what its name says, whole, and of a kind we take.

    Raises RuleBroken. The content is left at its beginning.
    """
    ending = PurePath(evidence.name).suffix.lower()
    if ending not in MEDIA_TYPES:
        raise RuleBroken(
            "The evidence must be a PDF, a picture (PNG or JPG), an Excel workbook (.xlsx) or a Word "
            "document (.docx).",
            "evidence",
        )
    _check_content(ending, evidence.content)
    evidence.content.seek(0)
    return MEDIA_TYPES[ending]


def media_type(name: str) -> str:
    """The media type of evidence that was kept under this name."""
    return MEDIA_TYPES[PurePath(name).suffix]


def kept_name(name: str) -> str:
    """A file's own name without folders, short enough to keep, its ending unchanged."""
    path = PurePath(name.replace("\\", "/"))
    tidy = "".join(letter for letter in path.stem if letter.isprintable()).strip() or "evidence"
    return tidy[:LONGEST_NAME] + path.suffix.lower()


def _check_content(ending: str, content: IO[bytes]) -> None:
    content.seek(0)
    head = content.read(16)
    start, whole = CHECKS[ending]
    if not head.startswith(start):
        raise RuleBroken(
            f"The evidence is called {ending} but is not {KINDS[ending]}. Choose the original file.",
            "evidence",
        )
    if not whole(content):
        raise RuleBroken(DAMAGED, "evidence")


def _ends_with(mark: bytes) -> Callable[[IO[bytes]], bool]:
    """Does the mark that ends such a file stand near its end? Cameras and scanners add a little after it."""

    def check(content: IO[bytes]) -> bool:
        size = content.seek(0, SEEK_END)
        content.seek(max(0, size - TAIL_BYTES))
        return mark in content.read()

    return check


def _holds(part: str) -> Callable[[IO[bytes]], bool]:
    """Is it an Office document with this main part and without macros? Nothing is unpacked."""

    def check(content: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(content) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise RuleBroken("The evidence has macros in it. Save it without them, or as PDF.", "evidence")
        return {"[Content_Types].xml", part} <= names

    return check


CHECKS: Mapping[str, tuple[bytes, Callable[[IO[bytes]], bool]]] = {
    ".pdf": (b"%PDF-", _ends_with(b"%%EOF")),
    ".png": (b"\x89PNG\r\n\x1a\n", _ends_with(b"IEND\xaeB`\x82")),
    ".jpg": (b"\xff\xd8\xff", _ends_with(b"\xff\xd9")),
    ".jpeg": (b"\xff\xd8\xff", _ends_with(b"\xff\xd9")),
    ".xlsx": (b"PK\x03\x04", _holds("xl/workbook.xml")),
    ".docx": (b"PK\x03\x04", _holds("word/document.xml")),
}
