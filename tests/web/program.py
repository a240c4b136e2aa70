"""A program with a token: every answer is compared with what the OpenAPI document says of it."""

import functools
import json
import re
import uuid
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

from marketplace.core.api.repeats import HEADER
from marketplace.core.api.scopes import Scope
from marketplace.core.policy import Actor
from tests import make
from tests.web.client import Client


class Program:
    """What a person's token lets a program do. Without a person it has no token."""

    def __init__(self, app: Flask, person: Actor | None = None, *scopes: Scope) -> None:
        self.document = app.extensions["openapi"]
        self.client = Client(app)
        if person is not None:
            self.carry(make.token(person, *scopes))

    def carry(self, token: str) -> None:
        """Send this token from now on."""
        self.client.carry(token)

    def get(self, path: str, *, status: int = 200, **request: Any) -> Any:
        """What an address answers."""
        return self._read(self.client.open(f"/api/v1{path}", **request), status)

    def post(self, path: str, body: Any = None, *, key: str | None = None, status: int = 200) -> Any:
        """What is answered to something that is to be done, under a key of its own unless one is given."""
        headers = {HEADER: key or str(uuid.uuid4())}
        answer = self.client.open(f"/api/v1{path}", method="POST", json=body, headers=headers)
        return self._read(answer, status)

    def put(self, path: str, body: Any, *, status: int = 200) -> Any:
        """What is answered to other content."""
        return self._read(self.client.open(f"/api/v1{path}", method="PUT", json=body), status)

    def _read(self, answer: TestResponse, status: int) -> Any:
        """The JSON of an answer that the document knows."""
        assert answer.status_code == status, f"{answer.request.path}: {answer.status} {answer.text[:2000]}"
        described = self._described(answer)
        assert str(status) in described["responses"], f"{answer.request.path} {status} is not in the document"
        content = described["responses"][str(status)]["content"]
        assert answer.mimetype in content, f"{answer.mimetype} is not in the document"
        if not (answer.mimetype or "").endswith("json"):
            return answer.data
        check(
            json.dumps(self.document["components"]), json.dumps(content[answer.mimetype]["schema"])
        ).validate(answer.get_json())
        return answer.get_json()

    def _described(self, answer: TestResponse) -> Any:
        """What the document says of the operation that answered."""
        for path, methods in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)), answer.request.path):
                return methods[answer.request.method.lower()]
        raise AssertionError(f"{answer.request.path} is not in the document")


@functools.cache
def check(components: str, schema: str) -> Draft202012Validator:
    """What compares an answer with its schema."""
    whole = json.loads(schema) | {"components": json.loads(components)}
    return Draft202012Validator(whole, format_checker=FormatChecker())
