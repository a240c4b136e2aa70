"""Tokens, with which programs ask for people."""

from marketplace.alliance.tokens import actions
from marketplace.core.api.scopes import Scope
from marketplace.core.ids import new_id
from marketplace.core.policy import Actor


def token(person: Actor, *scopes: Scope, days: int = 30) -> str:
    """A new token of a person, with these scopes or with all."""
    secret = actions.make_token(person, new_id(), "Finance system", scopes or tuple(Scope), days)
    assert secret
    return secret
