import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from pypdf import PdfReader

from invoicing.gateways import pdf, weasy

pytestmark = pytest.mark.embedded
FRAME = """{% extends "print/base.html" %}{% block title %}Invoice {{ reference }}{% endblock %}
{% block content %}"""
Document = Callable[[str], bytes]


@pytest.fixture
def document(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Document:
    """Makes a PDF of some HTML in the frame of all documents."""

    def make(content: str) -> bytes:
        kept = ChoiceLoader(
            [DictLoader({"print/tried.html": FRAME + content + "{% endblock %}"}), app.jinja_env.loader]  # type: ignore[list-item]
        )
        with monkeypatch.context() as patch:
            patch.setattr(app.jinja_env, "loader", kept)
            app.jinja_env.cache.clear()  # type: ignore[union-attr]
            return pdf.render(
                "print/tried.html",
                issuer="Oakfield Primary School",
                reference="OAK-2026-0001",
                typed="<b>£1 & Łódź</b>",
            )

    return make


def test_a_document_says_its_language_and_title_and_is_tagged(document: Document) -> None:
    reader = PdfReader(io.BytesIO(document("<p>Words</p>")))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "en"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_data()
    assert reader.metadata is not None
    assert "OAK-2026-0001" in str(reader.metadata.title)


def test_what_people_typed_is_text_and_never_markup(document: Document) -> None:
    words = PdfReader(io.BytesIO(document("<p>{{ typed }}</p>"))).pages[0].extract_text()
    assert "<b>£1 & Łódź</b>" in words


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "asset:../../app.py", "ftp://localhost/x"]
)
def test_a_document_that_reaches_outside_itself_is_refused(document: Document, address: str) -> None:
    with pytest.raises(ValueError, match="outside the document"):
        document(f'<img src="{address}" alt="">')


def test_the_same_content_gives_the_same_bytes(document: Document) -> None:
    assert document("<h2>Words</h2><p>£1,234.50</p>") == document("<h2>Words</h2><p>£1,234.50</p>")


def test_the_same_content_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib, sys; from weasyprint import HTML, CSS; from invoicing.gateways import weasy;"
        "from weasyprint.text.fonts import FontConfiguration;"
        "fonts = FontConfiguration();"
        "face = '@font-face{font-family:S;src:url(asset:source-sans-3-latin.woff2)} html{font-family:S}';"
        "sheet = CSS(string=face, font_config=fonts, url_fetcher=weasy.ClosedFetcher());"
        "made = HTML(string='<html lang=en><title>T</title><p>Words').write_pdf("
        "stylesheets=[sheet], font_config=fonts, pdf_variant='pdf/ua-1');"
        "print(hashlib.sha256(made).hexdigest())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}

    def once() -> str:
        return subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            cwd=Path(weasy.__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    first, second = once(), once()
    assert len(first) == len(hashlib.sha256().hexdigest())
    assert first == second
