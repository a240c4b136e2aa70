"""What is looked at once the dust has settled: is all that was acknowledged there, and everything whole?"""

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import select

from invoicing.invoices.models import Invoice
from invoicing.ledger.queries import incomplete_entries
from invoicing.payments.models import Payment
from suppliers.quotes.models import Quote
from suppliers.quotes.rules import QuoteStatus
from tests.faults.customers import SECRET_ANSWER, SECRET_PRICE, Journal, Scene
from tests.faults.house import House

NOT_FOUND = 404


@dataclass(frozen=True)
class Findings:
    """What was found: how much was looked at, and a sentence for each thing that is wrong, by promise."""

    quotes: int
    numbers: int
    postings: int
    lost_quotes: list[str]
    wrong_numbers: list[str]
    half_posted: list[str]

    @property
    def all(self) -> list[str]:
        """Everything that is wrong."""
        return [*self.lost_quotes, *self.wrong_numbers, *self.half_posted]


def audit(house: House, journal: Journal) -> Findings:
    """Compare a journal with what is stored, and have `flask verify` look at everything."""
    lost: list[str] = []
    half: list[str] = []
    wrong: list[str] = []
    with house.session() as session:
        quotes = {one.id: one for one in session.scalars(select(Quote))}
        invoices = {one.id: one for one in session.scalars(select(Invoice))}
        payments = {one.id: one for one in session.scalars(select(Payment))}
        half += [f"entry {one} is incomplete" for one in incomplete_entries(session)]
        for quote_id, reference in journal.quotes.items():
            stored = quotes.get(quote_id)
            if stored is None or stored.reference != reference:
                lost.append(f"quote {reference} was acknowledged and is not stored")
            elif stored.status not in (QuoteStatus.SUBMITTED, QuoteStatus.REPLACED):
                lost.append(f"quote {reference} was acknowledged and is {stored.status}")
        for invoice_id, number in journal.invoices.items():
            if invoice_id not in invoices or invoices[invoice_id].number != number:
                half.append(f"invoice {number} was acknowledged and is not stored")
        for payment_id, invoice_id in journal.payments.items():
            if payment_id not in payments or payments[payment_id].invoice_id != invoice_id:
                half.append(f"payment {payment_id} was acknowledged and is not stored")
        references = [one.reference for one in quotes.values() if one.reference]
        numbers = [one.number for one in invoices.values() if one.number]
        wrong += gaps(references)
        wrong += gaps(numbers)
    code, words = house.run("verify")
    if code:
        half.append(f"flask verify: {words}")
    code, words = house.run("quotes", "verify")
    if code:
        lost.append(f"flask quotes verify: {words}")
    if house.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(house.database)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            half.append(f"SQLite: {said}")
    return Findings(
        quotes=len(journal.quotes),
        numbers=len(references) + len(numbers),
        postings=len(journal.invoices) + len(journal.payments),
        lost_quotes=lost,
        wrong_numbers=wrong,
        half_posted=half,
    )


def leaks(house: House) -> list[str]:
    """Where a house has written down what only openers may read: in its database, its files or its logs."""
    price = int(SECRET_PRICE.replace(".", ""))
    secrets = (SECRET_PRICE.encode(), SECRET_ANSWER.encode(), price.to_bytes(4, "big"), str(price).encode())
    return [
        f"{file.name} holds what a quote says"
        for file in house.folder.rglob("*")
        if file.is_file() and any(secret in file.read_bytes() for secret in secrets)
    ]


def strangers_see(house: House, work: Scene, journal: Journal, most: int) -> tuple[int, list[str]]:
    """How often the wrong person asked for a quote or an invoice, and what they were shown of it."""
    strangers = [work.browser(house, bidder.admin) for bidder in work.bidders]
    asked = [f"/invoices/{invoice_id}" for invoice_id in list(journal.invoices)[:most]]
    asked += [f"/quotes/{quote_id}" for quote_id in list(journal.quotes)[:most]]
    schools = [work.browser(house, school.bursar) for school in work.schools]
    seen = []
    for path in asked:
        # A quote is its own supplier's; the scene's first school belongs to none of them
        who = strangers[0] if path.startswith("/invoices") else schools[0]
        answer = who.get(path)
        if answer.status != NOT_FOUND:
            seen.append(f"{path} answered {answer.status} to a stranger")
    return len(asked), seen


def gaps(numbers: list[str]) -> list[str]:
    """What is wrong with numbers that each end in a serial, series by series: gaps and twins."""
    series: dict[str, list[int]] = defaultdict(list)
    for number in numbers:
        name, _, serial = number.rpartition("-")
        series[name].append(int(serial))
    return [
        f"{name} has {sorted(serials)}"
        for name, serials in series.items()
        if sorted(serials) != list(range(1, len(serials) + 1))
    ]
