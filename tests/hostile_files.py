"""Files that do harm to who opens them carelessly: what trust.md's abuse 21 names, and their relatives.

Small to store and large to open, or two things at once. Each is made here, byte by byte: none is kept.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.unit.core.test_documents import DOCX, JPEG, PDF, PNG, XLSX

CONTENT_TYPES = "[Content_Types].xml"
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = (
    b"<!DOCTYPE a [<!ENTITY a0 'ha'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><a>&a9;</a>"
)
REMOTE = b'<!DOCTYPE a SYSTEM "http://198.51.100.1/a.dtd"><a/>'
LOCKED_BIT = 0x1


def archive(**parts: bytes) -> bytes:
    """An Excel workbook by its names, with these parts in it beside the two that make it one."""
    return packed({CONTENT_TYPES: b"<Types/>", "xl/workbook.xml": b"<workbook/>", **parts})


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def changed(content: bytes, name: bytes, **fields: int) -> bytes:
    """An archive whose directory says something else about one part: its flags, sizes or method."""
    places = {"flags": (8, "<H"), "method": (10, "<H"), "packed": (20, "<L"), "unpacked": (24, "<L")}
    own = bytearray(content)
    entry = own.rindex(b"PK\x01\x02", 0, own.rindex(name))
    for field, value in fields.items():
        at, form = places[field]
        struct.pack_into(form, own, entry + at, value)
    return bytes(own)


def bomb(megabytes: int) -> bytes:
    """A workbook with one sheet that unpacks to so many megabytes of nothing."""
    return archive(**{"xl/worksheets/sheet1.xml": b"<a>" + bytes(megabytes * 1024 * 1024)})


def overlapping(times: int) -> bytes:
    """One packed megabyte to which many entries of the directory point: no copy of it is stored."""
    one = packed({CONTENT_TYPES: b"<Types/>", "xl/workbook.xml": bytes(1024 * 1024)})
    end = one.rindex(b"PK\x05\x06")
    entry = one[one.rindex(b"PK\x01\x02") : end]
    extra = b"".join(entry.replace(b"xl/workbook.xml", b"xl/w%011d" % n) for n in range(times))
    directory = one[one.index(b"PK\x01\x02") : end] + extra
    begins = one.index(b"PK\x01\x02")
    sizes = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, times + 2, times + 2, len(directory), begins, 0)
    return one[:begins] + directory + sizes


def long_directory(entries: int) -> bytes:
    """An archive that is nothing but its directory."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * entries
    return directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(directory), 0, 0)


def quine() -> bytes:
    """An archive whose only part is an archive like itself, as far down as a scanner cares to look."""
    content = b"r"
    for _ in range(40):
        content = packed({"r/r.zip": content}, zipfile.ZIP_STORED)
    return content


def picture_with(after: bytes, text: bytes = b"") -> bytes:
    """A PNG with a text of its author, and something after its end."""
    chunk = b"tEXt" + text
    told = struct.pack(">L", len(text)) + chunk + struct.pack(">L", zlib.crc32(chunk)) if text else b""
    return PNG[:33] + told + PNG[33:] + after


