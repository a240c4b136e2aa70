"""The document for programs, and the same as a page for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from flask.json import dumps

from marketplace.core.api import document
from marketplace.core.api.operations import BASE, JSON, Api, Operation
from marketplace.core.api.problems import MEANINGS, TITLES
from marketplace.core.api.scopes import SCOPE_LABELS
from marketplace.core.api.throttle import USUAL
from marketplace.core.settings import Settings
from marketplace.core.web import page, public

api = Blueprint("api", __name__)
FRESH_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Described:
    """One operation as the page shows it: its line, and the fields that it takes and answers."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    questions: tuple[tuple[str, str, str], ...]
    sent: tuple[tuple[str, str, str], ...]
    answered: tuple[tuple[str, str, str], ...]


def set_up(app: Flask, apis: Iterable[Api], more_paths: Mapping[str, Any]) -> None:
    """Serve the stages' operations, and the document about them and about what is described by hand."""
    operations: list[Operation] = []
    for one in apis:
        app.register_blueprint(one)
        operations += one.operations
    app.extensions["operations"] = operations
    settings: Settings = app.extensions["settings"]
    app.extensions["openapi"] = document.openapi(operations, dict(more_paths), settings.base_url)
    app.register_blueprint(api)


@api.route(f"{BASE}/openapi.json")
@public
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    response = Response(dumps(current_app.extensions["openapi"]), mimetype=JSON)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.add_etag()
    response.make_conditional(request)
    return response


@api.route("/api")
@public
def read() -> Any:
    """What programs can ask for, for people to read."""
    described = current_app.extensions["openapi"]
    schemas = described["components"]["schemas"]
    chapters: dict[str, list[Described]] = {}
    for path, methods in described["paths"].items():
        for method, said in methods.items():
            chapters.setdefault(said["tags"][0], []).append(_described(path, method, said, schemas))
    return page(
        "api/read.html",
        chapters=chapters,
        scopes=[(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        problems=[(status, TITLES[status], meaning) for status, meaning in MEANINGS.items()],
        rate=USUAL,
        base_url=current_app.extensions["settings"].base_url,
    )


def _described(path: str, method: str, said: Mapping[str, Any], schemas: Mapping[str, Any]) -> Described:
    right = next(answer for status, answer in said["responses"].items() if status.startswith("2"))
    scopes = [scope for one in said["security"] for scope in one.get("token", ())]
    no_token = "None: anybody may" if not said["security"] else "Any token"
    return Described(
        name=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        description=said["description"],
        scope=", ".join(scopes) or no_token,
        questions=tuple(
            (one["name"], _kind(one["schema"]), one.get("description", ""))
            for one in said["parameters"]
            if one["in"] != "path"
        ),
        sent=_fields(said.get("requestBody", {}), schemas),
        answered=_fields(right, schemas),
    )


def _fields(part: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """The fields of what is sent or answered: name, kind, and what it is."""
    schema = part.get("content", {}).get(JSON, {}).get("schema", {})
    named = schemas.get(_name(schema), {})
    items = named.get("properties", {}).get("items", {})
    if each := _name(items.get("items", {})):
        named = schemas[each]
    needed = set(named.get("required", ()))
    return tuple(
        (name, _kind(said) + ("" if name in needed else ", may be left out"), said.get("description", ""))
        for name, said in named.get("properties", {}).items()
    )


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


KINDS: Mapping[str, str] = {
    "integer": "whole number",
    "string": "text",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
    "null": "null",
    "date": "day",
    "date-time": "moment",
    "uuid": "id",
}


def _kind(schema: Mapping[str, Any]) -> str:
    """What a value is, in words."""
    if several := schema.get("anyOf"):
        return " or ".join(_kind(one) for one in several)
    if name := _name(schema):
        found: Sequence[str] = current_app.extensions["openapi"]["components"]["schemas"][name].get(
            "enum", ()
        )
        return "one of " + ", ".join(found) if found else name
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    kind = KINDS.get(schema.get("format", ""), KINDS.get(schema.get("type", ""), "any value"))
    if kind == "list":
        return f"list of {_kind(schema.get('items', {}))}"
    return kind
