"""Operations: a function of a stage’s `api.py` with what it takes, what it answers, and its scope.

The decorators read the function's annotations: `asked` is the question of the address, `body` the JSON that
is sent, `making` the id that a new thing gets; any other parameter is a place in the path. What it returns is
a schema, or a `FileAnswer`. The same description checks the requests, and writes the document.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, get_type_hints

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import TooManyRequests, UnsupportedMediaType

from marketplace.core import clock
from marketplace.core.api import repeats
from marketplace.core.api.bearers import bearer
from marketplace.core.api.problems import Mistaken
from marketplace.core.api.schemas import Asked, Schema
from marketplace.core.api.scopes import SCOPE_LABELS, Scope
from marketplace.core.api.throttle import throttle
from marketplace.core.errors import Forbidden
from marketplace.core.web import TEXT_LIMIT, csrf

JSON = "application/json"
BASE = "/api/v1"
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A file as an answer."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program can ask for. `scope` is None for one that every token may."""

    name: str
    method: str
    path: str
    chapter: str
    summary: str
    description: str
    scope: Scope | None
    asked: type[Asked] | None
    body: type[Schema] | None
    answers: type[Schema] | None
    file: str
    status: int
    makes: bool
    takes: tuple[str, ...]


class Api(Blueprint):
    """The operations of one stage. Its routes know no cookie, so they need no protection from other sites."""

    def __init__(self, name: str, import_name: str, chapter: str, path: str = "") -> None:
        super().__init__(name, import_name, url_prefix=f"{BASE}{path}")
        self.chapter = chapter
        self.path = path
        self.operations: list[Operation] = []
        csrf.exempt(self)

    def reads(self, rule: str, scope: Scope | None = None, *, file: str = "") -> Callable[[View], View]:
        """An operation that changes nothing. `file` is the media type of one that answers with a file."""
        return self._operation("GET", rule, scope, file=file)

    def makes(self, rule: str, scope: Scope) -> Callable[[View], View]:
        """An operation that makes something, under the id that it is given as `making`."""
        return self._operation("POST", rule, scope, status=HTTPStatus.CREATED)

    def does(self, rule: str, scope: Scope) -> Callable[[View], View]:
        """An operation that does something to what is there."""
        return self._operation("POST", rule, scope)

    def changes(self, rule: str, scope: Scope) -> Callable[[View], View]:
        """An operation that puts other content in place of what is there."""
        return self._operation("PUT", rule, scope)

    def _operation(
        self, method: str, rule: str, scope: Scope | None, *, file: str = "", status: int = HTTPStatus.OK
    ) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            hints = get_type_hints(view)
            answers = hints.pop("return")
            summary, _, description = (view.__doc__ or "").strip().partition("\n\n")
            operation = Operation(
                name=view.__name__,
                method=method,
                path=f"{BASE}{self.path}{rule}",
                chapter=self.chapter,
                summary=summary,
                description=" ".join(description.split()),
                scope=scope,
                asked=hints.get("asked"),
                body=hints.get("body"),
                answers=None if answers is FileAnswer else answers,
                file=file,
                status=status,
                makes=status == HTTPStatus.CREATED,
                takes=tuple(hints),
            )
            self.operations.append(operation)
            answering = functools.partial(_answer, operation, view)
            self.add_url_rule(
                rule, view.__name__, functools.update_wrapper(answering, view), methods=[method]
            )
            return view

        return decorate


def _answer(operation: Operation, view: Callable[..., Any], **places: Any) -> Response:
    """Check a request by its description, do what it asks, and answer."""
    token = bearer()
    if seconds := throttle.seconds_to_wait(token.token_id, clock.machine_now()):
        raise TooManyRequests(f"Wait {seconds} seconds, then go on more slowly.", retry_after=seconds)
    if operation.scope is not None and operation.scope not in token.scopes:
        raise Forbidden(f"This token lacks the scope {operation.scope}: {SCOPE_LABELS[operation.scope]}.")
    given = dict(places)
    if operation.asked is not None:
        given["asked"] = _read(operation.asked.model_validate, request.args.to_dict())
    sent = b""
    if operation.body is not None:
        sent = _sent()
        given["body"] = _read(operation.body.model_validate_json, sent)
        g.fields_sent = frozenset(operation.body.model_fields)
    if operation.method != "POST":
        return _as_answer(operation, view(**given))
    key = repeats.key_of(request.headers.get(repeats.HEADER))
    address = f"{request.method} {request.full_path}".encode()

    def do(making: uuid.UUID) -> Response:
        made = {"making": making} if "making" in operation.takes else {}
        response = _as_answer(operation, view(**given, **made))
        if operation.makes:
            response.headers["Location"] = f"{request.path}/{making}"
        return response

    return repeats.once(token, key, repeats.fingerprint(token, address, sent), do)


def _sent() -> bytes:
    if request.mimetype != JSON:
        raise UnsupportedMediaType("Send “Content-Type: application/json”.")
    request.max_content_length = TEXT_LIMIT
    return request.get_data()


def _read(check: Callable[[Any], BaseModel], given: Any) -> BaseModel:
    try:
        return check(given)
    except ValidationError as error:
        raise Mistaken.from_schema(error) from None


def _as_answer(operation: Operation, result: Schema | FileAnswer) -> Response:
    if isinstance(result, FileAnswer):
        response = Response(result.content, mimetype=result.media_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{result.name}"'
        return response
    return Response(result.model_dump_json(), operation.status, mimetype=JSON)
