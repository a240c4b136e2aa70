"""Quotes as far along as a test wants them, made by the actions that suppliers and openers use."""

import io
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import openpyxl
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from suppliers.quotes import actions, queries
from suppliers.quotes.copies import write_copy
from suppliers.quotes.declarations.rules import Confirmed
from suppliers.quotes.filled_schedule import read_schedule
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.price_schedule import HEADING_ROW, PRICE, price_schedule
from suppliers.quotes.rules import Envelope
from tests.make.alliance import alliance as make_alliance
from tests.make.kept import kept
from tests.make.openers import PASSPHRASE
from tests.make.suppliers import Supplier, supplier
from tests.make.tenders import PRICE_ONLY, Tender, close_tender, lot, published_tender

Prices = Sequence[Decimal | str] | Mapping[uuid.UUID, Decimal] | Decimal | str
BIDS = Path(__file__).resolve().parents[1] / "fixtures" / "bids"
DECLARED = Confirmed()


def quote_schedule(tender: Tender) -> Schedule:
    """What the tender asks, as suppliers see it."""
    return queries.schedule_of(db.session(), tender.row)


def offer(tender: Tender, prices: Prices = "2.4575", answers: Sequence[str] | None = None) -> Offer:
    """An offer for every line, in order (one price: for all of them), with an answer to every question."""
    asked = quote_schedule(tender)
    if isinstance(prices, Mapping):
        by_line = dict(prices)
    elif isinstance(prices, Decimal | str):
        by_line = dict.fromkeys(asked.lines, Decimal(prices))
    else:
        by_line = dict(zip(asked.lines, map(Decimal, prices), strict=True))
    texts = (
        [f"Our answer about {one.title.lower()}." for one in asked.questions] if answers is None else answers
    )
    return Offer(by_line, dict(zip([one.id for one in asked.questions], texts, strict=True)))


def draft_quote(
    tender: Tender, by: Supplier, prices: Prices = "2.4575", answers: Sequence[str] | None = None
) -> uuid.UUID:
    """A complete draft; its id. A draft that was there gets this content."""
    return save_offer(tender, by, offer(tender, prices, answers))


def save_offer(tender: Tender, by: Supplier, wanted: Offer) -> uuid.UUID:
    """A draft that holds this offer; its id. A draft that was there gets this content."""
    before = queries.draft_of(fresh(), tender.id, by.id)
    actions.save_draft(by.admin, tender.id, by.id, before.version if before else 0, wanted)
    return draft_of(tender, by)


def draft_of(tender: Tender, by: Supplier) -> uuid.UUID:
    """The id of the draft that a supplier has."""
    found = queries.draft_of(fresh(), tender.id, by.id)
    assert found
    return found.id


def copy_of_draft(quote_id: uuid.UUID) -> bytes:
    """The supplier's own copy of a draft, as the page gives it."""
    draft = quote(quote_id)
    schedule = queries.schedule_of(db.session(), draft.tender)
    return write_copy(queries.copy_of(schedule, draft), "The tender", "The supplier")


def submit_draft(quote_id: uuid.UUID, by: Supplier, *, free_confirmed: bool = False) -> None:
    """Submit a complete draft with every declaration."""
    actions.submit_quote(by.admin, quote_id, quote(quote_id).version, DECLARED, free_confirmed=free_confirmed)


@kept
def submitted_quote(
    tender: Tender, by: Supplier, prices: Prices = "2.4575", answers: Sequence[str] | None = None
) -> uuid.UUID:
    """A quote that is in; its id. It replaces one that the supplier had in."""
    quote_id = draft_quote(tender, by, prices, answers)
    submit_draft(quote_id, by)
    return quote_id


def submitted_offer(tender: Tender, by: Supplier, wanted: Offer) -> uuid.UUID:
    """A quote that is in and holds this offer; its id."""
    quote_id = save_offer(tender, by, wanted)
    submit_draft(quote_id, by)
    return quote_id


def lot_offer(
    tender: Tender,
    prices: Mapping[int, Sequence[str]],
    discounts: Mapping[str, str] | None = None,
    answers: Sequence[str] | None = None,
) -> Offer:
    """An offer for the lots with these numbers: the same prices, first and lower ones, for each line of one.

    Discounts are by the title of the bundle.
    """
    asked = quote_schedule(tender)
    first: dict[uuid.UUID, Decimal] = {}
    lower: dict[tuple[uuid.UUID, Decimal], Decimal] = {}
    for one in asked.lots:
        if one.number in prices:
            base, *tiers = map(Decimal, prices[one.number])
            starts = asked.division.starts(one.id)
            for line in one.lines:
                first[line.id] = base
                lower |= {(line.id, start): price for start, price in zip(starts, tiers, strict=True)}
    texts = [f"Our answer about {one.title.lower()}." for one in asked.questions]
    return Offer(
        first,
        dict(zip([one.id for one in asked.questions], answers or texts, strict=True)),
        lower,
        {
            bundle.id: Decimal(discounts[bundle.title])
            for bundle in asked.division.bundles
            if discounts and bundle.title in discounts
        },
        frozenset(one.id for one in asked.lots if one.number in prices)
        if asked.division.apart
        else frozenset(),
    )


