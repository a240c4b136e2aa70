"""What goes on while a scenario is carried out: who sits at which browser, and what time it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pyotp
from flask import Flask
from turbohtml.etree import ElementView as Element
from werkzeug.test import TestResponse

from marketplace.core import clock, jobs
from tests.scenarios import hands
from tests.scenarios.document import Row
from tests.web.client import Client
from tests.web.page import Page, text_of

A_MINUTE = timedelta(minutes=1)
PASSWORD = "three hills and a river"
PASSPHRASE = "nine tame magpies guard the orchard"


def address_of(name: str) -> str:
    """The e-mail address of somebody in a scenario."""
    return f"{name.lower().replace(' ', '.')}@fennimere.example"


class Story:
    """A browser for each person, and the one clock that all of them and Weald share.

    Each step takes a minute; after it the worker does what is due, as it does beside a running Weald.
    The rest is what one step leaves for another to know: the URNs of the schools, the title of the
    tender, the names of the suppliers, the totals that are sealed, the copies that suppliers saved of their
    quotes, and what things of the fund are called.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.moment = datetime(2027, 1, 1, 9, tzinfo=UTC)
        self.browsers: dict[str, Client] = {}
        self.pages: dict[str, Page] = {}
        self.urns: list[str] = []
        self.title = ""
        self.suppliers: list[str] = []
        self.sealed: list[str] = []
        self.copies: dict[str, bytes] = {}
        self.fund = self.round = self.claim = ""

    @contextmanager
    def minute(self) -> Iterator[None]:
        """Live through one step."""
        with clock.travelling(self.moment):
            yield
        with clock.travelling(self.moment):
            jobs.run_due()
        self.moment += A_MINUTE

    def travel(self, moment: datetime) -> None:
        """Let time pass until a moment. AssertionError when that has passed."""
        assert moment >= self.moment, "a scenario does not go back in time"
        self.moment = moment

    def browser(self, who: str) -> Client:
        """The browser of somebody, who signs in by the page when they first need it."""
        if who not in self.browsers:
            client = Client(self.app)
            form = client.get("/sign-in").form("Sign in")
            hands.fill(form, {"E-mail address": address_of(who), "Password": PASSWORD})
            if client.submit(form).path == "/security":
                set_up_an_app(client)
            self.browsers[who] = client
        return self.browsers[who]

    def command(self, *words: str, typed: str = "") -> str:
        """Run one of Weald's own commands, as its administrator does, typing answers; what it prints."""
        done = self.app.test_cli_runner().invoke(args=list(words), input=typed)
        assert done.exit_code == 0, done.output
        return done.output

    def link_sent_to(self, address: str, containing: str) -> str:
        """The path of a link in the newest e-mail that somebody got with such a link in it."""
        stranger = Client(self.app)
        box = stranger.get(f"/dev/mail?q={address}")
        for row in box.select("main tbody a"):
            letter = stranger.get(row.get("href", ""))
            for href in letter.links().values():
                if containing in href:
                    return urlsplit(href).path
        raise AssertionError(f"nobody wrote to {address} with a link to {containing}")

    def home(self, who: str) -> Page:
        """Go to the home page; who was named to open quotes meanwhile sets up a second factor on the way."""
        client = self.browser(who)
        page = client.get("/")
        if page.path == "/security":
            set_up_an_app(client)
            page = client.get("/")
        return self._seen(who, page)

    def page(self, who: str) -> Page:
        """What somebody has in front of them."""
        return self.pages[who]

    def follow(self, who: str, *links: str) -> Page:
        """Press links by their words, one after the other, beginning on the page in front of them."""
        for words in links:
            page = self.pages[who]
            self._seen(who, self.browser(who).get(target(page, words)))
        return self.pages[who]

    def go(self, who: str, *links: str) -> Page:
        """Press links by their words, beginning on the home page."""
        self.home(who)
        return self.follow(who, *links)

    def press_in(self, who: str, caption: str, row: str, column: str) -> Page:
        """Press the link in a cell of a table, by the first words of its row and the words above it."""
        for cells in tables(self.pages[who])[caption]:
            if text_of(next(iter(cells.values()))).startswith(row):
                (link,) = cells[column].iter("a")
                return self.get(who, link.get("href", ""))
        raise AssertionError(f"{caption!r} has no row {row!r}")

    def get(self, who: str, path: str) -> Page:
        """Go to an address."""
        return self._seen(who, self.browser(who).get(path.partition("#")[0]))

    def send(
        self, who: str, button: str, answers: Mapping[str, str] | None = None, *, status: int = 200
    ) -> Page:
        """Fill in the form that has this button, and press it."""
        form = hands.fill(self.pages[who].form(button), answers or {})
        return self._seen(who, self.browser(who).submit(form, button, status=status))

    def attach(
        self,
        who: str,
        button: str,
        question: str,
        *,
        name: str,
        content: bytes,
        answers: Mapping[str, str] | None = None,
    ) -> Page:
        """Choose a file in the form that has this button, fill in the rest, and press it."""
        form = hands.fill(self.pages[who].form(button), answers or {})
        hands.attach(form, question, name, content)
        return self._seen(who, self.browser(who).submit(form, button))

    def download(self, who: str, link: str) -> TestResponse:
        """The file behind a link on the page in front of them."""
        return self.browser(who).download(target(self.pages[who], link))

    def _seen(self, who: str, page: Page) -> Page:
        self.pages[who] = page
        return page


