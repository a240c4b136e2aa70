"""PDF documents by WeasyPrint, tagged for assistive technology (PDF/UA-1): same content, same bytes.

A document is made of a template in `templates/print/`, of the style in `templates/print/print.css`,
and of nothing else. No address is ever opened: `data:` is allowed, and `asset:NAME` is one of the
front-end parts in `marketplace/static/vendor/` by its plain name.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask import current_app
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from marketplace.core.web import VENDOR

# Otherwise the typeface embedded in a document says when it was embedded, and no two are alike
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")

STYLE = "print/print.css"
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


def render(
    template: str, *, variant: str = ACCESSIBLE, attachments: Sequence[Attachment] = (), **context: Any
) -> bytes:
    """The PDF of a template, such as `print/invoice.html`, filled with `context` and nothing else.

    Raises ValueError when the template refers to anything outside itself: that is a fault in the
    template, never in what a person typed.
    """
    templates = current_app.jinja_env
    html = templates.get_template(template).render(context)
    style = templates.get_template(STYLE).render()
    with _one_at_a_time:
        sheet, fonts = _sheet(style)
        fetcher = ClosedFetcher()
        document: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[sheet], font_config=fonts, pdf_variant=variant, attachments=list(attachments)
        )
    if fetcher.refused:
        raise ValueError(f"{template} refers to {fetcher.refused[0]}, which is outside the document.")
    return document


@lru_cache(maxsize=1)
def _sheet(style: str) -> tuple[CSS, FontConfiguration]:
    """The parsed style and the typefaces it names; parsing takes longer than a page does."""
    fonts = FontConfiguration()
    return CSS(string=style, font_config=fonts, url_fetcher=ClosedFetcher()), fonts


def _asset(name: str) -> bytes:
    """A fetched front-end file, by its plain name. Raises ValueError when there is none."""
    manifest = VENDOR / "manifest.json"
    names: dict[str, str] = json.loads(manifest.read_text("utf-8")) if manifest.is_file() else {}
    if name not in names:
        raise ValueError(f"There is no file called {name} among the front-end parts.")
    return (VENDOR / names[name]).read_bytes()
