"""Which format a file is in, told by what it begins with, never by its name."""

from __future__ import annotations

import re

from invoicing.bank.formats import camt, ofx, swift
from invoicing.bank.rules import Format, ReadStatement

BEGINNING = 4_096


def format_of(content: bytes) -> Format:
    """The format; CSV for whatever is none of the others."""
    text = content[:BEGINNING].decode("utf-8", errors="replace").lstrip("\ufeff \r\n\t")
    if re.search(r"OFXHEADER|<\?OFX|<OFX>", text, re.IGNORECASE):
        return Format.OFX
    if text.startswith("<"):
        return Format.CAMT
    if re.search(r"(?m)^:20:", text) and ":25" in text:
        return Format.MT940
    return Format.CSV


def read(kind: Format, content: bytes) -> list[ReadStatement]:
    """The statements of a file that says itself what it means: any format but CSV. Raises RuleBroken."""
    reader = {Format.CAMT: camt.read, Format.OFX: ofx.read, Format.MT940: swift.read}[kind]
    return reader(content)
