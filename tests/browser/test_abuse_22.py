"""What people type stays text: typed into every form that is found, then looked for on every page.

The pages are asked of the application itself; Chromium gets those answers, headers and all, by the network
layer that Playwright offers, so that no server has to run beside it.
"""

from __future__ import annotations

import csv
import email
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Dialog, Route
from sqlalchemy import select
from turbohtml.etree import ElementView as Element

from marketplace.alliance import actions as people
from marketplace.alliance.models import Organisation
from marketplace.alliance.rules import ROLES_OF_KIND
from marketplace.core import clock, events
from marketplace.core.mail import Letter, Message, as_email
from marketplace.core.policy import ADMINISTRATOR, Kind
from tests import addresses, make
from tests.web import test_foreign_ids as everything
from tests.web.client import Client
from tests.web.page import Form

SITE = "http://localhost"
CORPUS = (
    "=1+1<weald-x>{n}<img src=x onerror=alert({n})>",
    "@\"' wealdattr='{n}' onfocus=alert({n}) autofocus '\"",
    "</script></textarea></title><script>alert({n})</script>",
    "{{{{ 7*7 }}}}{{% raw %}}<svg onload=alert({n})>${{7*7}}",
    "javascript:alert({n})//%0aBcc:x@evil.example <weald-x>",
    "+\u202e<iframe srcdoc='<script>alert({n})</script>'>{n}",
)
TAKEN_FOR_MARKUP = re.compile(
    r"<(weald-x|img src=x|iframe|svg onload)|[\"'] wealdattr="
    r"|</textarea></title>|<script>alert|href=\"?javascript:"
)
FILES = re.compile(r"[./](pdf|xml|zip|xlsx|ics|atom|log)$|download|workbook")
"""What is no page: abuses 19 and 20 look into those."""
OF_SUPPLIERS = re.compile(r"/(suppliers|quotes|tenders|opportunities|questions|low-prices)\b")
STOPS = re.compile(r"/(sign-out|sign-ins)|/(leave|discard|remove|delete|withdraw|cancel|close|end|stop)$")
"""What would take away what later forms are about."""
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}
OF_LISTS = {"List-Unsubscribe", "List-Unsubscribe-Post"}
AS_MARKUP = re.compile(r"&(lt|gt|amp|quot|#\d+);")
"""What was typed, written for a page: in a letter it would stand there as nobody typed it."""
FORMULAS = re.compile(r"[=+@-](?![0-9., £]*$)")
FEWEST_FORMS, FEWEST_ECHOED, FEWEST_KEPT, FEWEST_LETTERS, MOST_SHOWN = 60, 60, 12, 3, 10
PAGE = "<!doctype html><title>A page with a fault</title><p>{text}</p>"
CONTROLS = {
    "/unguarded": PAGE.format(text=CORPUS[0].format(n=1)),
    "/guarded": PAGE.format(text=CORPUS[0].format(n=2)),
}
GUARDS = {
    "/unguarded": {"Content-Type": "text/html"},
    "/guarded": {"Content-Type": "text/html", "Content-Security-Policy": "default-src 'self'"},
}
"""Two pages that do not escape what was typed: they show that this test would notice."""