def documents() -> Iterator[tuple[str, str, bytes]]:
    """What it is, how it is named, and its bytes: to be refused wherever a document is taken."""
    yield "a bomb", "prices.xlsx", bomb(60)
    yield "a bomb of many parts", "a.xlsx", archive(**{f"xl/{n}.bin": bytes(250_000) for n in range(60)})
    yield (
        "a bomb that says it is small",
        "a.xlsx",
        changed(bomb(20), b"xl/worksheets/sheet1.xml", unpacked=99),
    )
    yield "entries that overlap", "a.xlsx", overlapping(4_000)
    yield "an endless directory", "a.docx", long_directory(300_000)
    yield "a quine", "again.docx", quine()
    for name in ("/etc/passwd", "../../app.py", "..\\app.py", "C:\\app.py", "xl/../../a", "xl/\nstyles.xml"):
        yield f"a part called {name!r}", "a.xlsx", archive(**{name: b"<a/>"})
    yield "one part twice", "a.xlsx", archive(**{"XL/Workbook.xml": b"<workbook/>"})
    for form, content in (("external entity", EXTERNAL), ("laughs", LAUGHS), ("remote type", REMOTE)):
        yield form, "a.xlsx", archive(**{"xl/styles.xml": content})
        yield (
            f"{form} in UTF-16",
            "a.docx",
            packed(
                {
                    CONTENT_TYPES: b"<Types/>",
                    "word/document.xml": content.split(b"?>")[-1].decode().encode("utf-16"),
                }
            ),
        )
    yield "macros", "a.xlsx", archive(**{"xl/vbaProject.bin": b"Sub Auto_Open()"})
    yield "old macros", "a.xlsx", archive(**{"xl/macrosheets/sheet1.xml": b"<a/>"})
    yield "macros by type", "a.docx", packed(
        {CONTENT_TYPES: b"<Types>application/vnd.ms-word.document.macroEnabled.main+xml</Types>",
         "word/document.xml": b"<a/>"}
    )  # fmt: skip
    yield "a locked part", "a.xlsx", changed(XLSX, b"xl/workbook.xml", flags=LOCKED_BIT)
    yield "an unusual packing", "a.xlsx", changed(XLSX, b"xl/workbook.xml", method=12)
    yield "a locked Office file", "a.docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    text = b"application/vnd.oasis.opendocument.text"
    own = {"mimetype": text, "content.xml": b"<a/>"}
    yield "a locked OpenDocument", "a.odt", packed({**own, "META-INF/manifest.xml": b"<m:encryption-data/>"})
    yield (
        "OpenDocument macros",
        "a.odt",
        packed({**own, "META-INF/manifest.xml": b"<a/>", "Basic/Standard/Module1.xml": b"<a/>"}),
    )
    for name, content in (("a.pdf", PDF), ("a.jpg", JPEG)):
        yield f"{name} and an archive", name, content + DOCX
    yield "a picture and an archive", "a.png", picture_with(DOCX)
    yield "a picture and a page", "a.png", picture_with(b"<script>alert(1)</script>")
    yield "a picture that is a page", "a.jpg", b"\xff\xd8\xff\xfe\x00\x40<html><script>a()</script>" + JPEG
    yield "a picture and a PDF", "a.jpg", JPEG[:20] + PDF + JPEG[20:]
    yield "a PDF with a page in front", "a.pdf", b"<html></html>" + PDF
    yield "a page called a text", "a.txt", b"\xef\xbb\xbf \n<!DOCTYPE html><script>a()</script>"
    yield "a drawing called a table", "a.csv", b"<svg xmlns='http://www.w3.org/2000/svg' onload='a()'/>"
    yield "a drawing called a picture", "a.png", b"<svg onload='a()'/>"
    yield "a program", "a.txt", b"MZ\x90\x00\x03"


def read_at_once() -> Iterator[tuple[str, str, bytes]]:
    """The same for files that are read and not kept as documents: e-invoices and statements in XML."""
    for form, content in (("external entity", EXTERNAL), ("laughs", LAUGHS), ("remote type", REMOTE)):
        yield f"{form} in XML", "a.xml", content
        yield f"{form} in XML in UTF-16", "b.xml", content.split(b"?>")[-1].decode().encode("utf-16")
    yield "very many elements", "a.xml", b"<a>" + b"<b c=''/>" * 500_000 + b"</a>"
    yield "very deep elements", "a.xml", b"<a>" * 1_000_000
    yield "very deep and closed", "a.xml", b"<a>" * 40_000 + b"</a>" * 40_000
    yield "one endless attribute", "a.xml", b"<a b='" + b"c" * 5_000_000 + b"'/>"


def refused(name: str, content: bytes) -> list[str]:
    """What everybody says who could be offered this file. AssertionError when somebody takes it."""
    from invoicing.bank.formats import camt  # noqa: PLC0415  # whoever makes the files need not load this
    from invoicing.incoming.formats import telling  # noqa: PLC0415
    from marketplace.core.documents import check_document  # noqa: PLC0415
    from marketplace.core.errors import RuleBroken  # noqa: PLC0415
    from marketplace.core.workbooks import open_workbook  # noqa: PLC0415

    takers: list[Callable[[], object]] = [lambda: check_document(name, io.BytesIO(content))]
    if name.endswith(".xlsx"):
        takers.append(lambda: open_workbook(content, "price schedule", "schedule"))
    if name.endswith(".xml"):
        takers = [lambda: telling.read(content), lambda: camt.read(content)]
    said = []
    for offer in takers:
        try:
            offer()
        except RuleBroken as refusal:
            said.append(refusal.message)
        else:
            raise AssertionError(f"{name} was taken")
    return said


def main() -> None:
    """Refuse every file of a folder; print the sentences, the seconds and the megabytes as JSON."""
    refused("warm.xlsx", b"") and refused("warm.xml", b"")  # the libraries are loaded before the clock runs
    sentences, seconds = {}, 0.0
    for file in sorted(Path(sys.argv[1]).iterdir()):
        number, _, name = file.name.partition("-")
        content = file.read_bytes()
        begun = time.process_time()
        try:
            sentences[number] = refused(name, content)
        except AssertionError:
            sentences[number] = []
        seconds += time.process_time() - begun
    told = {"sentences": sentences, "seconds": seconds, "megabytes": most_memory()}
    sys.stdout.write(json.dumps(told))


def most_memory() -> float:
    """The most megabytes that this process has had in memory (proc(5): VmHWM)."""
    said = Path("/proc/self/status").read_text("ascii")
    return int(next(line for line in said.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main()
