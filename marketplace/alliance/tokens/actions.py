"""Making and revoking one's own tokens."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta

from marketplace.alliance.models import Person
from marketplace.alliance.tokens import queries, rules
from marketplace.alliance.tokens.models import ApiToken
from marketplace.core import clock, events, mail, policy
from marketplace.core.api.scopes import SCOPE_LABELS, Scope
from marketplace.core.db import transaction
from marketplace.core.policy import Act, Actor


def make_token(
    actor: Actor, token_id: uuid.UUID, name: str, scopes: Collection[Scope], days: int
) -> str | None:
    """Make a token for the actor, who is told of it by e-mail. Returns the token, this once.

    A form sent twice gives None the second time. Raises RuleBroken.
    """
    assert actor.person_id, "only people have tokens"
    with transaction() as session:
        policy.require(actor, Act.TOKEN_MAKE, *(seat.organisation_id for seat in actor.seats))
        if session.get(ApiToken, token_id) is not None:
            return None
        moment = clock.machine_now()
        person = session.get_one(Person, actor.person_id, with_for_update={"key_share": True})
        rules.check_token(name, scopes, days, len(queries.live(session, actor, moment)))
        secret = rules.new_token()
        made = ApiToken(
            id=token_id,
            person_id=person.id,
            name=name.strip(),
            secret_hash=rules.hash_of(secret),
            scopes=sorted(scopes),
            made_at=moment,
            expires_at=moment + timedelta(days=days),
        )
        session.add(made)
        session.flush()
        events.record(session, actor, Act.TOKEN_MAKE, token_id, scopes=made.scopes, days=days)
        mail.write(
            session,
            person.email,
            "A token for programs was made in your name",
            "alliance_token_made.txt",
            person_name=person.name,
            name=made.name,
            may=[SCOPE_LABELS[scope] for scope in Scope if scope in scopes],
            made_at=clock.now(),
            expires_at=made.expires_at,
        )
        return secret


def revoke_token(actor: Actor, token_id: uuid.UUID) -> str:
    """End one of the actor's tokens; returns its name. Raises NotFound for one that is not theirs."""
    with transaction() as session:
        policy.require(actor, Act.TOKEN_REVOKE)
        token = queries.get_live(session, actor, token_id, clock.machine_now(), lock=True)
        token.revoked_at = clock.machine_now()
        events.record(session, actor, Act.TOKEN_REVOKE, token_id)
        return token.name


def note_use(owner: Actor, token_id: uuid.UUID) -> None:
    """Note that a token is in use today. It is recorded, so that its owner can see when it was."""
    with transaction() as session:
        policy.require(owner, Act.TOKEN_USE)
        token = session.get_one(ApiToken, token_id, with_for_update=True)
        moment = clock.machine_now()
        if not rules.is_noted(token.used_at, moment):
            token.used_at = moment
            events.record(session, owner, Act.TOKEN_USE, token_id)
