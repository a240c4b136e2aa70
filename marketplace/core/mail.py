"""E-mail: a row in the action's own transaction, sent by the worker afterwards, never before."""

from __future__ import annotations

import smtplib
import ssl
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from marketplace.core import clock, logs, storage
from marketplace.core.db import Base, transaction
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.core.settings import Settings
from marketplace.core.storage import StoredFile

log = logs.of(__name__)
LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
SMTP_TIMEOUT_SECONDS = 20


class MessageStatus(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENT = "sent"


class Message(Base):
    """One e-mail to one person, in plain text. `stop_by` is the path that stops such letters at a click."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_status_due_at", "status", "due_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    stop_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
    status: Mapped[MessageStatus] = mapped_column(default=MessageStatus.WAITING)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]

    files: Mapped[list[MessageFile]] = relationship(order_by="MessageFile.position")


class MessageFile(Base):
    """A stored file that goes with a message, by the name its reader saves it under."""

    __tablename__ = "message_file"

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))

    stored: Mapped[StoredFile] = relationship()


@dataclass(frozen=True, slots=True)
class Attached:
    """A stored file to send with a message."""

    name: str
    sha256: str


def write(
    session: Session,
    recipient: str,
    subject: str,
    template: str,
    *,
    stop_by: str = "",
    files: Iterable[Attached] = (),
    **context: Any,
) -> None:
    """Queue a message. `template` is a file in `templates/email/`; `context` is what it shows.

    `files` are stored already; the message names them by their hash.

    `stop_by` is the path by which its reader stops such letters, told to their mail program (RFC 8058).

    It is rendered without a request, so that the worker and the command line can write too: a link in
    it is `base_url` and a path.
    """
    settings: Settings = current_app.extensions["settings"]
    letter = current_app.jinja_env.get_template(f"email/{template}")
    body = letter.render(base_url=settings.base_url, **context)
    now = clock.now()
    session.add(
        Message(
            recipient=recipient,
            subject=" ".join(subject.split()),
            body=body,
            stop_by=stop_by,
            written_at=now,
            due_at=now,
            files=[
                MessageFile(position=position, name=file.name, sha256=file.sha256)
                for position, file in enumerate(files, start=1)
            ],
        )
    )
    session.info["wake"] = True


def send_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Send every message that is due, unless it is stopped; returns how many went.

    Without an SMTP server they wait, readable. One that does not answer is left alone until the next run:
    each letter would wait for it in vain, and everything else for the letters.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.smtp_url:
        return 0
    sent = 0
    while not stopping() and (letter := _lease()):
        try:
            _send(settings, letter)
        except (OSError, smtplib.SMTPException, NotFound) as error:
            log.warning("message.not_sent", message_id=str(letter.id), error=type(error).__name__)
            if _is_away(error):
                break
            continue
        with transaction() as session:
            stored = session.get_one(Message, letter.id)
            stored.status, stored.sent_at = MessageStatus.SENT, clock.now()
        sent += 1
    return sent


def _is_away(error: Exception) -> bool:
    """Does it say that the server is not there, rather than that it does not take this letter?"""
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError)
    return isinstance(error, OSError)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was claimed, to be sent outside the transaction that claimed it."""

    id: uuid.UUID
    recipient: str
    subject: str
    body: str
    stop_by: str
    files: tuple[tuple[str, str, str], ...]
    """Name, hash and media type of each file that goes with it."""


def _lease() -> Letter | None:
    """Claim the next due message: until the lease ends nobody else sends it."""
    with transaction() as session:
        message = session.scalars(
            select(Message)
            .where(
                Message.status == MessageStatus.WAITING,
                # A first try is due at once: a clock that was set back since does not hold it up
                or_(Message.attempts == 0, Message.due_at <= clock.now()),
            )
            .order_by(Message.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if message is None:
            return None
        message.due_at = clock.now() + min(LEASE * 2**message.attempts, LONGEST_WAIT)
        message.attempts += 1
        return Letter(
            message.id,
            message.recipient,
            message.subject,
            message.body,
            message.stop_by,
            tuple((file.name, file.sha256, file.stored.media_type) for file in message.files),
        )


def as_email(settings: Settings, letter: Letter) -> EmailMessage:
    """A message as it goes out: plain text to one recipient, with its files."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.mail_from, letter.recipient, letter.subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(str(letter.id))
    if letter.stop_by:
        mail["List-Unsubscribe"] = f"<{settings.base_url}{letter.stop_by}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.body)
    for name, sha256, media_type in letter.files:
        kind, _, subtype = media_type.partition("/")
        mail.add_attachment(storage.read(sha256), maintype=kind, subtype=subtype, filename=name)
    return mail


def _send(settings: Settings, letter: Letter) -> None:
    """Hand one message to the SMTP server of the settings."""
    server, mail = urlsplit(settings.smtp_url), as_email(settings, letter)
    with smtplib.SMTP(server.hostname or "", server.port or 25, timeout=SMTP_TIMEOUT_SECONDS) as smtp:
        if smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(mail)


def newest(session: Session, search: str = "", limit: int = 200) -> list[Message]:
    """The latest messages whose recipient or subject contains a text, for `/dev/mail`."""
    query = select(Message).order_by(Message.written_at.desc(), Message.id.desc()).limit(limit)
    if search:
        query = query.where(or_(Message.recipient.contains(search), Message.subject.contains(search)))
    return list(session.scalars(query))
