"""The development mailbox: every e-mail that Weald wrote, to be read where no mail server is.

Shown in the demonstration and in tests, never in production.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, request

from marketplace.core import mail
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import TextField
from marketplace.core.listing import FilterForm, page_address
from marketplace.core.mail import Message
from marketplace.core.paging import page_links
from marketplace.core.settings import Settings
from marketplace.core.web import page, public

mailbox = Blueprint("mailbox", __name__, url_prefix="/dev/mail")


class MailFilter(FilterForm):
    """What to show of the mailbox."""

    q = TextField("Recipient or subject")


@mailbox.before_request
def only_where_nobody_is_real() -> None:
    """Raise NotFound in production, as if there were no such page."""
    settings: Settings = current_app.extensions["settings"]
    if settings.production:
        raise NotFound


@mailbox.route("")
@public
def messages() -> Any:
    """The newest messages."""
    filtering = MailFilter()
    found = mail.newest(db.session(), filtering.q.data or "")
    pages = page_links(len(found), request.args.get("page"), page_address)
    rows = found[pages.offset : pages.offset + pages.size]
    return page("home/mailbox.html", rows=rows, filtering=filtering, pages=pages)


@mailbox.route("/<uuid:message_id>")
@public
def show_message(message_id: uuid.UUID) -> Any:
    """One message, with its links to follow."""
    message = db.session().get(Message, message_id)
    if message is None:
        raise NotFound
    return page("home/message.html", message=message)
