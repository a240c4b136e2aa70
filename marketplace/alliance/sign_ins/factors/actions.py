"""Setting up and removing an authenticator app, making recovery codes, and signing in with either."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import person_by_email
from marketplace.alliance.sign_ins import queries as sign_ins
from marketplace.alliance.sign_ins.actions import Begun, end_all, known_device, open_sign_in
from marketplace.alliance.sign_ins.factors import queries, required, rules, safe
from marketplace.alliance.sign_ins.factors.models import Authenticator, RecoveryCode
from marketplace.alliance.sign_ins.models import MissedPassword, SignIn
from marketplace.alliance.sign_ins.notices import tell
from marketplace.alliance.sign_ins.passkeys.models import Passkey
from marketplace.alliance.sign_ins.rules import check_missed_codes, hash_of, key_of_codes
from marketplace.core import clock, events, policy
from marketplace.core.db import db, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import ANYONE, Act, Actor

NOT_THE_CODE = "This code does not fit, or has been used. Wait for the next one and enter that."


def add_authenticator(actor: Actor, secret: str, code: str) -> None:
    """Set up an app that has the secret, as a code of it proves. Raises RuleBroken."""
    with transaction() as session:
        person = queries.own_person(session, actor, lock=True)
        policy.require(actor, Act.FACTOR_ADD)
        if queries.authenticator(session, person.id):
            raise RuleBroken("You have set up an app already. Remove it first to set up another.", "code")
        step = rules.step_of(code, secret, clock.machine_now(), last_step=0)
        if step is None:
            raise RuleBroken(
                "This code does not fit. Enter the six digits that the app shows now, and check that the "
                "clock of the phone sets itself.",
                "code",
            )
        session.add(
            Authenticator(
                person_id=person.id,
                secret=safe.lock(secret, person.id),
                last_step=step,
                added_at=clock.machine_now(),
            )
        )
        let_in_fully(session, person.id)
        events.record(session, actor, Act.FACTOR_ADD, person.id)
        tell(
            session,
            person,
            "An authenticator app was set up for you at Weald",
            "An authenticator app was set up as the second factor of your sign-in.",
        )


def reset_factors(actor: Actor, email: str, confirmed_by: str, how: str) -> None:
    """Remove every factor of somebody who has lost them all, and end their sign-ins.

    For the administrator, at the console. `confirmed_by` is the address of a colleague of an organisation of
    theirs who knows them, and `how` says how it was made sure that it is them; both are recorded, and both
    people are written to. Raises RuleBroken.
    """
    with transaction() as session:
        policy.require(actor, Act.FACTOR_RESET)
        person, witness = person_by_email(session, email), person_by_email(session, confirmed_by)
        if person is None:
            raise RuleBroken(f"Nobody signs in as {email}.")
        if not how.strip():
            raise RuleBroken(
                "Say how it was made sure that it is them, for example: by telephone, known voice."
            )
        shared = {holding.organisation_id for holding in person.holdings}
        if (
            witness is None
            or witness is person
            or not shared & {one.organisation_id for one in witness.holdings}
        ):
            raise RuleBroken(f"{confirmed_by} is no colleague of theirs. A second person must confirm it.")
        for table in (Authenticator, RecoveryCode, Passkey):
            session.execute(delete(table).where(table.person_id == person.id))
        end_all(session, person.id)
        events.record(
            session, actor, Act.FACTOR_RESET, person.id, confirmed_by=str(witness.id), how=how.strip()
        )
        happened = (
            f"The second factors of {person.name} were removed by the people who run this installation, as "
            f"{witness.name} confirmed. At the next sign-in the password is enough to set up new ones."
        )
        for told in (person, witness):
            tell(session, told, f"The second factors of {person.name} were removed", happened)


def let_in_fully(session: Session, person_id: uuid.UUID) -> None:
    """Sign-ins that were good only for setting up a factor are good for everything now. A shared step."""
    session.execute(update(SignIn).where(SignIn.person_id == person_id).values(lacks_factor=False))


def remove_authenticator(actor: Actor) -> None:
    """Take the app away, unless it is the last factor of somebody who must have one. Raises RuleBroken."""
    with transaction() as session:
        person = queries.own_person(session, actor, lock=True)
        policy.require(actor, Act.FACTOR_REMOVE)
        check_may_remove(session, actor)
        app = queries.authenticator(session, person.id)
        if app is None:
            raise RuleBroken("There is no app to remove.")
        session.delete(app)
        events.record(session, actor, Act.FACTOR_REMOVE, person.id)
        tell(
            session,
            person,
            "Your authenticator app was removed from Weald",
            "The authenticator app was removed from your sign-in.",
        )


def check_may_remove(session: Session, actor: Actor) -> None:
    """Raises RuleBroken when it would leave somebody without a factor who must have one. A shared step."""
    held = queries.factors_of(session, actor.person_id or uuid.UUID(int=0))
    if held.only_one and required.asks(session, actor):
        raise RuleBroken("What you do here asks for a second factor. Add another one before you remove this.")


def make_codes(actor: Actor, sheet_id: uuid.UUID) -> list[str]:
    """New recovery codes, shown this once; those before are worth nothing any more. Raises RuleBroken.

    `sheet_id` is the id that the form made, so that sending it again makes none.
    """
    with transaction() as session:
        person = queries.own_person(session, actor, lock=True)
        policy.require(actor, Act.FACTOR_MAKE_CODES)
        if queries.sheet_exists(session, sheet_id):
            raise RuleBroken(
                "These codes were shown once and cannot be shown again. Did you not keep them? Make new ones."
            )
        if not queries.has_any(session, person.id):
            raise RuleBroken("Set up an authenticator app or a passkey first. Codes stand in for one.")
        codes = [rules.new_code() for _ in range(rules.CODES_ON_A_SHEET)]
        moment = clock.machine_now()
        for old in queries.codes_of(session, person.id):
            session.delete(old)
        session.add_all(
            RecoveryCode(person_id=person.id, sheet_id=sheet_id, code_hash=hash_of(code), made_at=moment)
            for code in codes
        )
        events.record(session, actor, Act.FACTOR_MAKE_CODES, person.id)
        tell(
            session,
            person,
            "New recovery codes were made for you at Weald",
            "New recovery codes were made. Those you had before are worth nothing any more.",
        )
        return codes


def sign_in_with_code(
    person_id: uuid.UUID, typed: str, *, device: str | None = None, browser: str = ""
) -> Begun:
    """Sign in somebody whose password was right, with a code of their app or a recovery code.

    Raises RuleBroken; a wrong code is counted, apart for each device of theirs.
    """
    key = check_codes_tried(person_id, device)
    with transaction() as session:
        person = session.get_one(Person, person_id, with_for_update={"key_share": True})
        signing = Actor(person.id, person.name)
        policy.require(signing, Act.PERSON_SIGN_IN)
        if person.active and take_code(session, person, typed):
            begun = open_sign_in(session, person.id, device=device, browser=browser)
            events.record(session, signing, Act.PERSON_SIGN_IN, person.id)
            return begun
    miss_code(person_id, key)
    raise RuleBroken(NOT_THE_CODE, "code")


def check_codes_tried(person_id: uuid.UUID, device: str | None, field: str = "code") -> str:
    """What wrong codes from this device are counted by. Raises RuleBroken after too many."""
    session = db.session()
    key = key_of_codes(person_id, known_device(session, person_id, device))
    check_missed_codes(sign_ins.misses(session, key, clock.machine_now()), field)
    return key


def take_code(session: Session, person: Person, typed: str) -> bool:
    """Use up a code: of the app, whose step of time is gone with it, or of the sheet. A shared step."""
    app = queries.authenticator(session, person.id)
    secret = safe.unlock(app.secret, person.id) if app else None
    if app and secret:
        step = rules.step_of(typed, secret, clock.machine_now(), app.last_step)
        if step is not None:
            app.last_step = step
            return True
    code = queries.unused_code(session, person.id, hash_of(rules.tidy_code(typed)))
    if code is None:
        return False
    code.used_at = clock.machine_now()
    session.flush()
    left = queries.factors_of(session, person.id).codes_left
    events.record(session, Actor(person.id, person.name), Act.FACTOR_RECOVER, person.id, left=left)
    tell(
        session,
        person,
        "A recovery code of yours was used at Weald",
        f"One of your recovery codes was used. You have {left} left.",
    )
    return True


def miss_code(person_id: uuid.UUID, key: str) -> None:
    """Count a wrong code, and record it."""
    with transaction() as session:
        policy.require(ANYONE, Act.FACTOR_MISS)
        person = session.get_one(Person, person_id)
        session.add(MissedPassword(key=key, missed_at=clock.machine_now()))
        events.record(session, Actor(person_id, person.name), Act.FACTOR_MISS, person_id)
