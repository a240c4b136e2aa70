"""What waits for suppliers, and for schools that use them, about documents and bank accounts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.core.policy import Actor
from marketplace.core.web import Task
from suppliers.profiles.bank import tasks as bank
from suppliers.profiles.documents import tasks as documents


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Documents to renew or to check, and changes of bank accounts to decide about."""
    return [*documents.waiting_for(session, actor), *bank.waiting_for(session, actor)]
