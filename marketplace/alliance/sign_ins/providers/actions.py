"""Signing in with an account at a provider, connecting one, and removing it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.alliance import queries as people
from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins import notices
from marketplace.alliance.sign_ins import rules as sign_in_rules
from marketplace.alliance.sign_ins.providers import queries
from marketplace.alliance.sign_ins.providers.models import ProviderLink, ProviderVisit
from marketplace.alliance.sign_ins.providers.rules import LABELS, Identity, Provider, Visit, start_again
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor

VISITS_KEPT = timedelta(days=1)
ELSE = "Sign in with your password; then you can connect your account under “Security”."


def recognise(provider: Provider, identity: Identity, visit: Visit) -> uuid.UUID:
    """Whose account this is: the first time, whose address its provider answers for, who is then connected.

    Raises RuleBroken when nobody has. It may say so: the provider has shown that who asks owns it.
    """
    with transaction() as session:
        _use_up(session, provider, visit)
        link = queries.link_to(session, identity)
        person = queries.lock_person(session, link.person_id) if link else _invited(session, identity)
        signing = Actor(person.id, person.name)
        policy.require(signing, Act.PERSON_SIGN_IN)
        if not person.active:
            raise RuleBroken(
                "This account does not open Weald any more. Ask your headteacher or coordinator."
            )
        if link is None:
            _connect(session, signing, person, identity)
        return person.id


def _use_up(session: Session, provider: Provider, visit: Visit) -> None:
    """Let this visit count once, however often its answer is sent again."""
    moment = clock.machine_now()
    session.execute(delete(ProviderVisit).where(ProviderVisit.ended_at < moment - VISITS_KEPT))
    session.add(ProviderVisit(state_hash=sign_in_rules.hash_of(visit.state), ended_at=moment))
    try:
        session.flush()
    except IntegrityError:
        raise start_again(provider) from None


def _invited(session: Session, identity: Identity) -> Person:
    """Who was invited at the address of an account that nobody has connected. Raises RuleBroken."""
    label = LABELS[identity.provider]
    if not identity.is_vouched:
        raise RuleBroken(f"{label} does not answer for the e-mail address of this account. {ELSE}")
    known = people.person_by_email(session, identity.email)
    if known is None:
        raise RuleBroken(
            f"Nobody was added to Weald with the address {identity.email}. Ask your headteacher or the "
            f"alliance’s coordinator to add it. If you have a password for Weald: {ELSE[0].lower()}{ELSE[1:]}"
        )
    return queries.lock_person(session, known.id)


def connect_account(actor: Actor, provider: Provider, identity: Identity, visit: Visit) -> None:
    """Let a person who is signed in sign in with this account from now on, whatever its address.

    Connecting it again changes nothing. Raises RuleBroken when it is somebody else's.
    """
    with transaction() as session:
        policy.require(actor, Act.PROVIDER_LINK)
        _use_up(session, provider, visit)
        person = queries.lock_person(session, actor.person_id or uuid.UUID(int=0))
        link = queries.link_to(session, identity)
        if link is None:
            _connect(session, actor, person, identity)
        elif link.person_id != person.id:
            raise RuleBroken(f"Somebody else signs in to Weald with this {provider.label} account.")


def _connect(session: Session, actor: Actor, person: Person, identity: Identity) -> None:
    """Connect an account that nobody has connected, and tell its owner. A shared step."""
    policy.require(actor, Act.PROVIDER_LINK)
    label = LABELS[identity.provider]
    if any(link.provider is identity.provider for link in queries.links_of(session, person.id)):
        raise RuleBroken(
            f"{person.email} is connected with another {label} account. Sign in with that one, or with your "
            "password and remove it under “Security”."
        )
    session.add(
        ProviderLink(
            person_id=person.id,
            provider=identity.provider,
            issuer=identity.issuer,
            subject=identity.subject,
            email=identity.email,
            linked_at=clock.now(),
        )
    )
    try:
        session.flush()
    except IntegrityError:
        raise RuleBroken(f"Somebody else signs in to Weald with this {label} account.") from None
    events.record(session, actor, Act.PROVIDER_LINK, person.id, provider=identity.provider)
    notices.tell(
        session,
        person,
        f"You can sign in to Weald with {label} now",
        f"Your {label} account {identity.email or 'without an address'} opens Weald from now on.",
    )


def remove_account(actor: Actor, link_id: uuid.UUID) -> None:
    """Let an account open Weald no more. Sign-ins that were begun with it run on.

    Raises NotFound for somebody else's, RuleBroken when there would be no way in left.
    """
    person_id = actor.person_id or uuid.UUID(int=0)
    with transaction() as session:
        link = queries.get_link(session, person_id, link_id)
        policy.require(actor, Act.PROVIDER_UNLINK)
        person = queries.lock_person(session, person_id)
        if person.password_hash is None and len(queries.links_of(session, person_id)) == 1:
            raise RuleBroken(
                "You would have no way in. First choose a password: sign out, then “I have no password”."
            )
        session.delete(link)
        label = LABELS[link.provider]
        events.record(session, actor, Act.PROVIDER_UNLINK, person_id, provider=link.provider)
        notices.tell(
            session,
            person,
            f"You cannot sign in to Weald with {label} any more",
            f"Your {label} account {link.email or 'without an address'} does not open Weald any more.",
        )