def target(page: Page, words: str) -> str:
    """Where the link with these words leads. AssertionError when there is none, naming those there are."""
    links = page.links()
    assert words in links, f"{page.path} has no link {words!r}; it has {sorted(links)}"
    return links[words].partition("#")[0] or page.path


def tells(page: Page, words: str) -> None:
    """The banner at the top of the page says that this was done."""
    said = " ".join(page.texts(".govuk-notification-banner__content"))
    assert words in said, f"{page.path} ({page.heading}) says {said!r} and {page.errors()}, not {words!r}"


def set_up_an_app(client: Client) -> None:
    """Make an authenticator app the second factor, as people must who move money or open quotes."""
    page = client.get("/security/authenticator")
    shown = page.texts("code")[0].replace(" ", "")
    page = client.submit(page.form().fill(code=pyotp.TOTP(shown).now()))
    assert page.heading == "Recovery codes", f"the code was not taken: {page.errors()}"


def facts(page: Page) -> dict[str, str]:
    """What the summary lists and key figures of a page say, by their keys."""
    keys = page.texts(".govuk-summary-list__key") + page.texts(".weald-stats__label")
    values = page.texts(".govuk-summary-list__value") + page.texts(".weald-stats__value")
    return dict(zip(keys, values, strict=True))


def tables(page: Page) -> dict[str, list[dict[str, Element]]]:
    """The tables of a page by their captions; rows of cells by the words above each column."""
    found = {}
    for table in page.select("main table"):
        columns = [text_of(cell) for cell in table.iterfind("./thead/tr/*")]
        rows = [row for part in ("tbody", "tfoot") for row in table.iterfind(f"./{part}/tr")]
        caption = text_of(next(table.iter("caption")))
        found[caption] = [dict(zip(columns, row, strict=False)) for row in rows]
    return found


def shows(page: Page, caption: str, rows: Iterable[Row]) -> None:
    """A table of the page has these rows in this order, in the columns that are asked about.

    The end of the caption may be left out, and so may the second, smaller line of a cell.
    """
    known = tables(page)
    found_captions = [one for one in known if one == caption] or [
        one for one in known if one.startswith(caption)
    ]
    assert len(found_captions) == 1, f"{page.path} has no one table {caption!r}; it has {sorted(known)}"
    (caption,) = found_captions
    wanted = [dict(row) for row in rows]
    columns = list(wanted[0])
    missing = [column for column in columns if column not in known[caption][0]]
    assert not missing, (
        f"{page.path}, {caption}: there is no column {missing}; there is {list(known[caption][0])}"
    )
    found = [
        {
            column: _read(row[column], wanted[place][column] if place < len(wanted) else "")
            for column in columns
        }
        for place, row in enumerate(known[caption])
    ]
    assert found == wanted, f"{page.path}, {caption}:\n" + "\n".join(_difference(found, wanted))


def _read(cell: Element, wanted: str) -> str:
    """What a cell says: with its second line if that is wanted, else without."""
    notes = [text_of(one) for one in cell.iter("span") if one.get("class") == "weald-cell__note"]
    first = text_of(cell).removesuffix("".join(notes)).strip()
    both = " ".join((first, *notes))
    return both if both == wanted else first


def _difference(found: list[dict[str, str]], wanted: list[dict[str, str]]) -> Iterator[str]:
    """Row by row, what the page shows where the document says something else."""
    for place in range(max(len(found), len(wanted))):
        shown = found[place] if place < len(found) else None
        expected = wanted[place] if place < len(wanted) else None
        if shown != expected:
            yield f"  row {place + 1} of the page: {shown}"
            yield f"  of the document: {expected}"
