"""What a PDF is drawn from: text and bytes alone, so that another process can draw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An e-invoice (CII) that goes into a document, and the moment by which its file is dated."""

    xml: bytes
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """A document to draw. `template` names it where something is wrong; the rest is all that is drawn."""

    template: str
    html: str
    style: str
    enclosure: Enclosure | None = None


class NotDrawn(Exception):
    """A document that could not be drawn within its limits of time and memory."""
