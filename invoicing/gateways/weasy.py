"""PDF documents by WeasyPrint, tagged for assistive technology (PDF/UA-1): same content, same bytes.

No address is ever opened: `data:` is allowed, and `asset:NAME` is one of the front-end parts in
`marketplace/static/vendor/` by its plain name.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import lru_cache

from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from invoicing.gateways.drawing import Order
from marketplace.core.vendor import VENDOR, manifest

# Otherwise the typeface embedded in a document says when it was embedded, and no two are alike
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")

ASSET = "asset:"
ACCESSIBLE = "pdf/ua-1"
_one_at_a_time = threading.Lock()


class ClosedFetcher(URLFetcher):
    """Gives a document what it carries with it, and our typefaces; remembers what it refused."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The content at an address. Raises ValueError for an address outside the document."""
        try:
            if url.startswith(ASSET):
                return URLFetcherResponse(url, _asset(url.removeprefix(ASSET)))
            return super().fetch(url, headers)
        except ValueError:
            self.refused.append(url)
            raise


def draw(order: Order, *, variant: str = ACCESSIBLE, attachments: Sequence[Attachment] = ()) -> bytes:
    """The PDF of an order. Raises ValueError when it refers to anything outside itself."""
    with _one_at_a_time:
        sheet, fonts = _sheet(order.style)
        fetcher = ClosedFetcher()
        document: bytes = HTML(string=order.html, url_fetcher=fetcher).write_pdf(
            stylesheets=[sheet], font_config=fonts, pdf_variant=variant, attachments=list(attachments)
        )
    if fetcher.refused:
        raise ValueError(f"{order.template} refers to {fetcher.refused[0]}, which is outside the document.")
    return document


@lru_cache(maxsize=1)
def _sheet(style: str) -> tuple[CSS, FontConfiguration]:
    """The parsed style and the typefaces it names; parsing takes longer than a page does."""
    fonts = FontConfiguration()
    return CSS(string=style, font_config=fonts, url_fetcher=ClosedFetcher()), fonts


def _asset(name: str) -> bytes:
    """A fetched front-end file, by its plain name. Raises ValueError when there is none."""
    names = manifest()
    if name not in names:
        raise ValueError(f"There is no file called {name} among the front-end parts.")
    return (VENDOR / names[name]).read_bytes()