def with_prices(offer: Offer, prices: Mapping[uuid.UUID, Decimal]) -> Offer:
    """The offer with other first prices for some lines."""
    return replace(offer, prices={**offer.prices, **prices})


def open_envelope(tender: Tender, envelope: Envelope) -> None:
    """Both openers open an envelope, after the deadline."""
    with clock.travelling(max(clock.now(), tender.closes_at)):
        actions.start_opening(tender.openers[0], tender.id, envelope, PASSPHRASE)
        actions.complete_opening(tender.openers[1], tender.id, envelope, PASSPHRASE)


@kept
def opened_quotes(tender: Tender) -> None:
    """Close a published tender with its quotes, and open its first envelope."""
    close_tender(tender)
    open_envelope(tender, quote_schedule(tender).envelopes[0])


def quote(quote_id: uuid.UUID) -> Quote:
    """The quote as it is now."""
    return fresh().get_one(Quote, quote_id)


def fresh() -> Session:
    """The session, having forgotten what it read before."""
    session = db.session()
    session.rollback()
    return session


@dataclass(frozen=True, slots=True)
class RealBid:
    """What one bidder really offered: unit prices in the order of the lines, and the published total."""

    name: str
    rank: int
    prices: tuple[Decimal, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class RealContract:
    """A contract that was really let, its dollars read as pounds; see tests/fixtures/bids."""

    title: str
    items: tuple[tuple[str, str, Decimal], ...]
    bids: tuple[RealBid, ...]


@dataclass(frozen=True, slots=True)
class RealQuotes:
    """A tender of a real contract's lines with every real bidder's quote in it, by bidder's name."""

    tender: Tender
    contract: RealContract
    quotes: Mapping[str, uuid.UUID]


def real_contract(number: str) -> RealContract:
    """A contract of tests/fixtures/bids, by its number: R-43683-A or T-43855-A."""
    held = json.loads((BIDS / f"indot_{number}.json").read_text("utf-8"))
    lines = [item["line"] for item in held["items"]]
    return RealContract(
        title=held["description"].capitalize(),
        items=tuple(
            (f"{item['line']} {item['description']}", item["unit"], Decimal(item["quantity"]))
            for item in held["items"]
        ),
        bids=tuple(
            RealBid(
                bid["name"],
                bid["rank"],
                tuple(Decimal(bid["unit_prices"][one]) for one in lines),
                Money.from_pounds(Decimal(bid["total"])),
            )
            for bid in held["bidders"]
        ),
    )


def real_quotes(number: str) -> RealQuotes:
    """The tender of a real contract, one school buying, judged on price, past its deadline.

    Every bidder's prices went through the Excel schedule, cell by cell, and were submitted sealed. Open
    them with `open_envelope(found.tender, Envelope.PRICE)`.
    """
    contract = real_contract(number)
    alliance = make_alliance(schools=2)
    buyer = alliance.schools[0]
    lines = {(item, unit): {buyer.id: quantity} for item, unit, quantity in contract.items}
    tender = published_tender(
        alliance,
        title=contract.title,
        category="other",
        lots=[lot(contract.title, lines, [buyer])],
        schools=[buyer],
        criteria=PRICE_ONLY,
    )
    quotes = {}
    for bid in contract.bids:
        bidder = supplier(bid.name.title(), categories=["other"])
        upload_schedule(tender, bidder, bid.prices)
        quotes[bid.name] = draft_of(tender, bidder)
        submit_draft(quotes[bid.name], bidder)
    close_tender(tender)
    return RealQuotes(tender, contract, quotes)


def upload_schedule(tender: Tender, by: Supplier, prices: Sequence[Decimal]) -> None:
    """Fill in the downloaded price schedule of a tender with one lot, as Excel would, and upload it."""
    asked = quote_schedule(tender)
    book = openpyxl.load_workbook(io.BytesIO(price_schedule(asked, Offer())))
    for row, price in enumerate(prices, start=HEADING_ROW + 2):
        book["Lot 1"].cell(row, PRICE + 1).value = price
    filled = io.BytesIO()
    book.save(filled)
    reading = read_schedule(filled.getvalue(), asked)
    assert not reading.problems
    actions.take_prices(by.admin, tender.id, by.id, reading.offer)
