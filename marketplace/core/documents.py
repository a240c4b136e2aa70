"""Which files people may keep beside a thing: judged by what is inside them, never by their name alone."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from sqlalchemy.orm import Session

from marketplace.core import archives, storage
from marketplace.core.archives import Fault, Hostile
from marketplace.core.errors import RuleBroken
from marketplace.core.storage import StoredFile

LONGEST_NAME = 150
LARGEST_TEXT = 10 * 1024 * 1024
OFFICE_LIMITS = archives.Limits(parts=5_000, unpacked=200 * 1024 * 1024)
TAIL = 64 * 1024  # cameras and scanners add a little after the mark that ends a file
FRONT = 1024  # as far as readers of PDF look for where one begins
MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php)", re.IGNORECASE)
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
PDF = b"%PDF-"
ALLOWED = "PDF, Word (.docx), Excel (.xlsx), OpenDocument (.odt, .ods), PNG, JPEG, plain text or CSV"
OTHERWISE = "Open it on your computer, save it again and choose it once more."
SENTENCES: Mapping[Fault, str] = {
    Fault.SWOLLEN: "unpacks to far more than a document holds, so it was not taken. Save it as a PDF.",
    Fault.LOCKED: "is in an old Office format or protected by a password, so others could not read it. "
    "Save it without a password, as .docx or .xlsx.",
    Fault.MACROS: "has macros in it, which can do harm. Save it without them, as .docx, .xlsx or PDF.",
    Fault.NAMES: "has parts in it with names that no office program gives, so it was not taken. "
    "Save it as a PDF.",
    Fault.DECLARES: "declares entities inside, which no office program does and which can do harm, so it "
    f"was not taken. {OTHERWISE}",
}


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
    ending of its name is not allowed, its content is something else, two things at once or not complete, has
    macros or a password, or unpacks to more than a document holds.
    """
    ending = PurePosixPath(name).suffix.lower()
    kind = KINDS.get(ending)
    if kind is None or (endings and ending not in endings):
        allowed = in_words(endings) if endings else ALLOWED
        raise RuleBroken(f"Choose a file of one of these kinds: {allowed}.", field)
    called = f"“{plain_name(name)}”"
    content.seek(0)
    try:
        fits = kind.fits(content)
    except Hostile as hostile:
        if sentence := SENTENCES.get(hostile.fault):
            raise RuleBroken(f"{called} {sentence}", field) from hostile
        fits = False
    finally:
        content.seek(0)
    if not fits:
        raise RuleBroken(
            f"{called} is not a complete {kind.name}. It may be damaged, renamed from another kind, or two "
            f"kinds of file in one. {OTHERWISE}",
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
    return content.read(5) == PDF and b"%%EOF" in _tail(content) and not archives.hides_in(content)


def _is_png(content: IO[bytes]) -> bool:
    """A chain of chunks from IHDR to IEND (PNG, section 5), and nothing after it."""
    if content.read(8) != b"\x89PNG\r\n\x1a\n":
        return False
    wanted = b"IHDR"
    while len(head := content.read(8)) == len(b"size") + len(b"kind"):
        size, kind = struct.unpack(">L4s", head)
        if wanted and kind != wanted:
            return False
        wanted = b""
        if kind == b"IEND":
            return len(content.read(4)) == 4 and not content.read(TAIL).strip(b"\0")  # noqa: PLR2004  # a CRC
        content.seek(size + 4, 1)
    return False


def _is_jpeg(content: IO[bytes]) -> bool:
    front = content.read(FRONT)
    content.seek(0)
    return (
        front.startswith(b"\xff\xd8\xff")
        and b"\xff\xd9" in _tail(content)
        and PDF not in front
        and not MARKUP.search(front)
        and not archives.hides_in(content)
    )


def _is_text(content: IO[bytes]) -> bool:
    """Text in UTF-8 or, as Excel saves CSV, Windows-1252; of a size that a person reads, and no page."""
    raw = content.read(LARGEST_TEXT + 1)
    if (
        len(raw) > LARGEST_TEXT
        or PDF in raw[:FRONT]
        or MARKUP.match(raw.removeprefix(b"\xef\xbb\xbf").lstrip())
    ):
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
        _refuse_old_office(content)
        return {archives.CONTENT_TYPES, main_part} <= archives.examine(content, OFFICE_LIMITS)

    return fits


def _is_open_document(media_type: str) -> Callable[[IO[bytes]], bool]:
    """An OpenDocument 1.3 package (part 2, section 3.3): its first part says what it is."""

    def fits(content: IO[bytes]) -> bool:
        _refuse_old_office(content)
        parts = archives.examine(content, OFFICE_LIMITS)
        if not {"mimetype", "content.xml", archives.MANIFEST} <= parts:
            return False
        return archives.read_part(content, "mimetype", FRONT) == media_type.encode()

    return fits


def _refuse_old_office(content: IO[bytes]) -> None:
    if content.read(len(OLD_OFFICE)) == OLD_OFFICE:
        raise Hostile(Fault.LOCKED)
    content.seek(0)


def _tail(content: IO[bytes]) -> bytes:
    content.seek(0, 2)
    content.seek(max(0, content.tell() - TAIL))
    return content.read()


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_JPEG = FileKind("image/jpeg", "JPEG picture", _is_jpeg)
KINDS: Mapping[str, FileKind] = {
    ".pdf": FileKind("application/pdf", "PDF", _is_pdf),
    ".docx": FileKind(
        f"{_OFFICE}.wordprocessingml.document", "Word document", _is_office("word/document.xml")
    ),
    ".xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", "Excel workbook", _is_office("xl/workbook.xml")),
    ".odt": FileKind(f"{_OPEN}.text", "OpenDocument text", _is_open_document(f"{_OPEN}.text")),
    ".ods": FileKind(
        f"{_OPEN}.spreadsheet", "OpenDocument spreadsheet", _is_open_document(f"{_OPEN}.spreadsheet")
    ),
    ".png": FileKind("image/png", "PNG picture", _is_png),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".txt": FileKind("text/plain", "text file", _is_text),
    ".csv": FileKind("text/csv", "CSV file", _is_text),
}
