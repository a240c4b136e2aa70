"""PDF documents, for whoever needs one: a template in `templates/print/` and `print.css`, nothing else.

They are drawn by processes of their own (`workers`), apart from whoever asks. A program that never called
`draw_apart` draws them itself: tests, where two processes for each would cost more than they prove.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app

from invoicing.gateways import workers
from invoicing.gateways.drawing import Enclosure, Order
from invoicing.gateways.workers import Drawing, Workers

STYLE = "print/print.css"
_apart: list[Workers] = []


def draw_apart(having: Workers | None) -> None:
    """Draw with these processes from now on; with None, in this one. Called by the composition root."""
    _apart[:] = [having] if having else []


def order(template: str, enclosure: Enclosure | None = None, **context: Any) -> Order:
    """A template such as `print/invoice.html`, filled with `context` and nothing else, to be drawn.

    With an e-invoice inside it, it is drawn to be kept: PDF/A-3, PDF/UA-1 and Factur-X.
    """
    templates = current_app.jinja_env
    html = templates.get_template(template).render(context)
    return Order(template, html, templates.get_template(STYLE).render(), enclosure)


def begin(wanted: Order) -> Drawing:
    """Have a document drawn while the caller does something else; its `result` is the PDF."""
    return _apart[0].begin(wanted) if _apart else Drawing(lambda: workers.draw_here(wanted))


def draw(wanted: Order) -> bytes:
    """The PDF of an order.

    Raises NotDrawn when it takes too long or too much memory, and ValueError when the template refers to
    anything outside itself: that is a fault in the template, never in what a person typed.
    """
    return begin(wanted).result()


def render(template: str, **context: Any) -> bytes:
    """The PDF of a template. Raises as `draw` does."""
    return draw(order(template, **context))


def render_hybrid(template: str, xml: bytes, written_at: datetime, **context: Any) -> bytes:
    """The PDF of a template with an e-invoice inside it. Raises as `draw` does."""
    return draw(order(template, Enclosure(xml, written_at), **context))
