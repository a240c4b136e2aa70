"""A person's address, password and lost factors: changed by them alone, told to both ends, taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from marketplace.alliance import actions as people
from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins import queries as sign_ins
from marketplace.alliance.sign_ins.account import actions as account
from marketplace.alliance.sign_ins.account.rules import CONFIRM_LASTS, UNDO_LASTS
from marketplace.alliance.sign_ins.actions import FactorNeeded, sign_in
from marketplace.alliance.sign_ins.factors.actions import add_authenticator, reset_factors
from marketplace.alliance.sign_ins.factors.queries import factors_of
from marketplace.alliance.sign_ins.factors.rules import new_secret
from marketplace.alliance.tokens.actions import make_token
from marketplace.alliance.tokens.queries import find_live
from marketplace.core import clock, mail
from marketplace.core.api.scopes import Scope
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import ADMINISTRATOR, Actor, Role
from tests import make

OLD, NEW = "ann@example.org", "ann.lee@example.org"
PASSWORD = "three words remembered"


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=1).schools[0]


@pytest.fixture
def ann(school: make.School) -> Actor:
    seats = [(school.id, Role.BURSAR)]
    return make.actor(people.add_person(ADMINISTRATOR, "Ann Lee", OLD, seats, password=PASSWORD))


def email_of(session: Session, person: Actor) -> str:
    session.rollback()
    return session.get_one(Person, person.person_id).email


def link(session: Session, to: str, kind: str) -> str:
    """The token of the newest link of a kind that was sent to an address."""
    session.rollback()
    found = (
        re.search(rf"/{kind}/(\S+)", one.body) for one in mail.newest(session, to) if one.recipient == to
    )
    return next(one[1] for one in found if one)


def test_a_new_address_is_confirmed_there_and_told_to_the_old_one(session: Session, ann: Actor) -> None:
    account.ask_for_address(ann, new_id(), " Ann.Lee@example.org ")
    assert email_of(session, ann) == OLD, "nothing changes before"
    token = link(session, NEW, "e-mail/confirm")
    account.confirm_address(token)
    assert email_of(session, ann) == NEW
    assert "still takes it back" in mail.newest(session, OLD)[0].body
    with pytest.raises(NotFound):
        account.confirm_address(token)
    assert sign_in(NEW, PASSWORD).person_id == ann.person_id
    with pytest.raises(RuleBroken, match="do not match"):
        sign_in(OLD, PASSWORD)
    with pytest.raises(RuleBroken, match="already"):
        account.ask_for_address(ann, new_id(), NEW)


def test_the_old_address_stops_a_change_and_takes_it_back_with_all_that_a_thief_added(
    session: Session, ann: Actor
) -> None:
    account.ask_for_address(ann, new_id(), NEW)
    assert account.undo_address(link(session, OLD, "e-mail/undo")) is False
    with pytest.raises(NotFound):
        account.confirm_address(link(session, NEW, "e-mail/confirm"))

    account.ask_for_address(ann, new_id(), NEW)
    account.confirm_address(link(session, NEW, "e-mail/confirm"))
    secret = new_secret()
    add_authenticator(ann, secret, pyotp.TOTP(secret).at(clock.machine_now()))
    made = make_token(ann, new_id(), "a thief’s", [Scope.NEEDS_READ], 30)
    assert made
    assert find_live(session, made, clock.machine_now())
    undo = link(session, OLD, "e-mail/undo")
    assert account.undo_address(undo) is True
    assert find_live(session, made, clock.machine_now()) is None
    assert email_of(session, ann) == OLD
    assert ann.person_id
    assert not factors_of(session, ann.person_id).exist
    assert not sign_ins.running(session, ann.person_id, clock.machine_now())
    with pytest.raises(RuleBroken, match="do not match"):
        sign_in(OLD, PASSWORD)
    people.set_password(link(session, OLD, "set-password"), "four words well remembered")
    assert sign_in(OLD, "four words well remembered").person_id == ann.person_id
    with pytest.raises(NotFound):
        account.undo_address(undo)


def test_links_of_a_change_grow_old(session: Session, ann: Actor) -> None:
    account.ask_for_address(ann, new_id(), NEW)
    confirm, undo = link(session, NEW, "e-mail/confirm"), link(session, OLD, "e-mail/undo")
    with clock.travelling(clock.now() + CONFIRM_LASTS + timedelta(seconds=1)), pytest.raises(NotFound):
        account.confirm_address(confirm)
    with clock.travelling(clock.now() + UNDO_LASTS + timedelta(seconds=1)), pytest.raises(NotFound):
        account.undo_address(undo)


def test_who_asks_for_the_address_of_somebody_else_learns_nothing(
    session: Session, ann: Actor, school: make.School
) -> None:
    bursar = session.get_one(Person, school.bursar.person_id).email
    account.ask_for_address(ann, new_id(), bursar)
    told = mail.newest(session, bursar)[0]
    assert "It is yours already" in told.body
    assert "/e-mail/confirm/" not in told.body
    assert "Ann" not in told.body
    assert email_of(session, ann) == OLD


def test_a_password_is_changed_by_whoever_knows_it(session: Session, ann: Actor) -> None:
    here, there = sign_in(OLD, PASSWORD), sign_in(OLD, PASSWORD)
    with pytest.raises(RuleBroken, match="not your present password") as refused:
        account.change_password(ann, here.secret, "a guess", "four words well remembered")
    assert refused.value.field == "present"
    with pytest.raises(RuleBroken, match="little more than names"):
        account.change_password(ann, here.secret, PASSWORD, "Ann-Lee-2026!")
    account.change_password(ann, here.secret, PASSWORD, "four words well remembered")
    session.rollback()
    moment = clock.machine_now()
    assert sign_ins.who_asks(session, here.secret, moment) == ann
    assert sign_ins.who_asks(session, there.secret, moment) is None
    assert "every other browser" in mail.newest(session, OLD)[0].body


def test_lost_factors_are_removed_only_when_a_colleague_confirms(
    session: Session, ann: Actor, school: make.School
) -> None:
    secret = new_secret()
    add_authenticator(ann, secret, pyotp.TOTP(secret).at(clock.machine_now()))
    with pytest.raises(FactorNeeded):
        sign_in(OLD, PASSWORD)
    head = session.get_one(Person, school.headteacher.person_id).email
    stranger = session.get_one(Person, make.supplier().admin.person_id).email
    with pytest.raises(Forbidden):
        reset_factors(school.headteacher, OLD, head, "known voice")
    for witness in (OLD, stranger, "nobody@example.org"):
        with pytest.raises(RuleBroken, match="A second person must confirm"):
            reset_factors(ADMINISTRATOR, OLD, witness, "known voice")
    with pytest.raises(RuleBroken, match="Say how"):
        reset_factors(ADMINISTRATOR, OLD, head, " ")
    reset_factors(ADMINISTRATOR, OLD, head, "by telephone, known voice")
    assert sign_in(OLD, PASSWORD).person_id == ann.person_id
    for told in (OLD, head):
        assert "The second factors of Ann Lee were removed" in mail.newest(session, told)[0].body
