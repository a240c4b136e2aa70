"""Links by which people choose a password, and the letter that brings the first. Shared steps of actions."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.alliance import queries, rules
from marketplace.alliance.models import PasswordLink, Person
from marketplace.core import clock, mail
from marketplace.core.policy import Actor, Role

Given = Sequence[tuple[uuid.UUID, Role]]


def make_link(session: Session, person: Person, lasts: timedelta) -> str:
    """A new link's token; the database keeps only its hash. A shared step."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(
        PasswordLink(
            token_hash=hash_of_token(token), person_id=person.id, made_at=now, expires_at=now + lasts
        )
    )
    return token


def hash_of_token(token: str) -> str:
    """How a link's token is found again. Tokens are long and random, so a plain hash does."""
    return hashlib.sha256(token.encode()).hexdigest()


def tell_added(session: Session, actor: Actor, person: Person, seats: Given, token: str | None) -> None:
    """Write to somebody of the roles they were given, with a link if they have no password. A shared step."""
    roles = _in_words(session, seats)
    mail.write(
        session,
        person.email,
        "You have been added to Weald",
        "alliance_person_added.txt",
        person_name=person.name,
        added_by=actor.name,
        roles=roles,
        token=token,
        days=rules.INVITATION_LASTS.days,
    )


def tell_colleagues(session: Session, actor: Actor, person: Person, seats: Given) -> None:
    """Write to those who answer for an organisation what one of them gave somebody there. A shared step.

    So nobody makes a second person for themselves unseen.
    """
    for organisation_id in dict.fromkeys(organisation_id for organisation_id, _ in seats):
        given = [seat for seat in seats if seat[0] == organisation_id]
        for colleague in queries.people_with_role(session, [organisation_id], *rules.ANSWER_FOR_PEOPLE):
            if colleague.id in {actor.person_id, person.id}:
                continue
            mail.write(
                session,
                colleague.email,
                f"{person.name} was given a role",
                "alliance_role_given.txt",
                person_name=colleague.name,
                added_by=actor.name,
                colleague=person.name,
                roles=_in_words(session, given),
            )


def _in_words(session: Session, seats: Given) -> list[str]:
    names = queries.names(session, [organisation_id for organisation_id, _ in seats])
    return [f"{rules.ROLE_LABELS[role]} of {names[organisation_id]}" for organisation_id, role in seats]
