"""Proving again who one is, by password and second factor or by a passkey."""

from __future__ import annotations

import secrets
import uuid

from sqlalchemy.orm import Session

from marketplace.alliance import passwords
from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins import actions as signing_in
from marketplace.alliance.sign_ins import queries as sign_ins
from marketplace.alliance.sign_ins import rules
from marketplace.alliance.sign_ins.factors import actions as codes
from marketplace.alliance.sign_ins.factors.queries import has_any, own_person
from marketplace.alliance.sign_ins.passkeys.actions import take_passkey
from marketplace.alliance.sign_ins.passkeys.ceremony import Site
from marketplace.core import clock, events, policy
from marketplace.core.db import db, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor


def prove(actor: Actor, secret: str, password: str, code: str, *, device: str | None = None) -> str:
    """Prove oneself by the password, and by a code where one has a second factor.

    Somebody whom a provider signs in, and who has no password here, proves themselves by the code alone.
    Returns the new secret of this browser's sign-in: the one before is worth nothing any more. Raises
    RuleBroken; misses count as they do when signing in.
    """
    reading = db.session()
    person = own_person(reading, actor)
    if person.password_hash is None:
        if not has_any(reading, person.id):
            raise RuleBroken("You have no password and no second factor here. Sign out, and sign in again.")
        return _prove_by_code(actor, secret, person.id, code, device)
    key = rules.key_of(person.email, signing_in.known_device(reading, person.id, device))
    rules.check_misses(sign_ins.misses(reading, key, clock.machine_now()), "proof_password")
    if not passwords.matches(person.password_hash, password):
        signing_in.miss_password(person.id, person.name, key)
        raise RuleBroken("That is not your password.", "proof_password")
    with transaction() as session:
        policy.require(actor, Act.PERSON_PROVE)
        if not has_any(session, person.id):
            return _renew(session, actor, person.id, secret)
    return _prove_by_code(actor, secret, person.id, code, device)


def _prove_by_code(actor: Actor, secret: str, person_id: uuid.UUID, code: str, device: str | None) -> str:
    key = codes.check_codes_tried(person_id, device, "proof_code")
    with transaction() as session:
        policy.require(actor, Act.PERSON_PROVE)
        person = session.get_one(Person, person_id, with_for_update={"key_share": True})
        if codes.take_code(session, person, code):
            return _renew(session, actor, person_id, secret)
    codes.miss_code(person_id, key)
    raise RuleBroken(codes.NOT_THE_CODE, "proof_code")


def prove_by_passkey(actor: Actor, secret: str, credential: str, *, challenge: bytes, site: Site) -> str:
    """Prove oneself by one of one's own passkeys. Returns the new secret. Raises RuleBroken."""
    with transaction() as session:
        policy.require(actor, Act.PERSON_PROVE)
        person = own_person(session, actor)
        take_passkey(session, credential, challenge, site, person_id=person.id)
        return _renew(session, actor, person.id, secret)


def _renew(session: Session, actor: Actor, person_id: uuid.UUID, secret: str) -> str:
    """A sign-in that was proven just now, under a new secret."""
    renewed = secrets.token_urlsafe(32)
    own = sign_ins.own(session, secret, clock.machine_now())
    own.secret_hash, own.proven_at = rules.hash_of(renewed), clock.machine_now()
    events.record(session, actor, Act.PERSON_PROVE, person_id)
    return renewed
