"""The open data as the OpenAPI document says it. What is inside a package, the OCDS standard says."""

from __future__ import annotations

from typing import Any

from marketplace.core.api.document import problem
from marketplace.core.api.operations import BASE, JSON

CHAPTER = "Open data"
WHEN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))?$"
QUESTIONS = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "description": meaning,
        "schema": {"type": "string", "pattern": pattern},
    }
    for name, meaning, pattern in (
        ("from", "Published from this day in England, or this moment.", WHEN),
        ("to", "Published until this day in England, it included, or before this moment.", WHEN),
        (
            "after",
            "What comes after this place; `links.next` of a package has it.",
            "^[0-9]{1,9}$",
        ),
    )
]
OCID = [{"name": "ocid", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}]


def _package(things: str) -> dict[str, Any]:
    """What a package of OCDS 1.1 has in any case."""
    texts = {name: {"type": "string"} for name in ("uri", "version", "publishedDate")}
    return {
        "type": "object",
        "required": [*texts, "publisher", "extensions", things],
        "properties": {
            **texts,
            "publisher": {"type": "object", "required": ["name"]},
            "extensions": {"type": "array", "items": {"type": "string"}},
            "links": {"type": "object", "properties": {"next": {"type": "string"}}},
            things: {
                "type": "array",
                "minItems": 1,
                "items": {"type": "object", "required": ["ocid"]},
                "description": f"The {things}, as OCDS 1.1 has them.",
            },
        },
    }


def _reads(name: str, summary: str, things: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    right = {"description": "As asked", "content": {JSON: {"schema": _package(things)}}}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "description": "OCDS 1.1, under the Open Government Licence v3.0. Send the ETag back as "
            "If-None-Match: an answer that did not change is a short 304.",
            "tags": [CHAPTER],
            "security": [],
            "parameters": parameters,
            "responses": {
                "200": right,
                "304": {"description": "It did not change"},
                "404": problem(404),
                "422": problem(422),
            },
        }
    }


PATHS: dict[str, Any] = {
    f"{BASE}/ocds/releases": _reads(
        "list_releases", "Published notices, in the order in which they became public.", "releases", QUESTIONS
    ),
    f"{BASE}/ocds/records": _reads(
        "list_records", "Tenders, each with all its releases and the compiled one.", "records", QUESTIONS
    ),
    f"{BASE}/ocds/records/{{ocid}}": _reads("show_record", "The record of one tender.", "records", OCID),
}
