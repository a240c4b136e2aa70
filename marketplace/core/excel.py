"""What openpyxl does for `workbooks`, which loads it with the first workbook. Nothing else imports this."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
from defusedxml import ElementTree
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

__all__ = ["get_column_letter", "load", "merged_cells"]
MOST_MERGED = 20_000


def load(content: bytes) -> Any:
    """See `workbooks.open_workbook`, which has looked at the archive before."""
    return openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)


def merged_cells(content: bytes) -> dict[str, frozenset[str]]:
    """See `workbooks.merged_cells`."""
    reader = ExcelReader(BytesIO(content), read_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_workbook()
    found = {}
    for sheet, relation in reader.parser.find_sheets():
        with reader.archive.open(relation.target) as part:
            found[sheet.name] = frozenset(itertools.islice(_swallowed(part), MOST_MERGED))
    return found


def _swallowed(part: Any) -> Iterator[str]:
    for _, element in ElementTree.iterparse(part):
        name = element.tag.rpartition("}")[2]
        if name == "mergeCell":
            merged = CellRange(element.get("ref"))
            for row, column in itertools.islice(merged.cells, 1, None):
                yield f"{get_column_letter(column)}{row}"
        elif name == "row":
            element.clear()
