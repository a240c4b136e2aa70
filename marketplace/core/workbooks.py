"""Opening Excel workbooks that people send: measured before they are unpacked, and never trusted.

A small archive can hold a huge one, and XML can declare entities that grow without end or read other
files. Both are refused before openpyxl sees the workbook, whichever XML library it finds installed.
openpyxl is loaded with the first workbook: it brings NumPy with it where that is installed, and most
programs never read one.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from defusedxml import ElementTree

from marketplace.core.errors import RuleBroken

LARGEST_UNPACKED = 40 * 1024 * 1024
LARGEST_RATIO = 50
SMALL_PART = 256 * 1024
MOST_PARTS = 200
XML_ENDINGS = (".xml", ".rels", ".vml")
OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
ARCHIVE = b"PK\x03\x04"


def open_workbook(content: bytes, what: str, field: str) -> Any:
    """An openpyxl workbook to read row by row, formulas as they were typed.

    `what` names the file that was expected ("price schedule"). Raises RuleBroken, on the field, with what
    to do about a file that is something else, too large, or damaged.
    """
    from marketplace.core import excel  # noqa: PLC0415  # see above

    _check_archive(content, what, field)
    try:
        _refuse_declarations(content)
        return excel.load(content)
    except Exception as error:  # openpyxl raises whatever a damaged file makes it raise
        raise damaged(field) from error


def damaged(field: str) -> RuleBroken:
    """The refusal of a workbook that cannot be read to its end."""
    return RuleBroken(
        "This workbook is damaged: it may have been cut off while it was saved or sent. "
        "Open it in Excel, save it again and upload that file.",
        field,
    )


def merged_cells(content: bytes) -> dict[str, frozenset[str]]:
    """The cells of each sheet that were merged into the cell above or left of them, by the sheet's title.

    For a workbook that `open_workbook` has opened: a merged cell reads as empty there.
    """
    from marketplace.core import excel  # noqa: PLC0415  # see above

    return excel.merged_cells(content)


def column_letter(number: int) -> str:
    """How Excel names a column: A for 1, AB for 28."""
    from marketplace.core import excel  # noqa: PLC0415  # see above

    return excel.get_column_letter(number)


def _check_archive(content: bytes, what: str, field: str) -> None:
    """Raise RuleBroken unless the bytes are an archive that unpacks to something of a sensible size."""
    if content.startswith(OLD_EXCEL):
        raise RuleBroken(
            "This workbook is in the old Excel format or protected by a password. "
            "Save it as an Excel workbook (.xlsx) without a password.",
            field,
        )
    if not content.startswith(ARCHIVE):
        raise RuleBroken(
            f"This is not an Excel workbook, whatever its name says. Choose the {what} that you downloaded "
            "and filled in.",
            field,
        )
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except BadZipFile:
        raise damaged(field) from None
    large = [part for part in parts if part.file_size > SMALL_PART]
    swollen = any(part.file_size > LARGEST_RATIO * max(part.compress_size, 1) for part in large)
    if swollen or len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise RuleBroken(
            f"This workbook holds far more than a {what}. Download the {what} again and type or "
            "paste only what it asks for into it.",
            field,
        )
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise RuleBroken(f"This is an archive, but not an Excel workbook. Choose the {what}.", field)


def _refuse_declarations(content: bytes) -> None:
    """Raise EntitiesForbidden for a part that declares entities: it can only do so before its first tag."""
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.lower().endswith(XML_ENDINGS):
                with archive.open(name) as part:
                    next(iter(ElementTree.iterparse(part, events=("start",))), None)
