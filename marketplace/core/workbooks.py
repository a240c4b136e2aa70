"""Opening Excel workbooks that people send: measured before they are unpacked, and never trusted.

A small archive can hold a huge one, and XML can declare entities that grow without end or read other
files. Both are refused before openpyxl sees the workbook, whichever XML library it finds installed.
openpyxl is loaded with the first workbook: it brings NumPy with it where that is installed, and most
programs never read one.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from marketplace.core import archives
from marketplace.core.archives import Fault, Hostile
from marketplace.core.errors import RuleBroken

LIMITS = archives.Limits(parts=200, unpacked=40 * archives.MEGABYTE)
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
        parts = archives.examine(BytesIO(content), LIMITS, whole=False)
    except Hostile as hostile:
        raise _refused(hostile.fault, what, field) from hostile
    if "xl/workbook.xml" not in parts:
        raise RuleBroken(f"This is an archive, but not an Excel workbook. Choose the {what}.", field)


def _refused(fault: Fault, what: str, field: str) -> RuleBroken:
    """The refusal of an archive that is not to be opened."""
    if fault is Fault.SWOLLEN:
        return RuleBroken(
            f"This workbook holds far more than a {what}. Download the {what} again and type or "
            "paste only what it asks for into it.",
            field,
        )
    if fault is Fault.MACROS:
        return RuleBroken(
            "This workbook has macros in it, which can do harm. Save it without them, as .xlsx.",
            field,
        )
    if fault is Fault.LOCKED:
        return RuleBroken("This workbook is protected by a password. Save it without one.", field)
    return damaged(field)
