"""Signing in and out."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.alliance import passwords
from marketplace.alliance import queries as people
from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins import queries, rules
from marketplace.alliance.sign_ins.factors import queries as factors
from marketplace.alliance.sign_ins.factors import required
from marketplace.alliance.sign_ins.models import MissedPassword, SignIn
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import db, transaction
from marketplace.core.errors import Refusal, RuleBroken
from marketplace.core.policy import ANYONE, Act, Actor

PASSWORD = "password"  # noqa: S105  # how somebody was known


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in: whose it is, and the two secrets that the browser keeps for it and for the device."""

    person_id: uuid.UUID
    secret: str
    device: str


class FactorNeeded(Refusal):
    """The first proof was right, and this person has a second factor, which is asked for now."""

    def __init__(self, person_id: uuid.UUID) -> None:
        super().__init__("Give your second factor.")
        self.person_id = person_id


def sign_in(email: str, password: str, *, device: str | None = None, browser: str = "") -> Begun:
    """Sign a person in, and tell them of a device that is new. Raises RuleBroken, not saying what was wrong.

    Raises FactorNeeded when the password was right and a second factor is to follow.
    """
    return admit(check_password(email, password, device=device), device=device, browser=browser)


def check_password(email: str, password: str, *, device: str | None = None) -> uuid.UUID:
    """Whose password this is. Raises RuleBroken, not saying what was wrong; a miss is counted.

    The slow work is done before the transaction begins, so that guessing holds nobody up. An unknown address
    gets the same answer for the same work.
    """
    session, moment = db.session(), clock.machine_now()
    person = people.person_by_email(session, email)
    person_id = person.id if person else uuid.UUID(int=0)
    key = rules.key_of(email, known_device(session, person_id, device))
    rules.check_misses(queries.misses(session, key, moment))
    if not passwords.matches(person.password_hash if person else None, password) or person is None:
        miss_password(person.id if person else None, person.name if person else "", key)
        raise RuleBroken("That e-mail address and password do not match. Check both.", "password")
    return person.id


def known_device(session: Session, person_id: uuid.UUID, device: str | None) -> str | None:
    """The hash of a device's secret if this person has signed in with it before. A shared step."""
    device_hash = rules.hash_of(device or "")
    return device_hash if queries.has_signed_in(session, person_id, device_hash) else None


def miss_password(person_id: uuid.UUID | None, name: str, key: str) -> None:
    """Count a wrong password, and record it where it was somebody's."""
    with transaction() as session:
        policy.require(ANYONE, Act.PASSWORD_MISS)
        session.add(MissedPassword(key=key, missed_at=clock.machine_now()))
        if person_id is not None:
            events.record(session, Actor(person_id, name), Act.PASSWORD_MISS, person_id)


def admit(
    person_id: uuid.UUID,
    *,
    device: str | None = None,
    browser: str = "",
    proof: str = PASSWORD,
    two_factors: bool = False,
) -> Begun:
    """Sign in whoever was proven by a first factor: a password, or a provider that knows them.

    `proof` says by which, and `two_factors` that the provider asked for a second factor itself. Raises
    FactorNeeded when it did not and they have one, which is to follow.
    """
    with transaction() as session:
        signing = Actor(person_id, session.get_one(Person, person_id).name)
        policy.require(signing, Act.PERSON_SIGN_IN)
        if not two_factors and factors.has_any(session, person_id):
            raise FactorNeeded(person_id)
        begun = open_sign_in(session, person_id, device=device, browser=browser, two_factors=two_factors)
        events.record(session, signing, Act.PERSON_SIGN_IN, person_id, proof=proof, two_factors=two_factors)
        return begun


def open_sign_in(
    session: Session,
    person_id: uuid.UUID,
    *,
    device: str | None = None,
    browser: str = "",
    two_factors: bool = False,
) -> Begun:
    """The row of a sign-in, for a person who was proven. The only way in, and a shared step.

    They are told of a device that is new, unless it is their first. When a role of theirs asks for a second
    factor and they have none, and `two_factors` does not say that they gave one elsewhere, the sign-in is
    good only for setting one up.
    """
    known = known_device(session, person_id, device)
    begun = Begun(
        person_id, secrets.token_urlsafe(32), device if device and known else secrets.token_urlsafe(32)
    )
    is_new = known is None and queries.has_signed_in(session, person_id)
    moment = clock.machine_now()
    session.add(
        SignIn(
            person_id=person_id,
            secret_hash=rules.hash_of(begun.secret),
            device_hash=rules.hash_of(begun.device),
            browser=browser[: rules.LONGEST_BROWSER],
            began_at=moment,
            proven_at=moment,
            lacks_factor=not two_factors and required.lacks_factor(session, person_id),
        )
    )
    if is_new:
        _tell_of_device(session, session.get_one(Person, person_id), browser)
    return begun


def ask_for_factor(session: Session, person_ids: Iterable[uuid.UUID]) -> None:
    """Leave those who have to have a second factor from now on, and have none, only the setting up of one.

    Where they are signed in, too. A shared step, for whoever gives people something to do that asks for one.
    """
    session.flush()
    for person_id in queries.signed_in_of(session, person_ids, clock.machine_now()):
        if required.lacks_factor(session, person_id):
            session.execute(update(SignIn).where(SignIn.person_id == person_id).values(lacks_factor=True))


def _tell_of_device(session: Session, person: Person, browser: str) -> None:
    mail.write(
        session,
        person.email,
        "Somebody signed in to Weald on a new device",
        "alliance_new_device.txt",
        person_name=person.name,
        browser=browser or "A browser",
        at=clock.now(),
    )


def note_vain_request(session: Session, email: str) -> None:
    """Store that a link was asked for and not sent, as sending one stores something. A shared step."""
    key = rules.hash_of(f"link {email.strip().lower()}")
    session.add(MissedPassword(key=key, missed_at=clock.machine_now()))


def sign_out(actor: Actor, secret: str) -> None:
    """End the sign-in of this browser. Nothing happens when it has ended."""
    with transaction() as session:
        policy.require(actor, Act.PERSON_SIGN_OUT)
        if actor.person_id is None:
            return
        end_all(session, actor.person_id, only=rules.hash_of(secret))
        events.record(session, actor, Act.PERSON_SIGN_OUT, actor.person_id)


def end_sign_in(actor: Actor, sign_in_id: uuid.UUID) -> None:
    """End one's own sign-in in another browser. Raises NotFound for one that is not one's own."""
    person_id = actor.person_id or uuid.UUID(int=0)
    with transaction() as session:
        policy.require(actor, Act.SIGN_IN_END)
        ended = queries.get_running(session, person_id, sign_in_id, clock.machine_now())
        ended.ended_at = clock.machine_now()
        events.record(session, actor, Act.SIGN_IN_END, person_id)


def end_others(actor: Actor, secret: str) -> None:
    """End every own sign-in but the one of this browser."""
    person_id = actor.person_id or uuid.UUID(int=0)
    with transaction() as session:
        policy.require(actor, Act.SIGN_IN_END)
        end_all(session, person_id, but=rules.hash_of(secret))
        events.record(session, actor, Act.SIGN_IN_END, person_id)


def end_all(session: Session, person_id: uuid.UUID, *, but: str = "", only: str = "") -> None:
    """End a person's sign-ins: all, all but one, or only one, by the hash of its secret. A shared step."""
    for running in queries.running(session, person_id, clock.machine_now()):
        if running.secret_hash != but and only in ("", running.secret_hash):
            running.ended_at = clock.machine_now()
