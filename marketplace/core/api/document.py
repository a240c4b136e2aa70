"""The OpenAPI 3.1 document, written from the operations themselves: it cannot say what they do not do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from marketplace.core.api import problems, repeats
from marketplace.core.api.operations import JSON, Operation
from marketplace.core.api.problems import MEANINGS, Problem
from marketplace.core.api.scopes import SCOPE_LABELS
from marketplace.core.api.throttle import USUAL

VERSION = "1.0.0"
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
Named = Mapping[Any, Mapping[str, Any]]
"""By a schema, and whether it is sent ("validation") or answered ("serialization"): where it stands."""
REFERENCE = "#/components/schemas/{model}"
ABOUT = """\
What a person does in Weald, a program can do for them: with a personal token, by the same rules. Amounts \
are whole pence, quantities are text, days are ISO 8601 and moments are in UTC. Every POST carries an \
`Idempotency-Key`. Errors are `application/problem+json` (RFC 9457)."""


def openapi(operations: Sequence[Operation], more_paths: dict[str, Any], address: str) -> dict[str, Any]:
    """The document about these operations, and what is described by hand, at this address."""
    named, schemas = models_json_schema(_models(operations), ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = PLACE.sub(lambda place: f"{{{place[2]}}}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = describe(operation, named)
    whole = paths | more_paths
    chapters = dict.fromkeys(said["tags"][0] for methods in whole.values() for said in methods.values())
    return {
        "openapi": "3.1.0",
        "info": {"title": "Weald", "version": VERSION, "description": ABOUT},
        "servers": [{"url": address}],
        "tags": [{"name": chapter} for chapter in chapters],
        "paths": whole,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A personal token. Its scopes: "
                    + "; ".join(f"`{scope}` ({label})" for scope, label in SCOPE_LABELS.items()),
                }
            },
        },
    }


def _models(operations: Iterable[Operation]) -> list[tuple[type[BaseModel], Any]]:
    found: dict[tuple[type[BaseModel], str], None] = {(Problem, "serialization"): None}
    for operation in operations:
        if operation.body is not None:
            found[operation.body, "validation"] = None
        if operation.answers is not None:
            found[operation.answers, "serialization"] = None
    return list(found)


def describe(operation: Operation, named: Named) -> dict[str, Any]:
    """One operation as the document says it; `named` is where each schema stands in it."""
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description or operation.summary,
        "tags": [operation.chapter],
        "security": [{"token": [str(operation.scope)] if operation.scope else []}],
        "parameters": [*_places(operation), *_questions(operation), *_headers(operation)],
        "responses": _responses(operation, named),
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": named[operation.body, "validation"]}},
        }
    return described


def _places(operation: Operation) -> list[dict[str, Any]]:
    kinds = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer", "minimum": 0}}
    return [
        {"name": place[2], "in": "path", "required": True, "schema": kinds.get(place[1], {"type": "string"})}
        for place in PLACE.finditer(operation.path)
    ]


def _questions(operation: Operation) -> list[dict[str, Any]]:
    if operation.asked is None:
        return []
    _, schema = models_json_schema([(operation.asked, "validation")], ref_template=REFERENCE)
    definitions = schema["$defs"]
    properties = definitions[operation.asked.__name__]["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": said.get("description", ""),
            "schema": _plain(said, definitions),
        }
        for name, said in properties.items()
    ]


def _plain(said: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """What one question of an address may be: it is left out where JSON would say null."""
    chosen = next((one for one in said.get("anyOf", ()) if one.get("type") != "null"), said)
    if reference := chosen.get("$ref"):
        chosen = definitions[reference.rpartition("/")[2]]
    left_out = {"title", "description", "default"} if chosen is not said else {"title", "description"}
    return {key: value for key, value in chosen.items() if key not in left_out}


def _headers(operation: Operation) -> list[dict[str, Any]]:
    if operation.method != "POST":
        return []
    return [
        {
            "name": repeats.HEADER,
            "in": "header",
            "required": True,
            "description": "A text of your own for each thing that you do. Sent again with the same request "
            "within 24 hours it gives the same answer, and nothing is done twice.",
            "schema": {"type": "string", "pattern": f"^{repeats.KEY.pattern}$"},
        }
    ]


def statuses(operation: Operation) -> list[int]:
    """What can go wrong, by the status of the answer."""
    found = {401, 403, 429}
    if PLACE.search(operation.path):
        found.add(404)
    if operation.asked is not None:
        found.add(422)
    if operation.body is not None:
        found |= {400, 404, 409, 413, 415, 422}
    if operation.method == "POST":
        found |= {400, 409, 422}
    return sorted(found)


def _responses(operation: Operation, named: Named) -> dict[str, Any]:
    right: dict[str, Any] = {"description": "Made" if operation.makes else "As asked"}
    if operation.answers is not None:
        right["content"] = {JSON: {"schema": named[operation.answers, "serialization"]}}
    else:
        kind = {"type": "object"} if operation.file == JSON else {"type": "string", "format": "binary"}
        right["content"] = {operation.file: {"schema": kind}}
    if operation.makes:
        right["headers"] = {
            "Location": {"description": "Where it is", "required": True, "schema": {"type": "string"}}
        }
    responses = {str(int(operation.status)): right}
    for status in statuses(operation):
        responses[str(status)] = problem(status)
    return responses


def problem(status: int) -> dict[str, Any]:
    """A problem as the document says it."""
    found: dict[str, Any] = {
        "description": MEANINGS[status],
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model=Problem.__name__)}}},
    }
    if status == 429:  # noqa: PLR2004  # the status's own name
        found["description"] += f" A token may ask {USUAL.a_minute} times a minute, {USUAL.at_once} at once."
        found["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait",
                "required": True,
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    return found
