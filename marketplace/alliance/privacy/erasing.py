"""What deletes old data: a place that every stage fills for the rules that concern it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from marketplace.alliance.models import PasswordLink, Person, RoleHolding
from marketplace.alliance.privacy.rules import FORMER
from marketplace.alliance.sign_ins.account.models import EmailChange
from marketplace.alliance.sign_ins.factors.models import Authenticator, RecoveryCode
from marketplace.alliance.sign_ins.models import MissedPassword, SignIn
from marketplace.alliance.sign_ins.passkeys.models import Passkey
from marketplace.alliance.sign_ins.providers.models import ProviderLink
from marketplace.alliance.tokens.models import ApiToken
from marketplace.core.events import Event
from marketplace.core.mail import Message, MessageFile, MessageStatus

ERASED_AT = "erased.invalid"
"""No address ends in this name (RFC 2606)."""


class Eraser(Protocol):
    """Finds and deletes what a rule says."""

    def count(self, session: Session, before: datetime) -> int:
        """How much would be deleted."""
        ...

    def erase(self, session: Session, before: datetime) -> None:
        """Delete it. A shared step."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Deletes whole rows: those that are due, and before them the rows of others that belong to them."""

    id: Any
    due: Callable[[datetime], ColumnElement[bool]]
    belonging: tuple[Any, ...] = ()

    def count(self, session: Session, before: datetime) -> int:
        """How many rows are due."""
        return session.scalar(select(func.count(self.id)).where(self.due(before))) or 0

    def erase(self, session: Session, before: datetime) -> None:
        """Delete them."""
        ids = list(session.scalars(select(self.id).where(self.due(before))))
        for column in (*self.belonging, self.id):
            for start in range(0, len(ids), 500):
                some = ids[start : start + 500]
                session.execute(delete(column.class_).where(column.in_(some)), _WITHOUT_OBJECTS_KEPT)


_WITHOUT_OBJECTS_KEPT: Any = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Accounts:
    """Takes from the accounts of people who left what signs them in, or in the end the name."""

    still: Callable[[], ColumnElement[bool]]
    """Which accounts still have it."""
    take: Callable[[Session, uuid.UUID], None]

    def count(self, session: Session, before: datetime) -> int:
        """How many people it concerns."""
        return len(self._due(session, before))

    def erase(self, session: Session, before: datetime) -> None:
        """Take it from each."""
        for person_id in self._due(session, before):
            self.take(session, person_id)

    def _due(self, session: Session, before: datetime) -> list[uuid.UUID]:
        query = select(Person.id).where(has_left(), self.still(), Person.created_at < before)
        did_something = exists().where(Event.actor_id == Person.id, Event.at >= before)
        return list(session.scalars(query.where(~did_something).order_by(Person.id)))


def has_left() -> ColumnElement[bool]:
    """People who hold no role anywhere, or whose account was closed."""
    return or_(~Person.active, ~exists().where(RoleHolding.person_id == Person.id))


def _take_sign_in(session: Session, person_id: uuid.UUID) -> None:
    for column in _SIGN_IN_DATA:
        session.execute(delete(column.class_).where(column == person_id), _WITHOUT_OBJECTS_KEPT)
    gone = {"email": f"{person_id.hex}@{ERASED_AT}", "password_hash": None, "active": False}
    session.execute(update(Person).where(Person.id == person_id).values(**gone), _WITHOUT_OBJECTS_KEPT)


def _take_name(session: Session, person_id: uuid.UUID) -> None:
    named = update(Person).where(Person.id == person_id).values(name=FORMER)
    session.execute(named, _WITHOUT_OBJECTS_KEPT)


_SIGN_IN_DATA: list[Any] = [
    SignIn.person_id,
    PasswordLink.person_id,
    Authenticator.person_id,
    RecoveryCode.person_id,
    Passkey.person_id,
    ApiToken.person_id,
    ProviderLink.person_id,
    EmailChange.person_id,
]
_erasers: dict[str, Eraser] = {
    "missed_passwords": Rows(MissedPassword.id, lambda before: MissedPassword.missed_at < before),
    "password_links": Rows(PasswordLink.token_hash, lambda before: PasswordLink.expires_at < before),
    "sign_ins": Rows(SignIn.id, lambda before: SignIn.began_at < before),
    "messages": Rows(
        Message.id,
        lambda before: and_(Message.status == MessageStatus.SENT, Message.sent_at < before),
        (MessageFile.message_id,),
    ),
    "accounts": Accounts(lambda: ~Person.email.endswith(f"@{ERASED_AT}"), _take_sign_in),
    "names": Accounts(lambda: Person.name != FORMER, _take_name),
}


def offer(key: str, eraser: Eraser) -> None:
    """Say what deletes the data of a rule. Called by the composition root."""
    _erasers[key] = eraser


def take_with_account(*columns: Any) -> None:
    """Let rows go with the account of somebody who left: those in which these columns name them."""
    _SIGN_IN_DATA.extend(column for column in columns if column not in _SIGN_IN_DATA)


def erasers() -> dict[str, Eraser]:
    """What deletes the data of each rule, by its key."""
    return dict(_erasers)
