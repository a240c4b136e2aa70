"""Tokens of one's own: made, seen once, listed, revoked; and what a program may do with them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace.alliance.models import Person
from marketplace.alliance.tokens import actions
from marketplace.alliance.tokens.models import ApiToken
from marketplace.core import clock, mail
from marketplace.core.api.scopes import Scope
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.policy import Act
from tests import make
from tests.web.client import Client
from tests.web.program import Program

SignIn = Callable[[uuid.UUID], Client]


def test_a_token_is_made_seen_once_told_of_listed_and_revoked(app: Flask, client_for: SignIn) -> None:
    bursar = make.alliance(schools=1).schools[0].bursar
    assert bursar.person_id
    client = client_for(bursar.person_id)
    assert "No tokens" in client.get("/tokens").words
    empty = client.submit(client.get("/tokens/make").form(), status=422)
    assert set(empty.errors().values()) == {
        "Enter what the token is for, such as Finance system.",
        "Choose what the token may do.",
        "Choose for how long the token holds.",
    }
    form = client.get("/tokens/make").form().fill(name="Finance system", scopes=["needs:read"], days="90")
    made = client.submit(form)
    secret = re.findall(r"weald_pat_\w+", made.text)[0]
    assert "shown already" in client.submit(form).words, "a form sent twice makes one, and shows it once"

    stored = make.fresh().scalars(select(ApiToken)).one()
    assert secret not in str(vars(stored))
    letter = mail.newest(make.fresh(), "A token for programs was made")[0]
    assert "Finance system" in letter.body
    assert "- Read needs" in letter.body
    assert secret not in letter.body

    program = Program(app)
    program.carry(secret)
    owner = program.get("/me")
    assert (owner["name"], owner["scopes"], owner["token"]) == (bursar.name, ["needs:read"], "Finance system")
    shown = client.get("/tokens")
    assert "Read needs" in shown.words
    assert secret not in shown.text
    assert "Not yet" not in shown.words, "its use today is noted"
    assert (
        "You revoked the token “Finance system”" in client.submit(shown.form("Revoke Finance system")).words
    )
    program.get("/me", status=401)


def test_a_token_that_was_revoked_expired_or_whose_owner_left_opens_nothing(app: Flask) -> None:
    bursar = make.alliance(schools=1).schools[0].bursar
    program = Program(app, bursar)
    program.get("/me")
    with time_machine.travel(clock.machine_now().replace(year=clock.machine_now().year + 2)):
        program.get("/me", status=401)
    with transaction() as session:
        session.get_one(Person, bursar.person_id).active = False
    program.get("/me", status=401)


def test_nobody_revokes_or_sees_the_token_of_somebody_else(client_for: SignIn) -> None:
    school = make.alliance(schools=1).schools[0]
    make.token(school.bursar)
    token = make.fresh().scalars(select(ApiToken)).one()
    assert school.headteacher.person_id
    assert "No tokens" in client_for(school.headteacher.person_id).get("/tokens").words
    with pytest.raises(NotFound):
        actions.revoke_token(school.headteacher, token.id)


def test_a_token_makes_no_token_and_its_use_is_recorded_once_a_day(app: Flask) -> None:
    bursar = make.alliance(schools=1).schools[0].bursar
    program = Program(app, bursar)
    program.get("/me")
    program.get("/me")
    used = make.fresh().scalars(select(Event).where(Event.act == Act.TOKEN_USE.value)).one()
    assert used.actor_id == bursar.person_id
    with pytest.raises(Forbidden):
        actions.make_token(replace(bursar, acts=frozenset()), new_id(), "More", [Scope.NEEDS_READ], 30)
