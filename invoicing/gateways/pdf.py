"""PDF documents, for whoever needs one. The library that draws them is loaded with the first document.

It takes most of a second to load, and most programs (a command, the job queue, a page) never draw one.
"""

from __future__ import annotations

from typing import Any


def render(template: str, **context: Any) -> bytes:
    """The PDF of a template, such as `print/invoice.html`, filled with `context` and nothing else.

    Raises ValueError when the template refers to anything outside itself: that is a fault in the
    template, never in what a person typed.
    """
    from invoicing.gateways import weasy  # noqa: PLC0415  # see above

    return weasy.render(template, **context)
