"""What holds for all that programs ask: who they are, how often, in which words, and once."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace.contracts import actions as contract_actions
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.api import repeats
from marketplace.core.api.document import PLACE
from marketplace.core.api.repeats import HEADER, Repeat
from marketplace.core.api.scopes import Scope
from marketplace.core.api.throttle import Rate, throttle
from marketplace.core.errors import Forbidden
from marketplace.core.events import Event
from marketplace.core.policy import Act
from tests import make
from tests.make.alliance import School
from tests.web.client import Client
from tests.web.program import Program


def contract_to_send(school: School, **changes: Any) -> dict[str, Any]:
    """A contract as a program sends it."""
    content = make.contract_content()
    usual = {
        "school_id": str(school.id),
        "category": content.category,
        "title": content.title,
        "supplier_name": content.supplier_name,
        "annual_value_pence": content.annual_value.pence,
        "starts_on": content.starts_on.isoformat(),
        "ends_on": content.ends_on.isoformat(),
        "notice_days": content.notice_days,
    }
    return usual | changes


def registered() -> list[Contract]:
    """What stands in the register."""
    return list(make.fresh().scalars(select(Contract).order_by(Contract.id)))


def test_a_stranger_and_a_browser_that_is_signed_in_get_no_further_than_401(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    assert school.bursar.person_id
    browser = Client(app, school.bursar.person_id)
    for client in (Client(app), browser):
        answer = client.open("/api/v1/needs")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Set-Cookie" not in answer.headers
    sent = browser.open("/api/v1/contracts", method="POST", json=contract_to_send(school))
    assert sent.status_code == 401
    assert registered() == []


def test_a_token_opens_no_page(app: Flask) -> None:
    program = Program(app, make.alliance(schools=1).schools[0].bursar)
    answer = program.client.open("/needs")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_a_token_does_what_its_scopes_allow_and_nothing_else_its_owner_may(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    reads = Program(app, school.bursar, Scope.CONTRACTS_READ)
    refused = reads.post("/contracts", contract_to_send(school), status=403)
    assert "contracts:write" in refused["detail"]
    reads.get("/needs", status=403)
    reads.get("/contracts")
    governor = Program(app, school.governor)
    refused = governor.post("/contracts", contract_to_send(school), status=403)
    assert refused["detail"].startswith("Your role does not allow you to")
    assert registered() == []


def test_what_the_scopes_do_not_allow_the_action_itself_refuses(app: Flask) -> None:  # noqa: ARG001
    """Even where an operation forgot to ask."""
    school = make.alliance(schools=1).schools[0]
    cut_down = replace(school.bursar, acts=frozenset({Act.NEED_POST}))
    with pytest.raises(Forbidden, match="This token does not allow"):
        contract_actions.add_contract(cut_down, uuid.uuid4(), school.id, make.contract_content())


def test_what_a_program_does_says_by_which_token_it_did_it(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    made = Program(app, school.bursar).post("/contracts", contract_to_send(school), status=201)
    event = make.fresh().scalars(select(Event).where(Event.subject_id == uuid.UUID(made["id"]))).one()
    assert event.actor_id == school.bursar.person_id
    assert uuid.UUID(event.facts["token"]).version == 7


def test_the_same_key_and_request_give_the_same_answer_and_do_the_work_once(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    program = Program(app, school.bursar)
    sent = contract_to_send(school)
    first = program.post("/contracts", sent, key="one", status=201)
    assert program.post("/contracts", sent, key="one", status=201) == first
    other = program.post("/contracts", {**sent, "title": "Something else"}, key="one", status=422)
    assert "used for another request" in other["detail"]
    assert [str(one.id) for one in registered()] == [first["id"]]
    elsewhere = Program(app, school.bursar)
    assert elsewhere.post("/contracts", sent, key="one", status=201)["id"] != first["id"], "of another token"
    stored = make.fresh().scalars(select(Repeat)).first()
    assert stored
    assert sent["title"] not in stored.fingerprint
    with time_machine.travel(clock.machine_now() + repeats.KEPT + timedelta(seconds=1)):
        repeats.forget_old()
    assert make.fresh().scalars(select(Repeat)).all() == []


def test_a_request_that_was_refused_may_be_mended_under_the_same_key(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    program = Program(app, school.bursar)
    wrong = program.post("/contracts", contract_to_send(school, ends_on="2020-01-01"), key="k", status=422)
    assert wrong["errors"] == [{"field": "ends_on", "detail": "The contract must end after it starts."}]
    program.post("/contracts", contract_to_send(school), key="k", status=201)


def test_who_dies_between_the_work_and_the_answer_has_it_done_once_by_the_repeat(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = make.alliance(schools=1).schools[0]
    program, sent = Program(app, school.bursar), contract_to_send(school)

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(repeats, "_keep", die)
        with pytest.raises(SystemExit):
            program.post("/contracts", sent, key="k")
    still = program.post("/contracts", sent, key="k", status=409)
    assert "still being answered" in still["detail"]
    with time_machine.travel(clock.machine_now() + repeats.LEASE + timedelta(seconds=1)):
        made = program.post("/contracts", sent, key="k", status=201)
    assert [str(one.id) for one in registered()] == [made["id"]]


def test_what_cannot_be_read_is_refused_in_words(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    program = Program(app, school.bursar)
    send = program.client.open
    sent = contract_to_send(school)
    without_key = send("/api/v1/contracts", method="POST", json=sent)
    assert without_key.status_code == 400
    assert HEADER in without_key.get_json()["detail"]
    as_form = send("/api/v1/contracts", method="POST", data=sent, headers={HEADER: "1"})
    assert as_form.status_code == 415
    large = send("/api/v1/contracts", method="POST", json={"title": "x" * 3_000_000}, headers={HEADER: "1"})
    assert large.status_code == 413
    wrong = program.post(
        "/contracts", {**sent, "annual_value_pence": "312.50", "paid": True, "title": "a\x00b"}, status=422
    )
    assert {one["field"] for one in wrong["errors"]} == {"annual_value_pence", "paid", "title"}
    assert (
        program.get("/contracts", query_string={"limit": "1000"}, status=422)["errors"][0]["field"] == "limit"
    )
    program.get("/contracts", query_string={"after": "nowhere"}, status=422)
    broken = send("/api/v1/contracts", method="PUT", json=sent)
    assert (broken.status_code, broken.mimetype) == (405, "application/problem+json")
    assert broken.headers["Allow"]


def test_a_program_that_asks_too_often_is_told_how_long_to_wait(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "_rate", lambda: Rate(a_minute=6, at_once=2))
    school = make.alliance(schools=1).schools[0]
    program = Program(app, school.bursar)
    program.get("/me")
    program.get("/me")
    answer = program.client.open("/api/v1/me")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 10
    Program(app, school.bursar).get("/me")


def test_a_list_is_read_part_by_part_while_others_add_to_it(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    program = Program(app, school.bursar)
    before = [str(make.contract(school, title=f"Contract {number}").id) for number in range(5)]
    seen = []
    path = "/contracts?limit=2"
    while path:
        part = program.get(path)
        seen += [one["id"] for one in part["items"]]
        if len(seen) == 2:
            after = str(make.contract(school, title="Later").id)
        path = (part["next"] or "").partition("/api/v1")[2]
    assert seen == [*before, after]


def test_an_overtaken_change_says_which_version_stands(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    program = Program(app, school.bursar)
    sent = contract_to_send(school)
    made = program.post("/contracts", sent, status=201)
    change = {name: value for name, value in sent.items() if name != "school_id"} | {
        "version": made["version"]
    }
    changed = program.put(f"/contracts/{made['id']}", change | {"extension_months": [12, 6]})
    assert changed["extension_months"] == [12, 6]
    late = program.put(f"/contracts/{made['id']}", change, status=409)
    assert late["version"] == changed["version"]


def test_the_document_and_the_page_name_every_operation(app: Flask, client: Client) -> None:
    document = client.download("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    answered = {
        (method, document_path(rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == answered
    for methods in document["paths"].values():
        for method, said in methods.items():
            names = [one["name"] for one in said["parameters"]]
            assert (HEADER in names) == (method == "post")
    shown = client.get("/api")
    assert len(shown.select("main h3 + p code")) == len(described)
    assert "<script" not in shown.text.partition("<main")[2].partition("</main>")[0]


def document_path(rule: str) -> str:
    """A route's address as the document writes it."""
    return PLACE.sub(lambda place: f"{{{place[2]}}}", rule)


def test_foreign_ids_are_not_found_whatever_is_asked_for(app: Flask) -> None:
    """Also by what is sent: the walls of pages try addresses only."""
    ours, theirs = make.alliance(schools=1), make.alliance(schools=1, name="Otherwold Alliance")
    mine, other = ours.schools[0], theirs.schools[0]
    entry = make.contract(other)
    need = make.submitted_need(other)
    program = Program(app, mine.bursar)
    change = contract_to_send(mine) | {"version": 1}
    del change["school_id"]
    program.post("/contracts", contract_to_send(other), status=404)
    program.put(f"/contracts/{entry.id}", change, status=404)
    program.post("/needs", {"school_id": str(other.id), "category": "catering", "title": "Meals"}, status=404)
    program.put(f"/needs/{need}", {"title": "Meals", "version": 1}, status=404)
    program.post(f"/needs/{need}/submit", {"version": 1}, status=404)
    program.post(f"/needs/{need}/withdraw", {"version": 1, "reason": "Ours"}, status=404)
    for path in ("/contracts", "/needs", f"/contracts?school_id={other.id}", f"/needs?school_id={other.id}"):
        assert program.get(path)["items"] == []
