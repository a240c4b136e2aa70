"""What the OpenAPI document promises is held to, whatever is sent and whoever sends it.

Schemathesis makes requests from the document: such as fit it, and such as do not. They are sent with a token
of every role and without one, by turns; about half of them name things that are there.
"""

from __future__ import annotations

import contextvars
import uuid
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.globals import _cv_app
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from marketplace.core.api.throttle import Rate, throttle
from marketplace.core.db import db
from marketplace.core.policy import Role
from tests import make
from tests.web.program import Program

AnyCase = Case[Any]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES, SENDERS = 6, 3
"""Requests for each operation, and how many send each: together more than there are roles."""


def tokens(alliance: make.Alliance, *suppliers: make.Supplier) -> Iterator[str]:
    """Tokens of every role, with all scopes; and none."""
    school = alliance.schools[0]
    leader = make.person(school.id, Role.SENIOR_LEADER)
    yield ""
    for person in (alliance.coordinator, alliance.auditor, school.bursar, school.headteacher, leader):
        yield make.token(person)
    for person in (school.governor, school.finance_lead, *(one.admin for one in suppliers)):
        yield make.token(person)


@pytest.fixture
def there(app: Flask) -> dict[str, Any]:  # noqa: ARG001  # it needs the database
    """Things that are there, by the names under which requests ask for them; and who asks."""
    tender = make.published_tender(make.alliance())
    alliance = tender.alliance
    school, other = alliance.schools[:2]
    for one in (school, other):
        make.payable_school(one)
    supplier = make.supplier()
    return {
        "school_id": str(school.id),
        "supplier_id": str(supplier.id),
        "category": "insurance",
        "version": 1,
        "contract_id": str(make.contract(school).id),
        "need_id": str(make.draft_need(school, "insurance")),
        "tender_id": str(tender.id),
        "quote_id": str(make.submitted_quote(tender, supplier)),
        "invoice_id": str(make.issued_invoice(school, other)),
        "fund_id": str(make.partnership_fund(alliance).id),
        "tokens": list(tokens(alliance, supplier)),
    }


def sent(case: AnyCase, token: str) -> Any:
    """The answer to a request, which gets a context of its own, as on a server."""
    db.session.rollback()

    def call() -> Any:
        _cv_app.set(None)  # type: ignore[arg-type]  # no context yet
        return case.call(headers={"Authorization": f"Bearer {token}"} if token else {})

    return contextvars.copy_context().run(call)


def name_what_is_there(case: AnyCase, there: dict[str, Any]) -> None:
    """Put things that are there in place of made-up ones."""
    case.path_parameters.update({name: there[name] for name in case.path_parameters.keys() & there.keys()})
    if isinstance(case.body, dict):
        case.body.update({name: there[name] for name in case.body.keys() & there.keys()})


@pytest.mark.long
def test_no_request_meets_an_error_of_ours_or_an_answer_that_is_not_described(
    app: Flask, there: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "_rate", lambda: Rate(a_minute=10_000_000, at_once=1_000_000))
    schema = contextvars.copy_context().run(schemathesis.openapi.from_wsgi, "/api/v1/openapi.json", app)
    turns = cycle(there["tokens"])
    asked: dict[str, int] = {}

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        fitting = operation.as_strategy(GenerationMode.POSITIVE)
        unfit = operation.as_strategy(GenerationMode.NEGATIVE)

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(fitting, unfit), is_there=st.booleans())
        def ask(case: AnyCase, is_there: bool) -> None:  # noqa: FBT001  # Hypothesis gives it by name
            if is_there:
                name_what_is_there(case, there)
            for token in islice(turns, SENDERS):
                if case.headers.get("Idempotency-Key"):
                    case.headers["Idempotency-Key"] = str(uuid.uuid4())
                case.validate_response(sent(case, token), checks=CHECKS)
                asked[case.operation.label] = asked.get(case.operation.label, 0) + 1

        ask()
    assert len(asked) == sum(map(len, app.extensions["openapi"]["paths"].values()))


def test_everything_that_can_be_read_is_answered_as_described(app: Flask, there: dict[str, Any]) -> None:
    """To at least one of those who ask; `Program` compares each answer with the document."""
    programs = [Program(app) for _ in there["tokens"]]
    for program, token in zip(programs, there["tokens"], strict=True):
        program.carry(token)
    releases = programs[1].get("/ocds/releases")["releases"]
    known = {**there, "ocid": releases[0]["ocid"]}
    unread = []
    for path in app.extensions["openapi"]["paths"]:
        if "get" not in app.extensions["openapi"]["paths"][path] or path.endswith(("/copy", "/quote")):
            continue  # of a draft, which has a test of its own
        address = path.removeprefix("/api/v1").format(**known)
        for program in programs[1:]:
            if program.client.open(f"/api/v1{address}").status_code == 200:
                program.get(address)
                break
        else:
            unread.append(path)
    assert not unread
