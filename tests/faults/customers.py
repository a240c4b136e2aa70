"""People who work on while programs die: each keeps a journal of what was acknowledged to them.

Who gets no answer does what a person does: sends the same form again, until there is one.
"""

import html
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask

from marketplace.core import clock
from marketplace.core.policy import Actor
from tests import make
from tests.faults.browser import Answer, Browser, dated, new_id, session_of
from tests.faults.house import House

PAUSE, GLANCE = 0.02, 0.005
FOUND, WELL, SERVER_ERROR, OUTAGE = 302, 200, 500, 503
SAID = "saved whole or not at all"
"""What the page says to somebody when the disk is full or the database away."""
LONGEST_WITHOUT_ANSWER = 60.0
SECRET_PRICE, SECRET_ANSWER = "48271.3359", "Quinquereme of Nineveh"
"""What each quote holds, and nobody may find anywhere before it is opened."""


@dataclass
class Journal:
    """What was acknowledged: references of quotes, numbers of invoices, payments; and wrong answers."""

    quotes: dict[uuid.UUID, str] = field(default_factory=dict)
    invoices: dict[uuid.UUID, str] = field(default_factory=dict)
    payments: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    answers: int = 0
    broken: int = 0
    cuts: int = 0
    cutting: bool = False
    """Is the power being cut? Meanwhile an error of the server is as good as no answer."""
    outages: bool = False
    """Is something outside made to fail? Then somebody may be told so, and sends it again."""
    told: int = 0

    def wait_for_work(self) -> None:
        """Return once somebody got an answer again. AssertionError when nobody does."""
        since, deadline = self.answers, time.monotonic() + LONGEST_WITHOUT_ANSWER
        while self.answers <= since and not self.wrong:
            assert time.monotonic() < deadline, "Nobody got an answer any more."
            time.sleep(GLANCE)


