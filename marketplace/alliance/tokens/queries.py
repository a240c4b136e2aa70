"""Questions about personal tokens: each person asks about their own."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from marketplace.alliance.queries import actor_for
from marketplace.alliance.tokens.models import ApiToken
from marketplace.alliance.tokens.rules import hash_of
from marketplace.core.actors import Proof
from marketplace.core.api.scopes import Scope, acts_of
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The actor's own tokens."""
    return ApiToken.person_id == actor.person_id


def is_live(moment: datetime) -> ColumnElement[bool]:
    """Tokens that hold at a moment."""
    return and_(ApiToken.revoked_at.is_(None), ApiToken.expires_at > moment)


def live(session: Session, actor: Actor, moment: datetime) -> list[ApiToken]:
    """The actor's tokens that hold, the newest first."""
    query = select(ApiToken).where(visible_to(actor), is_live(moment))
    return list(session.scalars(query.order_by(ApiToken.made_at.desc(), ApiToken.id)))


def get_live(
    session: Session, actor: Actor, token_id: uuid.UUID, moment: datetime, *, lock: bool = False
) -> ApiToken:
    """A token of the actor's that holds. Raises NotFound."""
    query = select(ApiToken).where(ApiToken.id == token_id, visible_to(actor), is_live(moment))
    token = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if token is None:
        raise NotFound("There is no such token of yours. It may have been revoked or have expired.")
    return token


def find_live(session: Session, secret: str, moment: datetime) -> ApiToken | None:
    """The token with this secret, if it holds."""
    query = select(ApiToken).where(ApiToken.secret_hash == hash_of(secret), is_live(moment))
    return session.scalars(query).one_or_none()


def scopes_of(token: ApiToken) -> frozenset[Scope]:
    """What a token may do; a scope that there is no more allows nothing."""
    return frozenset(scope for scope in Scope if scope in token.scopes)


def actor_of(session: Session, token: ApiToken) -> Actor | None:
    """A token's owner with what they may do now, cut down to the token's scopes. None if inactive.

    A token proves nothing anew, so what needs a fresh proof is not done by it.
    """
    owner = actor_for(session, token.person_id)
    acts = acts_of(scopes_of(token))
    return owner and replace(owner, token_id=token.id, acts=acts, proof=Proof.OLD)
