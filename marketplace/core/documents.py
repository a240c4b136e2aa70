"""Which files people may keep beside a thing: judged by what is inside them, never by their name alone."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from sqlalchemy.orm import Session

from marketplace.core import storage
from marketplace.core.errors import RuleBroken
from marketplace.core.storage import StoredFile

LONGEST_NAME = 150
LARGEST_TEXT = 10 * 1024 * 1024
MOST_PARTS = 5_000
LARGEST_UNPACKED = 300 * 1024 * 1024
TAIL = 64 * 1024  # cameras and scanners add a little after the mark that ends a file
MACROS = "vbaproject.bin"
ALLOWED = "PDF, Word (.docx), Excel (.xlsx), PNG, JPEG, plain text or CSV"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: how it is labelled when served, and whether a content is whole and of that kind."""

    media_type: str
    name: str
    fits: Callable[[IO[bytes]], bool]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: what its sender calls it, and what is in it."""

    name: str
    content: IO[bytes]


def keep(
    session: Session, upload: Upload, *, field: str = "document", endings: Collection[str] = ()
) -> StoredFile:
    """Store an allowed file. A shared step. Raises RuleBroken; see `check_document`."""
    media_type = check_document(upload.name, upload.content, field=field, endings=endings)
    return storage.store(session, upload.content, media_type, field=field)


def check_document(
    name: str, content: IO[bytes], *, field: str = "document", endings: Collection[str] = ()
) -> str:
    """The media type of an allowed file, which stands at its start again.

    `endings` narrows down which of the KINDS are allowed here. Raises RuleBroken, on the field, when the
    ending of its name is not allowed, its content is something else or not complete, or has macros in it.
    """
    ending = PurePosixPath(name).suffix.lower()
    kind = KINDS.get(ending)
    if kind is None or (endings and ending not in endings):
        allowed = in_words(endings) if endings else ALLOWED
        raise RuleBroken(f"Choose a file of one of these kinds: {allowed}.", field)
    content.seek(0)
    fits = kind.fits(content)
    content.seek(0)
    if not fits:
        raise RuleBroken(
            f"“{plain_name(name)}” is not a complete {kind.name}. It may be damaged, renamed from another "
            "kind, or have macros in it. Open it on your computer, save it again and choose it once more.",
            field,
        )
    return kind.media_type


def in_words(endings: Collection[str]) -> str:
    """Kinds of file as a hint names them."""
    names = list(dict.fromkeys(KINDS[ending].name for ending in endings))
    return f"{', '.join(names[:-1])} or {names[-1]}"


def plain_name(name: str) -> str:
    """A file's name without folders and control characters, short enough to show and to save."""
    base = re.split(r"[\\/]", name)[-1]
    clean = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C").strip()
    path = PurePosixPath(clean or "document")
    return path.stem[:LONGEST_NAME] + path.suffix


def media_type(name: str) -> str:
    """How a stored document of this name is labelled when it is served."""
    return KINDS[PurePosixPath(name).suffix.lower()].media_type


def _is_pdf(content: IO[bytes]) -> bool:
    return content.read(5) == b"%PDF-" and b"%%EOF" in _tail(content)


def _is_png(content: IO[bytes]) -> bool:
    return content.read(8) == b"\x89PNG\r\n\x1a\n" and b"IEND" in _tail(content)


def _is_jpeg(content: IO[bytes]) -> bool:
    return content.read(3) == b"\xff\xd8\xff" and b"\xff\xd9" in _tail(content)


def _is_text(content: IO[bytes]) -> bool:
    """Text in UTF-8 or, as Excel saves CSV, Windows-1252; of a size that a person reads."""
    raw = content.read(LARGEST_TEXT + 1)
    if len(raw) > LARGEST_TEXT:
        return False
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(letter in "\t\n\r\f" or unicodedata.category(letter) != "Cc" for letter in text)
    return False


def _is_office(main_part: str) -> Callable[[IO[bytes]], bool]:
    def fits(content: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(content) as archive:
                parts = archive.infolist()
                unpacked = sum(part.file_size for part in parts)
                if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
                    return False
                named = {part.filename for part in parts}
                if any(name.lower().endswith(MACROS) for name in named):
                    return False
                return {"[Content_Types].xml", main_part} <= named and archive.testzip() is None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            OSError,
        ):
            return False

    return fits


def _tail(content: IO[bytes]) -> bytes:
    content.seek(0, 2)
    content.seek(max(0, content.tell() - TAIL))
    return content.read()


_OFFICE = "application/vnd.openxmlformats-officedocument"
_JPEG = FileKind("image/jpeg", "JPEG picture", _is_jpeg)
KINDS: Mapping[str, FileKind] = {
    ".pdf": FileKind("application/pdf", "PDF", _is_pdf),
    ".docx": FileKind(
        f"{_OFFICE}.wordprocessingml.document", "Word document", _is_office("word/document.xml")
    ),
    ".xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", "Excel workbook", _is_office("xl/workbook.xml")),
    ".png": FileKind("image/png", "PNG picture", _is_png),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".txt": FileKind("text/plain", "text file", _is_text),
    ".csv": FileKind("text/csv", "CSV file", _is_text),
}
