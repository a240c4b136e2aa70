"""The people who open quotes have passphrases, and prove them before each publication."""

from __future__ import annotations

from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.policy import Actor
from suppliers.quotes.keys import actions, queries

PASSPHRASE = "otter lantern quarry biscuit"  # noqa: S105  # published with the demonstration, and only there


def prove(actor: Actor) -> None:
    """Somebody sets up the passphrase of the demonstration, or proves it anew."""
    session = db.session()
    session.rollback()
    if queries.key_of(session, actor.person_id) is None:
        actions.choose_passphrase(actor, new_id(), PASSPHRASE)
    else:
        actions.prove_passphrase(actor, PASSPHRASE)
