"""E-mail is stored with the action and reaches a real server afterwards."""

from __future__ import annotations

import dataclasses
import io
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import mail, storage
from marketplace.core.db import transaction
from marketplace.core.mail import Message, MessageStatus


class Inbox:
    """An SMTP server's handler that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802
        if self.refuses:
            return "451 not now"
        content: bytes = envelope.content  # type: ignore[attr-defined]
        self.messages.append(message_from_bytes(content, policy=policy.default))
        return "250 kept"


@pytest.fixture
def inbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A real SMTP server on loopback, named in the settings."""
    kept = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    settings = dataclasses.replace(app.extensions["settings"], smtp_url=f"smtp://127.0.0.1:{port}")
    monkeypatch.setitem(app.extensions, "settings", settings)
    yield kept
    server.stop()


def write(subject: str = "Quotes for £5 lunches\r\nBcc: x") -> None:
    with transaction() as session:
        mail.write(session, "ann@school.example", subject, "base.txt", person_name="Ann")


def write_and_fail() -> None:
    with transaction() as session:
        mail.write(session, "ann@school.example", "Never", "base.txt", person_name="Ann")
        1 / 0  # noqa: B018  # the failure


def test_a_message_is_sent_once_as_written(inbox: Inbox, session: Session) -> None:
    write()
    assert mail.send_due() == 1
    assert mail.send_due() == 0
    (message,) = inbox.messages
    assert message["To"] == "ann@school.example"
    assert message["Subject"] == "Quotes for £5 lunches Bcc: x"
    assert message["Bcc"] is None
    assert session.scalars(select(Message)).one().status is MessageStatus.SENT


def test_the_files_of_a_message_go_with_it_and_one_that_is_lost_holds_up_nobody(
    app: Flask, inbox: Inbox
) -> None:
    with transaction() as session:
        kept = [
            mail.Attached(name, storage.store(session, io.BytesIO(content), media_type).sha256)
            for name, content, media_type in (
                ("1.pdf", b"%PDF-1", "application/pdf"),
                ("1.xml", "<a>£</a>".encode(), "application/xml"),
                ("2.pdf", b"%PDF-2", "application/pdf"),
            )
        ]
        mail.write(session, "ann@school.example", "Lost", "base.txt", files=kept[2:], person_name="Ann")
        mail.write(session, "ann@school.example", "Invoice", "base.txt", files=kept[:2], person_name="Ann")
    (app.extensions["settings"].files_folder / kept[2].sha256[:2] / kept[2].sha256[2:]).unlink()
    assert mail.send_due() == 1
    (message,) = inbox.messages
    files = [
        (one.get_filename(), one.get_content_type(), one.get_content()) for one in message.iter_attachments()
    ]
    assert files == [
        ("1.pdf", "application/pdf", b"%PDF-1"),
        ("1.xml", "application/xml", "<a>£</a>".encode()),
    ]


def test_a_letter_that_can_be_stopped_says_so_to_the_mail_program(inbox: Inbox) -> None:
    """RFC 8058: one HTTPS address, and that posting to it is enough."""
    with transaction() as session:
        mail.write(
            session, "ann@school.example", "News", "base.txt", stop_by="/alerts/stop/x", person_name="Ann"
        )
    assert mail.send_due() == 1
    (message,) = inbox.messages
    assert message["List-Unsubscribe"] == "<http://localhost:8000/alerts/stop/x>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    write()
    assert mail.send_due() == 1
    assert inbox.messages[1]["List-Unsubscribe"] is None


def test_an_action_that_fails_sends_nothing(inbox: Inbox) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert mail.send_due() == 0
    assert inbox.messages == []


def test_a_refused_message_waits_for_another_try(inbox: Inbox, session: Session) -> None:
    inbox.refuses = True
    write()
    assert mail.send_due() == 0
    waiting = session.scalars(select(Message)).one()
    assert waiting.status is MessageStatus.WAITING
    assert waiting.attempts == 1


@pytest.mark.usefixtures("app")
def test_without_a_server_messages_wait_where_the_development_mailbox_shows_them(session: Session) -> None:
    write("Find me")
    assert mail.send_due() == 0
    assert [message.subject for message in mail.newest(session, "find")] in (["Find me"], [])
    assert [message.subject for message in mail.newest(session, "Find")] == ["Find me"]
