"""Second factors: whoever has one is asked for it, whoever must have one gets nothing done before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance import actions as people
from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins import queries
from marketplace.alliance.sign_ins.actions import Begun, FactorNeeded, sign_in
from marketplace.alliance.sign_ins.factors import tasks
from marketplace.alliance.sign_ins.factors.actions import (
    add_authenticator,
    make_codes,
    remove_authenticator,
    sign_in_with_code,
)
from marketplace.alliance.sign_ins.factors.models import Authenticator, RecoveryCode
from marketplace.alliance.sign_ins.factors.queries import factors_of
from marketplace.alliance.sign_ins.factors.rules import new_secret
from marketplace.alliance.sign_ins.passkeys.actions import (
    add_passkey,
    remove_passkey,
    rename_passkey,
    sign_in_with_passkey,
)
from marketplace.alliance.sign_ins.passkeys.ceremony import Site, new_challenge
from marketplace.alliance.sign_ins.passkeys.queries import passkeys_of
from marketplace.alliance.sign_ins.proving.actions import prove
from marketplace.alliance.sign_ins.rules import MOST_MISSES
from marketplace.core import clock, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import ADMINISTRATOR, ANYONE, Act, Actor, Proof, Role
from marketplace.core.settings import Mode
from tests import make
from tests.make.passkeys import HERE, Device

EMAIL = "ann@example.org"
PASSWORD = "three words remembered"
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=1).schools[0]


def ann(school: make.School, *roles: Role) -> Actor:
    seats = [(school.id, role) for role in roles or (Role.BURSAR,)]
    return make.actor(people.add_person(ADMINISTRATOR, "Ann Lee", EMAIL, seats, password=PASSWORD))


def who(session: Session, begun: Begun) -> Actor:
    session.rollback()
    found = queries.who_asks(session, begun.secret, clock.machine_now())
    assert found
    return found


def code(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.machine_now())


def with_app(person: Actor) -> str:
    """The secret of an app that this person has set up half a minute ago."""
    secret = new_secret()
    with time_machine.travel(clock.machine_now() - HALF_A_MINUTE, tick=False):
        add_authenticator(person, secret, code(secret))
    return secret


def with_passkey(person: Actor, name: str = "Office computer") -> Device:
    device, challenge = Device(), new_challenge()
    add_passkey(person, new_id(), name, device.make(challenge), challenge=challenge, site=HERE)
    return device


def test_a_finance_lead_gets_nothing_done_before_there_is_a_second_factor(
    session: Session, school: make.School
) -> None:
    lead = ann(school, Role.FINANCE_LEAD)
    begun = sign_in(EMAIL, PASSWORD)
    half = who(session, begun)
    assert half.proof is Proof.HALF
    with pytest.raises(Forbidden, match="Set up a second factor first"):
        policy.require(half, Act.INVOICE_ISSUE, school.id)
    with_app(half)
    assert who(session, begun).proof is Proof.FRESH
    with pytest.raises(RuleBroken, match="Add another one before"):
        remove_authenticator(lead)
    with_passkey(lead)
    remove_authenticator(lead)
    assert factors_of(session, begun.person_id).passkeys == 1


def test_in_a_demonstration_a_second_factor_is_asked_for_and_nobody_is_kept_out(
    app: Flask, session: Session, school: make.School
) -> None:
    lead = ann(school, Role.FINANCE_LEAD)
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, mode=Mode.DEMONSTRATION)
    try:
        assert who(session, sign_in(EMAIL, PASSWORD)).proof is Proof.FRESH
        with app.test_request_context():
            (asked,) = tasks.waiting_for(session, lead)
            assert not tasks.waiting_for(session, school.bursar)
    finally:
        app.extensions["settings"] = settings
    assert asked.href == "/security"
    assert not tasks.waiting_for(session, lead), "elsewhere nobody sees a home page without one"


def test_after_the_password_comes_a_code_that_counts_once(session: Session, school: make.School) -> None:
    person = ann(school)
    secret = with_app(person)
    with pytest.raises(FactorNeeded) as asked:
        sign_in(EMAIL, PASSWORD)
    person_id = asked.value.person_id
    with time_machine.travel(clock.machine_now(), tick=False):
        typed = code(secret)
        assert who(session, sign_in_with_code(person_id, typed)) == person
        with pytest.raises(RuleBroken, match="does not fit, or has been used"):
            sign_in_with_code(person_id, typed)
    session.rollback()
    stored = session.scalars(select(Authenticator)).one()
    assert secret.encode() not in stored.secret, "a copy of the database shows no secret"


def test_wrong_codes_are_counted_and_stopped_but_not_on_a_device_of_the_owner(
    session: Session, school: make.School
) -> None:
    person = ann(school)
    own = sign_in(EMAIL, PASSWORD).device
    secret = with_app(person)
    assert person.person_id
    for _ in range(MOST_MISSES):
        with pytest.raises(RuleBroken, match="does not fit"):
            sign_in_with_code(person.person_id, "nothing")
    with pytest.raises(RuleBroken, match="Too many wrong codes"):
        sign_in_with_code(person.person_id, code(secret))
    assert who(session, sign_in_with_code(person.person_id, code(secret), device=own)) == person


def test_a_recovery_code_lets_in_once_and_is_told_of(session: Session, school: make.School) -> None:
    person = ann(school)
    with pytest.raises(RuleBroken, match="Set up an authenticator app or a passkey first"):
        make_codes(person, new_id())
    with_app(person)
    sheet = new_id()
    codes = make_codes(person, sheet)
    assert len(codes) == 10
    with pytest.raises(RuleBroken, match="shown once"):
        make_codes(person, sheet)
    assert person.person_id
    assert who(session, sign_in_with_code(person.person_id, codes[0].upper())) == person
    assert "You have 9 left" in mail.newest(session, EMAIL)[0].body
    with pytest.raises(RuleBroken):
        sign_in_with_code(person.person_id, codes[0])
    anew = make_codes(person, new_id())
    with pytest.raises(RuleBroken):
        sign_in_with_code(person.person_id, codes[1])
    stored = set(session.scalars(select(RecoveryCode.code_hash)))
    assert len(stored) == 10
    assert not stored & {*codes, *anew}


def test_a_passkey_alone_signs_in_and_each_answer_counts_once(session: Session, school: make.School) -> None:
    person = ann(school)
    device, challenge = with_passkey(person), new_challenge()
    answer = device.prove(challenge)
    assert who(session, sign_in_with_passkey(answer, challenge, HERE)) == person
    with pytest.raises(RuleBroken, match="could not be checked"):
        sign_in_with_passkey(answer, challenge, HERE)
    with pytest.raises(FactorNeeded):
        sign_in(EMAIL, PASSWORD)


def test_who_has_no_password_here_proves_themselves_by_a_code(session: Session, school: make.School) -> None:
    person = ann(school)
    begun = sign_in(EMAIL, PASSWORD)
    with pytest.raises(RuleBroken, match="not your password") as refused:
        prove(person, begun.secret, "a guess", "")
    assert refused.value.field == "proof_password"
    secret = with_app(person)
    with pytest.raises(RuleBroken, match="does not fit") as refused:
        prove(person, begun.secret, PASSWORD, "")
    assert refused.value.field == "proof_code"
    with transaction() as writing:
        writing.get_one(Person, person.person_id).password_hash = None
    renewed = prove(person, begun.secret, "", code(secret))
    session.rollback()
    assert queries.who_asks(session, begun.secret, clock.machine_now()) is None
    assert queries.who_asks(session, renewed, clock.machine_now()) == person


@pytest.mark.parametrize("wrong", ["challenge", "site", "owner not asked", "copied", "unknown", "nonsense"])
def test_a_passkey_proves_nothing_when(wrong: str, school: make.School) -> None:
    device, challenge = with_passkey(ann(school)), new_challenge()
    site = HERE
    if wrong == "challenge":
        answer = device.prove(new_challenge())
    elif wrong == "site":
        device.site = Site("localhost", "http://localhost.example")
        answer = device.prove(challenge)
    elif wrong == "owner not asked":
        device.verifies = False
        answer = device.prove(challenge)
    elif wrong == "copied":
        sign_in_with_passkey(device.prove(first := new_challenge()), first, site)
        device.sign_count = 0
        answer = device.prove(challenge)
    elif wrong == "unknown":
        answer = Device().prove(challenge)
    else:
        answer = '{"rawId": 5, "response": []}'
    with pytest.raises(RuleBroken, match="could not be checked"):
        sign_in_with_passkey(answer, challenge, site)


def test_ones_passkeys_are_named_and_removed_by_oneself_only(session: Session, school: make.School) -> None:
    person = ann(school)
    with_passkey(person, "Office computer")
    assert person.person_id
    passkey = passkeys_of(session, person.person_id)[0].id
    for stranger in (school.bursar, ANYONE):
        with pytest.raises(NotFound):
            rename_passkey(stranger, passkey, "Mine")
        with pytest.raises(NotFound):
            remove_passkey(stranger, passkey)
    rename_passkey(person, passkey, " My  phone ")
    remove_passkey(person, passkey)
    told = mail.newest(session, EMAIL)
    assert "“My phone” was removed" in told[0].body
    assert "“Office computer” was added" in told[1].body
    assert sign_in(EMAIL, PASSWORD).person_id == person.person_id
