"""Questions about changes of address."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins.account.models import EmailChange
from marketplace.alliance.sign_ins.account.rules import CONFIRM_LASTS, UNDO_LASTS
from marketplace.core import clock
from marketplace.core.errors import NotFound

TOO_OLD = "This link has been used or is too old."


def to_confirm(session: Session, link_hash: str, *, lock: bool = False) -> EmailChange:
    """The change that this link makes, while it may. Raises NotFound."""
    query = select(EmailChange).where(
        EmailChange.confirm_hash == link_hash,
        EmailChange.confirmed_at.is_(None),
        EmailChange.asked_at > clock.now() - CONFIRM_LASTS,
    )
    return _one(session, query.where(EmailChange.undone_at.is_(None)), lock=lock)


def to_undo(session: Session, link_hash: str, *, lock: bool = False) -> EmailChange:
    """The change that this link stops or takes back, while it may. Raises NotFound."""
    query = select(EmailChange).where(
        EmailChange.undo_hash == link_hash, EmailChange.asked_at > clock.now() - UNDO_LASTS
    )
    return _one(session, query.where(EmailChange.undone_at.is_(None)), lock=lock)


def _one(session: Session, query: Select[EmailChange], *, lock: bool) -> EmailChange:
    query = query.join(Person, Person.id == EmailChange.person_id).where(Person.active)
    if lock:
        query = query.with_for_update(of=EmailChange)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(TOO_OLD)
    return found


def waiting(session: Session, person_id: uuid.UUID) -> list[EmailChange]:
    """The changes of a person that were neither made nor stopped, the newest first."""
    query = select(EmailChange).where(
        EmailChange.person_id == person_id,
        EmailChange.confirmed_at.is_(None),
        EmailChange.undone_at.is_(None),
    )
    return list(session.scalars(query.order_by(EmailChange.asked_at.desc(), EmailChange.id)))
