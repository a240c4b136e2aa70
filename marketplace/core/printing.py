"""The place where documents are drawn: stages write what a document says, a gateway makes the PDF of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Drawer = Callable[..., bytes]
_drawers: list[Drawer] = []


def draw_with(drawer: Drawer) -> None:
    """Draw documents with this function. Called by the composition root; the last one given draws."""
    _drawers[:] = [drawer]


def draw(template: str, **context: Any) -> bytes:
    """The PDF of a template in `templates/print/`, filled with `context` and nothing else.

    Raises ValueError when the template refers to anything outside itself.
    """
    return _drawers[0](template, **context)
