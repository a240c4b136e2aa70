"""The secondary school has a logo, which stands on the invoices that it issues from then on."""

from __future__ import annotations

import struct
import zlib

from demonstration.cast import Cast
from demonstration.purchases import MANOR
from invoicing.invoices.logos import actions

CHOSEN = -64
SIZE, EDGE, BAND = 96, 4, 14
GREEN, GOLD, WHITE = (18, 84, 58), (214, 166, 52), (255, 255, 255)


def put_on(cast: Cast) -> None:
    """Its finance lead chooses the picture, and says in words what it shows."""
    school = cast.schools[MANOR]
    with cast.calendar.on(CHOSEN):
        actions.set_logo(school.finance_lead, school.id, picture(), "A golden band across a green shield")


def picture() -> bytes:
    """A green shield with a golden band, as PNG (ISO/IEC 15948): 96 by 96 pixels."""
    rows = b"".join(
        b"\0" + b"".join(bytes(_colour(column, row)) for column in range(SIZE)) for row in range(SIZE)
    )
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _colour(column: int, row: int) -> tuple[int, int, int]:
    """Outside the shield white; its lower half narrows to a point."""
    middle = SIZE // 2
    width = middle - 6 if row <= middle else (middle - 6) * (SIZE - EDGE - row) // (SIZE - EDGE - middle)
    if row < EDGE or abs(column - middle) > width:
        return WHITE
    return GOLD if 0 <= row - column // 3 - 20 < BAND else GREEN
