"""What went wrong, as RFC 9457 has a program told: `application/problem+json`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, current_app, g
from pydantic import Field, ValidationError
from werkzeug.exceptions import HTTPException

from marketplace.core.api.schemas import Schema
from marketplace.core.errors import Forbidden, NotFound, Refusal, RuleBroken, Stale
from marketplace.core.settings import Settings

MEDIA_TYPE = "application/problem+json"
PAGE = "/api"
"""The page that says what each problem means, and what to do."""
TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "A token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "There is no such operation here",
    409: "Overtaken",
    413: "Too large",
    415: "JSON is needed",
    422: "Not right",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Not just now",
}
MEANINGS: Mapping[int, str] = {
    400: "It is no JSON, or a header is missing. Mend the program that sent it.",
    401: "Send a token that has not expired as “Authorization: Bearer …”.",
    403: "The token lacks the scope, or its owner’s role does not allow it.",
    404: "It does not exist, or the token’s owner may not see it.",
    405: "The address is right, the method is not.",
    409: "Somebody changed it since you read it: read it again, then decide. Or the first request with "
    "this key is still being answered: send it again.",
    413: "A request may have up to 2 MB.",
    415: "Send “Content-Type: application/json”.",
    422: "It breaks a rule. “errors” names the fields, “detail” says what to do.",
    429: "Wait as many seconds as “Retry-After” says.",
    500: "Nothing was lost. Send it again with the same key; tell us the reference if it stays so.",
    503: "Weald’s records cannot be reached. Wait as many seconds as “Retry-After” says, and send it "
    "again with the same key.",
}
STATUSES: Mapping[type[Refusal], int] = {NotFound: 404, Forbidden: 403, RuleBroken: 422, Stale: 409}


class FieldProblem(Schema):
    """What is wrong with one field."""

    field: str = Field(description="The field’s name; those inside others with dots between them.")
    detail: str = Field(description="What is wrong with it, or what to enter.")


class Problem(Schema):
    """What went wrong, as RFC 9457 says it."""

    type: str = Field(description="The address that explains this kind of problem.")
    title: str = Field(description="The kind of problem, the same each time.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="What went wrong this time and what to do, in a sentence.")
    errors: list[FieldProblem] = Field(
        default=[], description="Which fields it is about, if it is about any."
    )
    version: int | None = Field(
        default=None, description="The version that it has now, when it was overtaken."
    )


class Mistaken(RuleBroken):
    """What was sent does not fit the schema: several fields may be wrong at once."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = list(problems)
        super().__init__("Some fields are not right. “errors” says which and why.")

    @classmethod
    def from_schema(cls, error: ValidationError) -> Mistaken:
        """From what a schema found. What was sent is not repeated."""
        return cls(
            FieldProblem(field=".".join(map(str, found["loc"])), detail=found["msg"])
            for found in error.errors(include_url=False, include_context=False, include_input=False)
        )


def of_refusal(refusal: Refusal) -> Response:
    """The answer to one of the four refusals."""
    status = next(code for kind, code in STATUSES.items() if isinstance(refusal, kind))
    errors: list[FieldProblem] = []
    if isinstance(refusal, Mistaken):
        errors = refusal.problems
    elif isinstance(refusal, RuleBroken) and refusal.field:
        errors = [FieldProblem(field=_as_sent(refusal.field), detail=refusal.message)]
    version = refusal.version if isinstance(refusal, Stale) else None
    return answer(status, refusal.message, errors=errors, version=version)


def _as_sent(field: str) -> str:
    """A field as the request named it: an amount in pence says so, an answer stands among the answers."""
    sent: frozenset[str] = g.get("fields_sent", frozenset())
    if f"{field}_pence" in sent:
        return f"{field}_pence"
    return re.sub(r"^answer_", "answers.", field) if field not in sent else field


def of_http(error: HTTPException) -> Response:
    """The answer to what the framework refuses, with the headers that it asks for."""
    code = error.code or 500
    response = answer(code, error.description or TITLES.get(code, "That did not work."))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def answer(status: int, detail: str, **more: Any) -> Response:
    """A problem as an answer."""
    settings: Settings = current_app.extensions["settings"]
    problem = Problem(
        type=f"{settings.base_url}{PAGE}#problem-{status}",
        title=TITLES.get(status, "That did not work"),
        status=status,
        detail=detail,
        **more,
    )
    return Response(problem.model_dump_json(), status, mimetype=MEDIA_TYPE)
