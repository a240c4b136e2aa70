"""A sign-in lasts as long as it should, a guesser is stopped, and the owner never is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance import actions as people
from marketplace.alliance.sign_ins import queries
from marketplace.alliance.sign_ins.actions import Begun, end_others, end_sign_in, sign_in, sign_out
from marketplace.alliance.sign_ins.models import MissedPassword, SignIn
from marketplace.alliance.sign_ins.rules import LONGEST, MISSES_COUNT, MOST_MISSES, hash_of
from marketplace.core import clock, mail
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.policy import ADMINISTRATOR, Act, Actor, Role
from tests import make

EMAIL = "ann@example.org"
PASSWORD = "three words remembered"


@pytest.fixture(autouse=True)
def ann(app: object) -> Actor:  # noqa: ARG001  # it needs the database
    """Somebody who can sign in."""
    school = make.alliance(schools=1).schools[0]
    seats = [(school.id, Role.BURSAR)]
    return make.actor(people.add_person(ADMINISTRATOR, "Ann Lee", EMAIL, seats, password=PASSWORD))


def who(session: Session, begun: Begun) -> Actor | None:
    session.rollback()
    return queries.who_asks(session, begun.secret, clock.machine_now())


def miss(times: int, email: str = EMAIL, device: str | None = None) -> None:
    for _ in range(times):
        with pytest.raises(RuleBroken, match="do not match"):
            sign_in(email, "not the password", device=device)


def newest_link(session: Session) -> str:
    body = mail.newest(session, EMAIL)[0].body
    return body.split("/set-password/")[1].split()[0]


def test_a_sign_in_is_its_owners_until_it_is_ended(session: Session, ann: Actor) -> None:
    here, there = sign_in(EMAIL, PASSWORD), sign_in(EMAIL.upper(), PASSWORD)
    assert who(session, here) == who(session, there) == ann
    sign_out(ann, here.secret)
    assert (who(session, here), who(session, there)) == (None, ann)
    with time_machine.travel(clock.machine_now() + LONGEST, tick=False):
        assert who(session, there) is None, "however much it was used"


def test_the_database_holds_no_secret_of_a_browser(session: Session) -> None:
    begun = sign_in(EMAIL, PASSWORD)
    row = session.scalars(select(SignIn)).one()
    assert not {begun.secret, begun.device} & {row.secret_hash, row.device_hash}


def test_one_ends_ones_own_sign_ins_elsewhere_and_nobody_elses(session: Session, ann: Actor) -> None:
    here, there, lost = (sign_in(EMAIL, PASSWORD) for _ in range(3))
    rows = {row.secret_hash: row.id for row in queries.running(session, here.person_id, clock.machine_now())}
    stranger = make.alliance(schools=1).schools[0].bursar
    lost_id = rows[hash_of(lost.secret)]
    with pytest.raises(NotFound):
        end_sign_in(stranger, lost_id)
    end_sign_in(ann, lost_id)
    with pytest.raises(NotFound):
        end_sign_in(ann, lost_id)
    assert [who(session, one) for one in (here, there, lost)] == [ann, ann, None]
    end_others(ann, here.secret)
    assert [who(session, one) for one in (here, there)] == [ann, None]


def test_a_new_password_ends_every_sign_in(session: Session) -> None:
    begun = sign_in(EMAIL, PASSWORD)
    people.ask_for_link(EMAIL)
    people.set_password(newest_link(session), "four words well remembered")
    assert who(session, begun) is None


def test_abuse_23_a_guesser_is_stopped_and_the_owner_is_not(session: Session, ann: Actor) -> None:
    own = sign_in(EMAIL, PASSWORD).device
    miss(MOST_MISSES)
    for password in ("not the password", PASSWORD):
        with pytest.raises(RuleBroken, match="Wait 15 minutes, or choose a new password"):
            sign_in(EMAIL, password)
    with pytest.raises(RuleBroken, match="Wait 15 minutes"):
        sign_in(EMAIL, PASSWORD, device="a device of somebody else")
    assert who(session, sign_in(EMAIL, PASSWORD, device=own)) == ann, "on a device of her own"
    with time_machine.travel(clock.machine_now() + MISSES_COUNT + timedelta(seconds=1), tick=False):
        assert who(session, sign_in(EMAIL, PASSWORD)) == ann


def test_abuse_23_an_unknown_address_is_stopped_alike(session: Session) -> None:
    miss(MOST_MISSES, "nobody@example.org")
    with pytest.raises(RuleBroken, match="Wait 15 minutes"):
        sign_in("nobody@example.org", PASSWORD)
    assert session.scalar(select(func.count()).select_from(MissedPassword)) == MOST_MISSES
    assert session.scalar(select(func.count()).where(Event.act == Act.PASSWORD_MISS)) == 0, "nobody's"


def test_a_sign_in_on_a_new_device_is_told_of_but_the_first_is_not(session: Session) -> None:
    invitation = len(mail.newest(session, EMAIL))
    device = sign_in(EMAIL, PASSWORD).device
    sign_in(EMAIL, PASSWORD, device=device)
    assert len(mail.newest(session, EMAIL)) == invitation
    sign_in(EMAIL, PASSWORD, browser="Firefox on Windows")
    told = mail.newest(session, EMAIL)[0]
    assert "Firefox on Windows" in told.body
    assert "choose a new password at once" in told.body
