"""Adding, naming and removing passkeys, and signing in with one."""

from __future__ import annotations

import hashlib
import uuid

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins.actions import Begun, open_sign_in
from marketplace.alliance.sign_ins.factors.actions import check_may_remove, let_in_fully
from marketplace.alliance.sign_ins.factors.queries import own_person
from marketplace.alliance.sign_ins.notices import tell
from marketplace.alliance.sign_ins.passkeys import ceremony, queries, rules
from marketplace.alliance.sign_ins.passkeys.ceremony import NOT_PROVEN, Site
from marketplace.alliance.sign_ins.passkeys.models import Passkey, SpentChallenge
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor


def add_passkey(
    actor: Actor, passkey_id: uuid.UUID, name: str, credential: str, *, challenge: bytes, site: Site
) -> None:
    """Keep a passkey that a browser has just made, by the id of its form. Raises RuleBroken."""
    with transaction() as session:
        person = own_person(session, actor, lock=True)
        policy.require(actor, Act.PASSKEY_ADD)
        tidied = rules.tidy_name(name)
        held = queries.passkeys_of(session, person.id)
        if any(one.id == passkey_id for one in held):
            return
        rules.check_count(len(held))
        key = ceremony.made(credential, challenge, site)
        spend(session, challenge)
        if queries.by_credential(session, key.credential_id):
            raise RuleBroken("This passkey is known here already.")
        session.add(
            Passkey(
                id=passkey_id,
                person_id=person.id,
                credential_id=key.credential_id,
                public_key=key.public_key,
                sign_count=key.sign_count,
                name=tidied,
                added_at=clock.machine_now(),
            )
        )
        let_in_fully(session, person.id)
        events.record(session, actor, Act.PASSKEY_ADD, person.id, passkey=passkey_id)
        tell(
            session,
            person,
            "A passkey was added to your sign-in at Weald",
            f"The passkey “{tidied}” was added. Whoever can unlock that device can sign in as you.",
        )


def rename_passkey(actor: Actor, passkey_id: uuid.UUID, name: str) -> None:
    """Call a passkey something else. Raises NotFound, RuleBroken."""
    with transaction() as session:
        person = own_person(session, actor)
        passkey = queries.get_own(session, person.id, passkey_id, lock=True)
        policy.require(actor, Act.PASSKEY_RENAME)
        passkey.name = rules.tidy_name(name)
        events.record(session, actor, Act.PASSKEY_RENAME, person.id, passkey=passkey_id)


def remove_passkey(actor: Actor, passkey_id: uuid.UUID) -> None:
    """Take a passkey away, unless it is the last factor of somebody who must have one.

    Raises NotFound, RuleBroken.
    """
    with transaction() as session:
        person = own_person(session, actor, lock=True)
        passkey = queries.get_own(session, person.id, passkey_id, lock=True)
        policy.require(actor, Act.PASSKEY_REMOVE)
        check_may_remove(session, actor)
        session.delete(passkey)
        events.record(session, actor, Act.PASSKEY_REMOVE, person.id, passkey=passkey_id)
        tell(
            session,
            person,
            "A passkey was removed from your sign-in at Weald",
            f"The passkey “{passkey.name}” was removed. Nobody signs in with it any more.",
        )


def sign_in_with_passkey(
    credential: str,
    challenge: bytes,
    site: Site,
    *,
    device: str | None = None,
    browser: str = "",
) -> Begun:
    """Sign in whoever proves themselves by a passkey.

    Raises RuleBroken, the same for a passkey that is unknown, removed or somebody else's.
    """
    with transaction() as session:
        passkey = take_passkey(session, credential, challenge, site)
        signing = Actor(passkey.person_id, session.get_one(Person, passkey.person_id).name)
        policy.require(signing, Act.PERSON_SIGN_IN)
        begun = open_sign_in(session, passkey.person_id, device=device, browser=browser)
        events.record(session, signing, Act.PERSON_SIGN_IN, passkey.person_id, passkey=passkey.id)
        return begun


def take_passkey(
    session: Session, credential: str, challenge: bytes, site: Site, *, person_id: uuid.UUID | None = None
) -> Passkey:
    """The passkey that answered a challenge, which is spent by it. Raises RuleBroken. A shared step."""
    answered = ceremony.read(credential)
    passkey = queries.by_credential(session, answered.credential_id)
    if passkey is None or person_id not in (None, passkey.person_id):
        raise RuleBroken(NOT_PROVEN)
    passkey.sign_count = ceremony.proven(answered, challenge, site, passkey.public_key, passkey.sign_count)
    passkey.last_used_at = clock.machine_now()
    spend(session, challenge)
    return passkey


def spend(session: Session, challenge: bytes) -> None:
    """Let a challenge count once. Raises RuleBroken when it was answered before. A shared step."""
    spent = hashlib.sha256(challenge).hexdigest()
    moment = clock.machine_now()
    session.execute(
        delete(SpentChallenge).where(SpentChallenge.spent_at < moment - 2 * rules.CHALLENGE_LASTS)
    )
    session.add(SpentChallenge(challenge_hash=spent, spent_at=moment))
    try:
        session.flush()
    except IntegrityError as error:
        raise RuleBroken(NOT_PROVEN) from error
