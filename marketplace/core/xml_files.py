"""The one door through which XML from outside comes in: no document types, no entities, and within limits.

XML can declare entities that grow without end, or that read other files and addresses. Nothing that
schools, suppliers or banks send needs any, so a file with a document type is not read at all. A few
megabytes can also hold a million elements, which take a minute and half a gigabyte to keep.
"""

from __future__ import annotations

from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Defused

MOST_TAGS = 300_000  # a bank's statement of 5,000 movements has about as many


class NotXml(ValueError):
    """A content that is no XML, breaks off, or has more in it than any invoice or statement."""


class Declares(ValueError):
    """XML with a document type or entities in it: it was not read."""


def parse(content: bytes) -> Element:
    """The root of an XML document. Raises NotXml and Declares."""
    if content.count(b"<") > MOST_TAGS:
        raise NotXml
    try:
        root: Element = Defused.fromstring(content, forbid_dtd=True)
    except DefusedXmlException as declared:
        raise Declares from declared
    except (ParseError, ValueError, LookupError) as broken:
        raise NotXml from broken
    return root


def refuse_declarations(part: IO[bytes]) -> None:
    """Read XML as far as its first tag: entities stand before it. Raises NotXml, Declares."""
    try:
        next(iter(Defused.iterparse(part, events=("start",), forbid_dtd=True)), None)
    except DefusedXmlException as declared:
        raise Declares from declared
    except (ParseError, ValueError, LookupError) as broken:
        raise NotXml from broken
