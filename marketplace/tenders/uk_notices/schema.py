"""The OCDS 1.1 schema with the extensions that our notices use, and the checking of documents by it.

The files in `schema/` are copies with their sources and licences beside them. An extension is a JSON
merge patch to the release schema: https://standard.open-contracting.org/1.1/en/schema/conformance_and_extensions/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft4Validator, FormatChecker
from ocdsmerge import Merger
from referencing import Registry
from referencing.jsonschema import DRAFT4

FILES = Path(__file__).with_name("schema")
PARTS = ("lots.json", "bids.json", "enquiries.json", "uk.json")
EXTENSIONS = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_enquiry_extension/master/extension.json",
    "https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/main/extension.json",
)
"""The extensions whose schemas are PARTS, in this order."""
CORE = "https://raw.githubusercontent.com/open-contracting-extensions"
ALSO_USED = (
    f"{CORE}/ocds_legalBasis_extension/master/extension.json",
    f"{CORE}/ocds_organizationClassification_extension/master/extension.json",
)
"""Two on which the United Kingdom extension builds, for its codes UKPGA and UK_CA_TYPE; no schema of theirs
is needed to read them."""
FORMATS = FormatChecker(formats=())


class Shape(StrEnum):
    """What a document is, by the name of the schema that it keeps to."""

    RELEASE = "release-schema.json"
    RELEASE_PACKAGE = "release-package-schema.json"
    RECORD_PACKAGE = "record-package-schema.json"


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a document breaks its schema (`tender.value.amount`) and how."""

    path: str
    message: str


def problems(document: object, shape: Shape = Shape.RELEASE) -> list[Problem]:
    """Everything by which a document breaks its schema, in the order of the document."""
    errors = sorted(_validator(shape).iter_errors(document), key=lambda error: [*map(str, error.path)])
    return [Problem(".".join(map(str, error.path)), error.message) for error in errors]


@cache
def release_schema() -> dict[str, Any]:
    """The release schema of OCDS 1.1 with our extensions merged in: lots, bids, enquiries, United Kingdom."""
    merged: Any = _read(Shape.RELEASE)
    for part in PARTS:
        merged = merge_patch(merged, _read(part))
    return dict(merged)


def merge_patch(target: Any, patch: Any) -> Any:
    """The target changed by a JSON merge patch (RFC 7396); neither of the two is touched."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


@cache
def merger() -> Merger:
    """What makes one compiled release out of the releases of one process, by the rules of our schema."""
    return Merger(release_schema())


def number(value: Decimal) -> int | float:
    """A decimal as the number of a JSON document; up to fifteen digits come back as they went."""
    return int(value) if value == value.to_integral_value() else float(value)


def to_json(document: object, indent: int | None = None) -> str:
    """A document as the text that is stored, hashed and served."""
    if indent is not None:
        return json.dumps(document, ensure_ascii=False, indent=indent)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


@cache
def _validator(shape: Shape) -> Draft4Validator:
    release = release_schema()
    known: Registry[Any] = Registry().with_resource(release["id"], DRAFT4.create_resource(release))
    schema = release if shape is Shape.RELEASE else _read(shape)
    return Draft4Validator(schema, registry=known, format_checker=FORMATS)


def _read(name: str) -> dict[str, Any]:
    return dict(json.loads((FILES / name).read_text("utf-8")))


@FORMATS.checks("date-time")
def _is_moment(value: object) -> bool:
    """A date and time with its zone (RFC 3339)."""
    if not isinstance(value, str):
        return True
    try:
        return "T" in value and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


@FORMATS.checks("uri")
def _is_address(value: object) -> bool:
    """An absolute address without spaces."""
    if not isinstance(value, str):
        return True
    try:
        return bool(urlsplit(value).scheme) and not any(letter.isspace() for letter in value)
    except ValueError:
        return False
