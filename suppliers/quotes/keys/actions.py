"""What openers do with their passphrases: choose, prove, change, replace.

The slow work on a passphrase is done outside transactions, so that trying one holds nobody up. A try is
counted before it is made: many at once are no way around the limit.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import current_app
from sqlalchemy.orm import Session

from marketplace.alliance import passwords
from marketplace.alliance.models import Person
from marketplace.alliance.queries import names
from marketplace.core import clock, events, policy
from marketplace.core.db import db, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.core.settings import Settings
from suppliers.quotes.keys import boxes, halves, locks, notices, queries, rules
from suppliers.quotes.keys.halves import Unlocked
from suppliers.quotes.keys.models import EnvelopeKey, OpeningKey, ProofAsked
from suppliers.quotes.keys.rules import Cost
from suppliers.quotes.keys.strength import guesses
from suppliers.quotes.rules import OPENING_LASTS

NO_PASSPHRASE = "You have no opening passphrase yet. Set one up first."  # noqa: S105  # a sentence


def choose_passphrase(actor: Actor, key_id: uuid.UUID, passphrase: str) -> None:
    """Set up an opening passphrase, and the key pair that it locks. Sent twice, it makes one.

    Raises RuleBroken (`passphrase`) for one that is weak or is the log-in password.
    """
    chosen = _strong(actor, passphrase)
    private_key, locked = _new_lock(chosen)
    with transaction() as session:
        policy.require(actor, Act.PASSPHRASE_CHOOSE, *actor.school_ids)
        if session.get(OpeningKey, key_id) is not None:
            return
        if queries.key_of(session, actor.person_id) is not None:
            raise RuleBroken("You have an opening passphrase already. Change it, or replace it.")
        key = _add(session, actor, key_id, private_key, locked)
        events.record(
            session,
            actor,
            Act.PASSPHRASE_CHOOSE,
            key.id,
            key=boxes.fingerprint(key.public_key),
        )
        notices.passphrase_chosen(session, _person(session, actor), key)


def prove_passphrase(actor: Actor, passphrase: str) -> None:
    """Show that one still knows the passphrase. Raises RuleBroken (`passphrase`)."""
    unlock(actor, passphrase)


def change_passphrase(actor: Actor, present: str, passphrase: str) -> None:
    """Lock the same key with another passphrase: nothing sealed to it is lost. Raises RuleBroken."""
    chosen = _strong(actor, passphrase)
    holder = unlock(actor, present)
    locked = locks.lock(holder.private_key, chosen, _cost())
    with transaction() as session:
        policy.require(actor, Act.PASSPHRASE_CHANGE, *actor.school_ids)
        key = queries.key_of(session, actor.person_id, lock=True)
        if key is None or key.id != holder.key_id:
            raise RuleBroken("Your key was replaced while you were changing its passphrase.")
        _put(key, locked)
        events.record(session, actor, Act.PASSPHRASE_CHANGE, key.id)
        notices.passphrase_changed(session, _person(session, actor))


def replace_passphrase(actor: Actor, key_id: uuid.UUID, passphrase: str) -> None:
    """Set up a new key with a new passphrase in the place of a forgotten one.

    The old private key is erased: halves of running tenders that were sealed to it are lost, so others
    open those. Their coordinators are told. Raises RuleBroken (`passphrase`).
    """
    chosen = _strong(actor, passphrase)
    private_key, locked = _new_lock(chosen)
    with transaction() as session:
        policy.require(actor, Act.PASSPHRASE_REPLACE, *actor.school_ids)
        if session.get(OpeningKey, key_id) is not None:
            return
        old = queries.key_of(session, actor.person_id, lock=True)
        if old is None:
            raise RuleBroken(NO_PASSPHRASE)
        lost = queries.tenders_that_need(session, [old.id])
        old.replaced_at, old.locked = clock.now(), None
        session.flush()
        key = _add(session, actor, key_id, private_key, locked)
        events.record(
            session,
            actor,
            Act.PASSPHRASE_REPLACE,
            key.id,
            key=boxes.fingerprint(key.public_key),
            replaces=boxes.fingerprint(old.public_key),
            tenders=[tender.reference for tender in lost],
        )
        notices.passphrase_replaced(session, _person(session, actor), lost)


def unlock(actor: Actor, passphrase: str) -> Unlocked:
    """The actor's private key, for the length of what they do with it. Being right is a proof.

    Raises RuleBroken (`passphrase`) for a wrong passphrase, and for any while too many mistypes lock it.
    """
    key_id, public_key, locked = _begin_try(actor)
    try:
        private_key = locks.unlock(locked, public_key, rules.tidy_passphrase(passphrase))
    except locks.WrongPassphrase:
        raise _note_mistype(actor, key_id) from None
    _note_proof(actor, key_id)
    return Unlocked(key_id, private_key)


def _begin_try(actor: Actor) -> tuple[uuid.UUID, bytes, locks.Lock]:
    """Count a try before it is made; what to try it on. Tries while it is locked are recorded too."""
    refusal: RuleBroken | None = None
    with transaction() as session:
        key = queries.key_of(session, actor.person_id, lock=True)
        policy.require(actor, Act.PASSPHRASE_PROVE, *actor.school_ids)
        if key is None:
            raise RuleBroken(NO_PASSPHRASE, "passphrase")
        moment = clock.database_now(session)
        try:
            rules.check_not_locked(key.locked_until, moment)
        except RuleBroken as locked:
            events.record(session, actor, Act.PASSPHRASE_MISTYPE, key.id, while_locked=True)
            refusal = locked
        else:
            if key.locked_until is not None:
                key.locked_until, key.mistypes = None, 0
            key.mistypes += 1
            if key.mistypes >= rules.MOST_MISTYPES:
                key.locked_until = moment + rules.LOCKED_FOR
        found = key.id, key.public_key, _lock_of(key)
    if refusal is not None:
        raise refusal
    return found


def _note_mistype(actor: Actor, key_id: uuid.UUID) -> RuleBroken:
    """Record that the try was wrong; what its author is told. The person learns of a locked passphrase."""
    with transaction() as session:
        policy.require(actor, Act.PASSPHRASE_MISTYPE, *actor.school_ids)
        key = session.get_one(OpeningKey, key_id)
        locked_until = key.locked_until
        events.record(
            session,
            actor,
            Act.PASSPHRASE_MISTYPE,
            key_id,
            mistypes=key.mistypes,
            locked_until=locked_until.isoformat() if locked_until else None,
        )
        if locked_until is not None:
            notices.passphrase_locked(session, _person(session, actor), rules.until(locked_until))
        return rules.mistyped(key.mistypes, locked_until)


def _note_proof(actor: Actor, key_id: uuid.UUID) -> None:
    with transaction() as session:
        policy.require(actor, Act.PASSPHRASE_PROVE, *actor.school_ids)
        key = session.get_one(OpeningKey, key_id, with_for_update=True)
        key.mistypes, key.locked_until, key.proved_at = 0, None, clock.now()
        events.record(session, actor, Act.PASSPHRASE_PROVE, key_id)


def ask_for_proof(tender_id: uuid.UUID, person_id: uuid.UUID, days_before: int) -> None:
    """Ask an opener by e-mail to prove the passphrase before a deadline; once for each time it is due."""
    with transaction() as session:
        policy.require(SYSTEM, Act.PASSPHRASE_ASK)
        if session.get(ProofAsked, (tender_id, person_id, days_before)) is not None:
            return
        session.add(
            ProofAsked(
                tender_id=tender_id, person_id=person_id, days_before=days_before, asked_at=clock.now()
            )
        )
        tender = notices.proof_asked(session, tender_id, person_id)
        events.record(
            session,
            SYSTEM,
            Act.PASSPHRASE_ASK,
            tender_id,
            organisation_id=tender.alliance_id,
            person=person_id,
            days_before=days_before,
        )


def forget_halves(envelope_key_id: uuid.UUID) -> None:
    """Remove the halves that were passed on by an opening that nobody completed in time."""
    with transaction() as session:
        policy.require(SYSTEM, Act.HALVES_FORGET)
        key = session.get_one(EnvelopeKey, envelope_key_id)
        if queries.halves_passed_before(session, clock.now() - OPENING_LASTS, key.id):
            halves.forget_passed(session, key)
            events.record(session, SYSTEM, Act.HALVES_FORGET, key.tender_id, envelope=key.envelope)


# ------------------------------------------------------------------ shared steps
def _add(
    session: Session, actor: Actor, key_id: uuid.UUID, private_key: bytes, locked: locks.Lock
) -> OpeningKey:
    assert actor.person_id, "only people have passphrases"
    moment = clock.now()
    key = OpeningKey(
        id=key_id,
        person_id=actor.person_id,
        public_key=boxes.public_key_of(private_key),
        made_by=actor.person_id,
        made_at=moment,
        proved_at=moment,
    )
    _put(key, locked)
    session.add(key)
    session.flush()
    return key


def _put(key: OpeningKey, locked: locks.Lock) -> None:
    key.locked, key.salt = locked.content, locked.salt
    key.memory_kib, key.passes, key.lanes = locked.cost.memory_kib, locked.cost.passes, locked.cost.lanes


def _lock_of(key: OpeningKey) -> locks.Lock:
    assert key.locked, "a person's live key has its private key"
    assert key.salt, "which is locked"
    assert key.memory_kib
    assert key.passes
    assert key.lanes
    return locks.Lock(key.salt, Cost(key.memory_kib, key.passes, key.lanes), key.locked)


def _new_lock(passphrase: str) -> tuple[bytes, locks.Lock]:
    private_key = boxes.new_private_key()
    return private_key, locks.lock(private_key, passphrase, _cost())


def _cost() -> Cost:
    settings: Settings = current_app.extensions["settings"]
    return Cost(settings.passphrase_memory_kib, settings.passphrase_passes)


def _strong(actor: Actor, typed: str) -> str:
    """The passphrase as it is used. Raises RuleBroken for a weak one, and for the log-in password."""
    session = db.session()
    passphrase = rules.tidy_passphrase(typed)
    person = _person(session, actor)
    about = _words_about(session, actor, person)
    rules.check_strength(passphrase, guesses(passphrase, about), about)
    if passwords.matches(person.password_hash, typed):
        raise RuleBroken(
            "Choose another passphrase than the password you sign in with: who knows one must not know both.",
            "passphrase",
        )
    return passphrase


def _words_about(session: Session, actor: Actor, person: Person) -> Sequence[str]:
    said = [person.name, person.email.partition("@")[0], "weald", "opening", "passphrase", "quotes"]
    said += names(session, actor.school_ids).values()
    words = {word for text in said for word in text.replace(".", " ").split()}
    return sorted(word for word in words if len(word) > 2)  # noqa: PLR2004  # "of", "St"


def _person(session: Session, actor: Actor) -> Person:
    assert actor.person_id, "only people have passphrases"
    return session.get_one(Person, actor.person_id)
