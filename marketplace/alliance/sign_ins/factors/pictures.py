"""The square that a phone reads, as a path for the templates to draw."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4
"""The margin that readers need (ISO/IEC 18004), in squares."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as an SVG path over squares of one unit, with the quiet margin that readers need."""

    path: str
    size: int
    says: str


def drawn(content: str, says: str) -> QrCode:
    """The picture of a text; `says` is what somebody who cannot see it hears."""
    code = segno.make(content, micro=False, error="m")
    lines = []
    for y, row in enumerate(code.matrix_iter(border=QUIET)):
        x = 0
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                lines.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return QrCode("".join(lines), int(code.symbol_size(border=QUIET)[0]), says)