@dataclass
class Found:
    """What came of the typing: forms sent, texts seen again by number, and what was taken for markup."""

    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(70_001))
    sent: set[str] = field(default_factory=set)
    seen: dict[str, set[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The next hostile text, which no other field has."""
        number = next(self.numbers)
        return CORPUS[number % len(CORPUS)].format(n=number)

    def look(self, path: str, text: str) -> None:
        """Note the texts that stand on a page, and those that became a part of it."""
        if numbers := set(re.findall(r"\b7\d{4}\b", text)):
            self.seen.setdefault(path, set()).update(numbers)
        if broken := TAKEN_FOR_MARKUP.search(text):
            self.wrong.append(f"{path}: {text[max(0, broken.start() - 80) : broken.end() + 40]}")


def somebody_with_every_role(app: Flask, *kinds: Kind) -> Client:
    """One person who may do in all organisations of these kinds whatever anybody may."""
    session = make.fresh()
    seats = [
        (one.id, role)
        for one in session.scalars(select(Organisation).where(Organisation.kind.in_(kinds)))
        for role in ROLES_OF_KIND[one.kind]
    ]
    person = people.add_person(ADMINISTRATOR, "Everybody", f"every-{kinds[0]}@example.org", seats)
    return Client(app, person)


def pages(app: Flask) -> list[str]:
    """An address of every page, of real things where it is about one."""
    session = make.fresh()
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in addresses.methods(rule) or rule.endpoint == "static":
            continue
        if STOPS.search(rule.rule) or FILES.search(rule.rule):
            continue
        found += list(everything.paths(session, rule))[:1] if rule.arguments else [rule.rule]
    return [path for path in dict.fromkeys(found) if "<" not in path]


def typed(form: Form, found: Found) -> bool:
    """Fill a form as somebody would who wants to do harm; False when it has no place for a text."""
    texts = False
    for control in form.element.iter():
        name, kind = control.get("name"), control.get("type", "text")
        if not name or "disabled" in control.attrib:
            continue
        if control.tag == "textarea" or (control.tag == "input" and kind in {"text", "search"}):
            value = _value(control, form, found)
            texts = texts or "7" in value[1:]
            form.values.setlist(name, [value])
        elif control.tag == "select" and not form.values.get(name):
            options = [option.get("value") for option in control.iter("option") if option.get("value")]
            form.values.setlist(name, options[-1:])
        elif kind in {"radio", "checkbox"} and name not in form.values:
            form.values.setlist(name, [control.get("value", "on")])
    return texts


def _value(control: Element, form: Form, found: Found) -> str:
    """A number or a date where one is asked for, else a hostile text."""
    name, mode = control.get("name", ""), control.get("inputmode")
    present = form.values.get(name)
    if name.endswith(("-day", "-month", "-year", "-hour", "-minute")) or mode in {"numeric", "decimal"}:
        later = clock.today() + timedelta(days=400)
        parts = {"day": "3", "month": "12", "year": str(later.year), "hour": "12", "minute": "0"}
        return str(present) if present else parts.get(name.rpartition("-")[2], "1")
    return found.text()


def type_everywhere(client: Client, paths: list[str], found: Found) -> list[str]:
    """Ask for pages, fill in their forms and send them; the paths that nothing was shown at."""
    closed = []
    for path in paths:
        answer = client.open(path)
        if answer.status_code != HTTPStatus.OK:
            closed.append(path)
        elif answer.mimetype == "text/html" and "<form" in answer.text:
            for element in client._page(answer, HTTPStatus.OK).select("main form"):
                send(client, Form(element, path), found)
    return closed


def send(client: Client, form: Form, found: Found) -> None:
    """Fill in a form that has a place for a text and was not sent before, and send it."""
    place = re.sub(r"[0-9a-f-]{36}", "…", form.action)
    if place in found.sent or STOPS.search(form.action) or not typed(form, found):
        return
    found.sent.add(place)
    if button := form.buttons[0].get("name"):
        form.values.add(button, form.buttons[0].get("value", ""))
    if form.method == "get":
        said = client.open(form.action.split("?")[0], query_string=form.values)
    else:
        said = client.open(form.action, method="POST", data=form.values)
    assert said.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, f"{form.action}: {said.status}"
    found.look(form.action, said.text)


def look_everywhere(client: Client, paths: list[str], found: Found) -> list[str]:
    """Ask for pages and files again, and look what became of what was typed; the paths that stayed closed."""
    closed = []
    for path in paths:
        answer = client.open(path)
        if answer.status_code != HTTPStatus.OK:
            closed.append(path)
        elif answer.mimetype == "text/html":
            found.look(path, answer.text)
        elif answer.mimetype == "text/csv":
            for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))):
                found.wrong += [f"{path}: the cell {cell!r}" for cell in row if FORMULAS.match(cell)]
    return closed


def shown_in_chromium(browser: Browser, client: Client, paths: list[str]) -> list[str]:
    """What went wrong on these pages: dialogs, what the policy forbade, elements that nobody made."""
    wrong: list[str] = []

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        if control := CONTROLS.get(asked.path):
            route.fulfill(body=control, headers=GUARDS[asked.path])
        elif route.request.method == "GET" and asked.netloc == "localhost":
            path = f"{asked.path}?{asked.query}" if asked.query else asked.path
            with client.open(path) as given:
                route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.data)
        else:
            wrong.append(f"{route.request.method} {route.request.url}")
            route.abort()

    def dismiss(dialog: Dialog) -> None:
        wrong.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", answer)
    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}"))
    for path in paths:
        page.goto(f"{SITE}{path}", wait_until="load")
        made = page.evaluate("document.querySelectorAll('weald-x, [wealdattr], img[src=x], iframe').length")
        wrong += [f"{path}: {made} elements of what was typed"] if made else []
    context.close()
    return wrong


def letters_that_say_what_was_typed(app: Flask) -> int:
    """How many do. Each goes to one person, as text: what was typed became no header, recipient or markup."""
    telling = 0
    for row in make.fresh().scalars(select(Message)):
        letter = Letter(row.id, row.recipient, row.subject, row.body, row.stop_by, ())
        sent = as_email(app.extensions["settings"], letter)
        came = email.message_from_bytes(sent.as_bytes(policy=policy.SMTP), policy=policy.default)
        assert isinstance(came, EmailMessage)
        assert set(came.keys()) - OF_LISTS == HEADERS, row.subject
        assert came["To"] == row.recipient
        assert came["Subject"].split() == row.subject.split()
        assert came.get_content_type() == "text/plain"
        assert came.get_content().splitlines() == row.body.splitlines()
        assert not AS_MARKUP.search(row.subject + row.body), row.body
        telling += bool(re.search(r"\b7\d{4}\b", row.subject + row.body))
    return telling


@pytest.mark.long
def test_abuse_22_what_is_typed_into_any_form_stays_text_on_every_page(app: Flask, browser: Browser) -> None:
    everything.all_kinds_of_things()
    found = Found()
    buyers, supplier = (Kind.ALLIANCE, Kind.SCHOOL), (Kind.SUPPLIER,)
    clients = [somebody_with_every_role(app, *kinds) for kinds in (buyers, supplier)]
    closed = type_everywhere(clients[0], pages(app), found)
    type_everywhere(clients[1], list(filter(OF_SUPPLIERS.search, closed)), found)
    echoed, found.seen = set().union(*found.seen.values()), {}
    events.deliver_due()
    closed = look_everywhere(clients[0], pages(app), found)
    look_everywhere(clients[1], list(filter(OF_SUPPLIERS.search, closed)), found)
    assert not found.wrong, "\n".join(found.wrong)
    kept = set().union(*found.seen.values())
    assert len(found.sent) > FEWEST_FORMS, sorted(found.sent)
    assert len(echoed) > FEWEST_ECHOED, "what a form refuses comes back in it"
    assert len(kept) > FEWEST_KEPT, "what a form takes stands on pages"
    assert letters_that_say_what_was_typed(app) > FEWEST_LETTERS
    fullest = sorted(found.seen.keys() - closed, key=lambda path: (-len(found.seen[path]), path))[:MOST_SHOWN]
    noticed = " ".join(shown_in_chromium(browser, clients[0], ["/unguarded", "/guarded"]))
    assert "a dialog: 1" in noticed
    assert "a dialog: 2" not in noticed
    assert "/guarded: Executing inline event handler violates" in noticed
    assert shown_in_chromium(browser, clients[0], fullest) == []