class Customer:
    """Somebody who works in turns until told to stop."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def turn(self) -> None:
        """One piece of work, from beginning to end."""
        raise NotImplementedError

    def insist(self, ask: Callable[[], Answer], *wanted: int) -> Answer:
        """Ask until there is an answer. RuntimeError when it is not one of those that are wanted."""
        deadline = time.monotonic() + LONGEST_WITHOUT_ANSWER
        while True:
            cuts = self.journal.cuts
            answer = ask()
            in_a_cut = self.journal.cutting or self.journal.cuts != cuts
            told = self.journal.outages and answer.status == OUTAGE and SAID in answer.text
            self.journal.told += told
            if not answer.broke and not told and not (in_a_cut and answer.status >= SERVER_ERROR):
                break
            self.journal.broken += 1
            if time.monotonic() > deadline:
                raise RuntimeError("No answer came for a minute.")
            time.sleep(PAUSE)
        self.journal.answers += 1
        if answer.status not in wanted:
            words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
            raise RuntimeError(f"{answer.status} {answer.location} {words[:2000]}")
        return answer

    def _work(self) -> None:
        while not self.stopping.is_set():
            try:
                self.turn()
            except RuntimeError as wrong:
                self.journal.wrong.append(f"{type(self).__name__}: {wrong}")
                return


class Bidder(Customer):
    """A supplier that submits its quote, and replaces it again and again."""

    def __init__(
        self, journal: Journal, browser: Browser, tender_id: uuid.UUID, supplier_id: uuid.UUID
    ) -> None:
        super().__init__(journal)
        self.browser = browser
        self.where = f"/tenders/{tender_id}/quote/check?supplier={supplier_id}"
        self.copy = b""

    def turn(self) -> None:
        """Submit the draft, then start a replacement from the copy that was kept.

        The copy is shown once. Whose first answer was lost on its way has none, and leaves the quote alone.
        """
        quote_id = self.submit()
        if not self.copy:
            self.stopping.wait()
            return
        self.insist(
            lambda: self.browser.upload(f"/quotes/{quote_id}/replace", {}, "copy", "quote.json", self.copy),
            FOUND,
        )

    def submit(self) -> uuid.UUID:
        """Submit the draft; the receipt that came goes into the journal."""
        draft = self.insist(lambda: self.browser.get(self.where), WELL)
        fields = {
            "quote_id": draft.hidden("quote_id"),
            "version": draft.hidden("version"),
            **dict.fromkeys(make.DECLARED.ticked, "y"),
        }
        receipt = self.insist(lambda: self.browser.post(self.where, fields), WELL)
        quote_id, reference = uuid.UUID(fields["quote_id"]), re.search(r"Q-\d{4}-\d{4,}", receipt.text)
        if reference is None:
            raise RuntimeError("There is no reference on the receipt.")
        self.journal.quotes[quote_id] = reference[0]
        if kept := receipt.hidden("copy") or _in_textarea(receipt.text):
            self.copy = kept.encode()
        return quote_id


class Biller(Customer):
    """A school whose bursar drafts invoices; its finance lead issues them and records what is paid."""

    def __init__(
        self,
        journal: Journal,
        bursar: Browser,
        finance_lead: Browser,
        issuer: make.School,
        buyer: make.School,
    ) -> None:
        super().__init__(journal)
        self.bursar, self.finance_lead = bursar, finance_lead
        self.issuer, self.buyer = issuer, buyer

    def turn(self) -> None:
        """Draft, issue, look at the number, and record a part payment."""
        invoice_id = self.draft()
        issuing = [("chosen", f"{invoice_id}:1")]
        asking = f"/invoices/issue?invoice={invoice_id}"
        self.insist(lambda: self.finance_lead.post(asking, issuing), FOUND)
        page = self.insist(lambda: self.finance_lead.get(f"/invoices/{invoice_id}"), WELL)
        number = re.search(rf"{self.issuer.urn}-\d{{4}}-\d+", page.text)
        if number is None:
            raise RuntimeError("There is no number on the issued invoice.")
        self.journal.invoices[invoice_id] = number[0]
        payment_id = uuid.uuid4()
        paying = {
            "new_id": str(payment_id),
            "amount": "1.00",
            "reference": "BACS",
            **dated("paid_on", clock.today()),
        }
        self.insist(lambda: self.finance_lead.post(f"/invoices/{invoice_id}/payments/record", paying), FOUND)
        self.journal.payments[payment_id] = invoice_id

    def draft(self) -> uuid.UUID:
        """Draft an invoice of one line; its id, which its form made."""
        invoice_id = new_id()
        drafting = {
            "new_id": invoice_id,
            "buyer_id": str(self.buyer.id),
            "payment_days": "30",
            "lines-0-description": "Shared minibus",
            "lines-0-quantity": "1",
            "lines-0-unit_price": "100.00",
            **dated("supplied_on", clock.today()),
        }
        address = f"/invoices/draft?school={self.issuer.id}"
        self.insist(lambda: self.bursar.post(address, drafting), FOUND)
        return uuid.UUID(invoice_id)


def _in_textarea(page: str) -> str:
    """What a field of several lines named `copy` holds."""
    found = re.search(r'<textarea[^>]*name="copy"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


@dataclass(frozen=True)
class Scene:
    """What the customers work on: a tender with a draft of each bidder, and schools that invoice."""

    tender: make.Tender
    bidders: tuple[make.Supplier, ...]
    schools: tuple[make.School, ...]
    sessions: dict[uuid.UUID | None, tuple[str, str]]

    def browser(self, house: House, person: Actor) -> Browser:
        """The browser of somebody who has signed in, at a house."""
        return house.browser(*self.sessions[person.person_id])

    def customers(self, house: House, journal: Journal) -> list[Customer]:
        """Everybody, at work in a house, with one journal."""
        working: list[Customer] = [
            Bidder(journal, self.browser(house, bidder.admin), self.tender.id, bidder.id)
            for bidder in self.bidders
        ]
        for place, issuer in enumerate(self.schools):
            buyer = self.schools[(place + 1) % len(self.schools)]
            bursar, finance_lead = (
                self.browser(house, issuer.bursar),
                self.browser(house, issuer.finance_lead),
            )
            working.append(Biller(journal, bursar, finance_lead, issuer, buyer))
        return working


def scene(app: Flask, *, bidders: int = 2, schools: int = 2) -> Scene:
    """A published tender with drafts, and schools that can be paid; everybody has signed in."""
    alliance = make.alliance(schools=max(2, schools))
    tender = make.published_tender(alliance)
    suppliers = tuple(make.supplier() for _ in range(bidders))
    for supplier in suppliers:
        make.draft_quote(tender, supplier, SECRET_PRICE, [SECRET_ANSWER] * 2)
    payable = tuple(make.payable_school(school) for school in alliance.schools[:schools])
    people = [supplier.admin for supplier in suppliers]
    people += [person for school in payable for person in (school.bursar, school.finance_lead)]
    sessions = {person.person_id: session_of(app, person) for person in people}
    return Scene(tender, suppliers, payable, sessions)


@contextmanager
def at_work(customers: Sequence[Customer]) -> Iterator[Callable[[], None]]:
    """Everybody works meanwhile; what it gives lets all finish the turn that they are at, and go home."""

    def finish() -> None:
        for one in customers:
            one.stopping.set()
        for one in customers:
            one.thread.join()

    for one in customers:
        one.thread.start()
    try:
        yield finish
    finally:
        finish()
