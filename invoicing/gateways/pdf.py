"""PDF documents, for whoever needs one. The library that draws them is loaded with the first document.

It takes most of a second to load, and most programs (a command, the job queue, a page) never draw one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any


def render(template: str, **context: Any) -> bytes:
    """The PDF of a template, such as `print/invoice.html`, filled with `context` and nothing else.

    Raises ValueError when the template refers to anything outside itself: that is a fault in the
    template, never in what a person typed.
    """
    from invoicing.gateways import weasy  # noqa: PLC0415  # see above

    return weasy.render(template, **context)


def render_hybrid(template: str, xml: bytes, written_at: datetime, **context: Any) -> bytes:
    """The PDF of a template with an e-invoice inside it, to be kept: PDF/A-3, PDF/UA-1 and Factur-X.

    Raises ValueError as `render` does.
    """
    from invoicing.gateways import hybrid  # noqa: PLC0415  # see above

    return hybrid.render(template, xml, written_at, **context)
