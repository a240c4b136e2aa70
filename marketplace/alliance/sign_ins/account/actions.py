"""Changing one's own e-mail address, at both ends of it, and one's password."""

from __future__ import annotations

import secrets
import uuid

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.alliance import passwords
from marketplace.alliance.links import hash_of_token, make_link
from marketplace.alliance.models import Person
from marketplace.alliance.queries import address_is_taken, said_of, unused_links
from marketplace.alliance.rules import FORGOTTEN_LASTS, tidy_address
from marketplace.alliance.sign_ins import actions as signing_in
from marketplace.alliance.sign_ins import queries as sign_ins
from marketplace.alliance.sign_ins import rules as sign_in_rules
from marketplace.alliance.sign_ins.account import queries, rules
from marketplace.alliance.sign_ins.account.models import EmailChange
from marketplace.alliance.sign_ins.factors.models import Authenticator
from marketplace.alliance.sign_ins.factors.queries import own_person
from marketplace.alliance.sign_ins.notices import tell
from marketplace.alliance.sign_ins.passkeys.models import Passkey
from marketplace.alliance.sign_ins.providers.models import ProviderLink
from marketplace.alliance.tokens.models import ApiToken
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import db, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor


def ask_for_address(actor: Actor, change_id: uuid.UUID, email: str) -> None:
    """Ask to sign in with another address: links go to both. Raises RuleBroken.

    Whoever asks is not told whether somebody has the new address; that somebody is. `change_id` is the id
    that the form made.
    """
    with transaction() as session:
        person = own_person(session, actor, lock=True)
        policy.require(actor, Act.EMAIL_ASK)
        address = tidy_address(email)
        if address == person.email:
            raise RuleBroken("You sign in with this address already.", "email")
        if session.get(EmailChange, change_id):
            return
        for earlier in queries.waiting(session, person.id):
            earlier.undone_at = clock.now()
        confirm, undo = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        session.add(
            EmailChange(
                id=change_id,
                person_id=person.id,
                old_email=person.email,
                new_email=address,
                confirm_hash=hash_of_token(confirm),
                undo_hash=hash_of_token(undo),
                asked_at=clock.now(),
            )
        )
        events.record(session, actor, Act.EMAIL_ASK, person.id)
        taken = address_is_taken(session, address)
        mail.write(
            session,
            address,
            "Somebody wants to use this address at Weald" if taken else "Confirm your new e-mail address",
            "alliance_email_to_confirm.txt",
            person_name=person.name,
            token=None if taken else confirm,
            hours=int(rules.CONFIRM_LASTS.total_seconds() // 3600),
        )
        mail.write(
            session,
            person.email,
            "Your e-mail address at Weald is about to change",
            "alliance_email_changing.txt",
            person_name=person.name,
            new_email=address,
            token=undo,
            days=rules.UNDO_LASTS.days,
        )


def confirm_address(token: str) -> None:
    """Let a person sign in with the address to which this link was sent.

    Raises NotFound for a link that is unknown, used or too old; RuleBroken when somebody has the address now.
    """
    with transaction() as session:
        change = queries.to_confirm(session, hash_of_token(token), lock=True)
        person = session.get_one(Person, change.person_id, with_for_update={"key_share": True})
        changing = Actor(person.id, person.name)
        policy.require(changing, Act.EMAIL_CONFIRM)
        change.confirmed_at = clock.now()
        _give_address(session, person, change.new_email)
        events.record(session, changing, Act.EMAIL_CONFIRM, person.id)
        tell(
            session,
            person,
            "Your e-mail address at Weald was changed",
            f"You sign in to Weald with {change.new_email} now. The link in our message before this one, "
            "to your old address, still takes it back.",
            to=change.old_email,
        )


def undo_address(token: str) -> bool:
    """Stop a change of address, or take it back; was it made already?

    Then whoever made it may have the password too: it is worth nothing any more, all sign-ins end, factors
    and tokens that were made since go, and a link to choose a new password is sent to the old address.
    Raises NotFound.
    """
    with transaction() as session:
        change = queries.to_undo(session, hash_of_token(token), lock=True)
        person = session.get_one(Person, change.person_id, with_for_update={"key_share": True})
        undoing = Actor(person.id, person.name)
        policy.require(undoing, Act.EMAIL_UNDO)
        change.undone_at = clock.now()
        was_made = change.confirmed_at is not None
        events.record(session, undoing, Act.EMAIL_UNDO, person.id, was_made=was_made)
        if was_made:
            _give_address(session, person, change.old_email)
            _shut_out(session, person, change)
        return was_made


def _give_address(session: Session, person: Person, address: str) -> None:
    """Their links to choose a password end: they were sent to the other address."""
    person.email = address
    for link in unused_links(session, person.id):
        link.used_at = clock.now()
    try:
        session.flush()
    except IntegrityError as error:
        raise RuleBroken("Somebody uses this address by now. Ask for another one.") from error


def _shut_out(session: Session, person: Person, change: EmailChange) -> None:
    person.password_hash = None
    signing_in.end_all(session, person.id)
    for table, since in (
        (Passkey, Passkey.added_at),
        (Authenticator, Authenticator.added_at),
        (ProviderLink, ProviderLink.linked_at),
    ):
        session.execute(delete(table).where(table.person_id == person.id, since > change.asked_at))
    made_since = (ApiToken.person_id == person.id, ApiToken.made_at > change.asked_at)
    session.execute(update(ApiToken).where(*made_since).values(revoked_at=clock.machine_now()))
    mail.write(
        session,
        person.email,
        "Choose a new password for Weald",
        "alliance_password_forgotten.txt",
        person_name=person.name,
        token=make_link(session, person, FORGOTTEN_LASTS),
        hours=int(FORGOTTEN_LASTS.total_seconds() // 3600),
    )


def change_password(
    actor: Actor, secret: str, present: str, password: str, *, device: str | None = None
) -> None:
    """Choose another password, knowing the present one. Every sign-in but this browser's ends.

    Raises RuleBroken; a wrong one counts as it does when signing in.
    """
    reading = db.session()
    person = own_person(reading, actor)
    key = sign_in_rules.key_of(person.email, signing_in.known_device(reading, person.id, device))
    sign_in_rules.check_misses(sign_ins.misses(reading, key, clock.machine_now()), "present")
    if not passwords.matches(person.password_hash, present):
        signing_in.miss_password(person.id, person.name, key)
        raise RuleBroken("That is not your present password.", "present")
    hashed = passwords.hash_password(password, said_of(reading, person))
    with transaction() as session:
        person = own_person(session, actor, lock=True)
        policy.require(actor, Act.PASSWORD_CHANGE)
        person.password_hash = hashed
        for link in unused_links(session, person.id):
            link.used_at = clock.now()
        signing_in.end_all(session, person.id, but=sign_in_rules.hash_of(secret))
        events.record(session, actor, Act.PASSWORD_CHANGE, person.id)
        tell(
            session,
            person,
            "Your password for Weald was changed",
            "Your password was changed, and you were signed out in every other browser.",
        )
