"""People who can open quotes: with a passphrase that they have proved."""

from sqlalchemy import delete

from marketplace.alliance.models import RoleHolding
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.core.policy import Actor
from suppliers.quotes.keys import actions, queries, rules

PASSPHRASE = "seven herons over the old weir"


def proven_opener(actor: Actor, passphrase: str = PASSPHRASE) -> Actor:
    """Somebody of a school who has an opening passphrase and has proved it lately."""
    session = db.session()
    session.rollback()
    key = queries.key_of(session, actor.person_id)
    if key is None:
        actions.choose_passphrase(actor, new_id(), passphrase)
    elif key.proved_at is None or key.proved_at < clock.now() - rules.PROOF_HOLDS:
        actions.prove_passphrase(actor, passphrase)
    return actor


def leave_post(actor: Actor) -> None:
    """Somebody loses every role, as when they leave the school; no page does that yet."""
    with transaction() as session:
        session.execute(delete(RoleHolding).where(RoleHolding.person_id == actor.person_id))
