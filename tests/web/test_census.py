"""Every route, asked by every kind of person: no door leads to a crash, and no made-up id opens one."""

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.core.policy import Actor, Role
from tests import addresses, make
from tests.web.client import Client
from tests.web.page import Page

REFUSED = {400, 401, 403, 404, 405, 409, 415, 422}
MOVED = range(300, 400)


def everybody() -> dict[str, Actor | None]:
    """One person of every kind, and a stranger."""
    alliance = make.alliance(schools=1)
    school = alliance.schools[0]
    return {
        "a stranger": None,
        "the coordinator": alliance.coordinator,
        "the auditor": alliance.auditor,
        "a bursar": school.bursar,
        "a headteacher": school.headteacher,
        "a governor": school.governor,
        "a finance lead": school.finance_lead,
        "a supplier": make.supplier().admin,
    }


def one_for_each_kind_of_organisation() -> dict[str, Actor | None]:
    """A stranger, and people with every role at once: what one role opens, all roles together open."""
    alliance = make.alliance(schools=1)
    return {
        "a stranger": None,
        "an alliance": make.person(alliance.id, Role.COORDINATOR, Role.AUDITOR),
        "a school": make.person(
            alliance.schools[0].id, Role.BURSAR, Role.HEADTEACHER, Role.GOVERNOR, Role.FINANCE_LEAD
        ),
        "a supplier": make.supplier().admin,
    }


def rules(app: Flask, method: str, *, with_ids: bool) -> list[Rule]:
    """The routes that answer a method, with or without ids in their addresses."""
    found = [rule for rule in app.url_map.iter_rules() if method in addresses.methods(rule)]
    return [rule for rule in found if bool(rule.arguments) == with_ids and rule.endpoint != "static"]


def browser_of(app: Flask, person: Actor | None) -> Client:
    """Somebody's browser, which sends their token too where a program would ask."""
    client = Client(app, person.person_id if person else None)
    if person:
        client.carry(make.token(person))
    return client


def read(path: str, answer: TestResponse) -> None:
    """Whatever is shown as a page must be a sound one."""
    if answer.mimetype == "text/html" and answer.status_code not in MOVED:
        Page(path, answer.status_code, answer.text)


@pytest.mark.long
def test_every_page_without_an_id_opens_or_refuses_for_everybody(app: Flask) -> None:
    crashed = []
    for kind, person in everybody().items():
        client = browser_of(app, person)
        for rule in rules(app, "GET", with_ids=False):
            answer = client.open(rule.rule)
            read(rule.rule, answer)
            if answer.status_code not in {200, *REFUSED, *MOVED}:
                crashed.append(f"{kind}, {rule.rule}: {answer.status}")
    assert not crashed


@pytest.mark.long
def test_a_made_up_id_is_not_found_by_anybody(app: Flask) -> None:
    opened = []
    for kind, person in one_for_each_kind_of_organisation().items():
        client = browser_of(app, person)
        for rule in rules(app, "GET", with_ids=True):
            path = addresses.of_nothing(rule)
            answer = client.open(path)
            read(path, answer)
            asked_to_sign_in = person is None and (answer.status_code in MOVED or answer.status_code == 401)
            if answer.status_code not in {403, 404} and not asked_to_sign_in:
                opened.append(f"{kind}, GET {rule.rule}: {answer.status}")
    assert not opened


@pytest.mark.long
def test_nothing_can_be_done_to_a_made_up_id(app: Flask) -> None:
    done = []
    for kind, person in one_for_each_kind_of_organisation().items():
        client = browser_of(app, person)
        for rule in rules(app, "POST", with_ids=True):
            path = addresses.of_nothing(rule)
            answer = client.open(path, method="POST", data={"csrf_token": client.csrf_token()})
            read(path, answer)
            asked_to_sign_in = person is None and answer.status_code in MOVED
            if answer.status_code not in REFUSED and not asked_to_sign_in:
                done.append(f"{kind}, POST {rule.rule}: {answer.status}")
    assert not done


def test_an_empty_form_is_refused_with_a_page_that_says_so(app: Flask) -> None:
    crashed = []
    for kind, person in everybody().items():
        for rule in rules(app, "POST", with_ids=False):
            client = Client(app, person.person_id if person else None)
            answer = client.open(rule.rule, method="POST", data={"csrf_token": client.csrf_token()})
            read(rule.rule, answer)
            if answer.status_code not in {200, *REFUSED, *MOVED}:
                crashed.append(f"{kind}, POST {rule.rule}: {answer.status}")
    assert not crashed
