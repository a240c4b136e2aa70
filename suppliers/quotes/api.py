"""The program interface of a supplier's own quotes: drafts, submission, receipts.

Files are sent in Weald itself. What is quoted is in no request that is remembered: a draft is sent by PUT,
and kept encrypted.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from marketplace.core import web
from marketplace.core.api.operations import Api, FileAnswer
from marketplace.core.api.schemas import (
    Asked,
    Line,
    Listing,
    PageAsked,
    Quantity,
    Schema,
    Text,
    Version,
    part_of,
)
from marketplace.core.api.scopes import Scope
from marketplace.core.db import db
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from suppliers.quotes import actions, copies, offers, queries, receipts, rules
from suppliers.quotes.declarations.rules import Confirmed, Declaration
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import LARGEST_UNIT_PRICE, LONGEST_ANSWER, Offer, Schedule
from suppliers.quotes.rules import QuoteStatus, Stage

quotes = Api("quotes_api", __name__, "Quotes")
Answer = Annotated[Text, Field(max_length=LONGEST_ANSWER)]
MOST_LINES = 5_000


class TierPrice(Schema):
    """A lower unit price of a line, from a number of schools or units on."""

    line_id: uuid.UUID
    starts_at: Quantity
    unit_price: Quantity


class Offered(Schema):
    """What a quote offers, so far. Unit prices are in pounds before VAT, with at most four decimal places."""

    prices: dict[uuid.UUID, Quantity] = Field(
        default={}, max_length=MOST_LINES, description="Unit prices by the id of the line."
    )
    answers: dict[uuid.UUID, Answer] = Field(
        default={}, max_length=MOST_LINES, description="Answers by the id of the question."
    )
    tier_prices: list[TierPrice] = Field(
        default=[], max_length=MOST_LINES, description="Lower prices, where a lot has tiers."
    )
    discounts: dict[uuid.UUID, Quantity] = Field(
        default={}, max_length=MOST_LINES, description="Per cent off the lots of a bundle, by its id."
    )
    lots: list[uuid.UUID] = Field(
        default=[], max_length=MOST_LINES, description="The lots quoted for, where each is won on its own."
    )


class DraftSent(Offered):
    """All that a draft is to say; its files stay as they are."""

    supplier_id: uuid.UUID
    version: int = Field(ge=0, le=2**31 - 1, description="The draft’s version that you read; 0 for none yet.")

    def offer(self, schedule: Schedule) -> Offer:
        """What was sent. Raises RuleBroken, naming the field, for what the tender does not ask."""
        questions = {question.id for question in schedule.questions}
        bundles = {bundle.id for bundle in schedule.division.bundles}
        tiers = {(one.line_id, one.starts_at): one.unit_price for one in self.tier_prices}
        for field, unknown in (
            ("prices", self.prices.keys() - schedule.lines.keys()),
            ("answers", self.answers.keys() - questions),
            ("tier_prices", tiers.keys() - schedule.tier_keys),
            ("discounts", self.discounts.keys() - bundles),
            ("lots", set(self.lots) - {lot.id for lot in schedule.lots}),
        ):
            if unknown:
                raise RuleBroken(
                    "The tender asks for nothing of this kind. Read its opportunity again.", field
                )
        for field, prices in (("prices", self.prices), ("tier_prices", tiers)):
            if any(price > LARGEST_UNIT_PRICE for price in prices.values()):
                raise RuleBroken(f"A unit price may be at most £{LARGEST_UNIT_PRICE:,}.", field)
        if not all(offers.is_discount(percent) for percent in self.discounts.values()):
            raise RuleBroken("A discount is above 0 and below 100 per cent, to two places.", "discounts")
        return Offer(
            prices=self.prices,
            answers=self.answers,
            tier_prices=tiers,
            discounts=self.discounts,
            lots=frozenset(self.lots),
        )


class DraftEntry(Offered):
    """A draft: what it says, and what it lacks before it can be submitted."""

    id: uuid.UUID
    version: int
    files: list[str] = Field(description="The names of its files.")
    missing: list[str] = Field(description="What to do before it can be submitted.")
    free_lines: list[uuid.UUID] = Field(description="Lines priced at £0.00, to be confirmed on submitting.")
    total_pence: int = Field(description="What it comes to over the whole term, before VAT.")


class DraftAsked(Asked):
    """Whose draft."""

    supplier_id: uuid.UUID | None = Field(
        default=None, description="The supplier; needed only by somebody who belongs to several."
    )


class ToSubmit(Schema):
    """Which version of a draft is submitted, and what is confirmed with it."""

    version: Version
    confirmed: list[Declaration] = Field(description="What the supplier confirms: all of these.")
    conflict: Text = Field(default="", description="A conflict of interest particular to this tender.")
    sub_contractors: list[Line] = Field(default=[], max_length=100)
    free_confirmed: bool = Field(default=False, description="Lines priced at £0.00 are meant.")


class ToWithdraw(Schema):
    """Which version of a quote is withdrawn."""

    version: Version


class TenderName(Schema):
    """The tender that a quote is for."""

    id: uuid.UUID
    reference: str
    title: str
    closes_at: datetime | None


class SupplierName(Schema):
    """A supplier as others name it."""

    id: uuid.UUID
    name: str


class QuoteEntry(Schema):
    """A quote as its supplier sees it. What was sealed can be read by nobody before it is opened."""

    id: uuid.UUID
    version: int
    reference: str | None = Field(description="Its number; null for a draft.")
    stage: Stage
    tender: TenderName
    supplier: SupplierName
    written_at: datetime
    received_at: datetime | None = Field(description="When it was received, by the database’s clock.")
    withdrawn_at: datetime | None
    commitment: str = Field(description="The SHA-256 that its receipt commits to; blank for a draft.")

    @classmethod
    def of(cls, quote: Quote) -> QuoteEntry:
        """A quote as it is answered."""
        tender = quote.tender
        same = ("id", "version", "reference", "written_at", "received_at", "withdrawn_at", "commitment")
        return cls(
            **{name: getattr(quote, name) for name in same},
            stage=rules.stage_of(quote.status),
            tender=TenderName(
                id=tender.id, reference=tender.reference, title=tender.title, closes_at=tender.closes_at
            ),
            supplier=SupplierName(id=quote.supplier_id, name=quote.supplier.name),
        )


class QuoteList(Listing[QuoteEntry]):
    """Part of a supplier's quotes."""


class QuotesAsked(PageAsked):
    """Which quotes."""

    tender_id: uuid.UUID | None = Field(default=None, description="Only for this tender.")


class ReceiptEntry(Schema):
    """What a supplier can prove: when its quote was received, and what exactly it was."""

    reference: str
    tender_reference: str
    tender: str
    supplier: str
    received_at: datetime
    closes_at: datetime
    deadline_version: int
    commitment: str
    envelopes: dict[str, str] = Field(description="The commitment of each envelope.")
    files: list[str] = Field(description="The SHA-256 of each sealed file.")
    position: int = Field(description="Its place in the record of events.")
    chain_head: str = Field(description="The record’s hash at that place, which all later ones follow from.")
    replaces: str = Field(description="The quote that it replaced; blank for none.")


@quotes.reads("/quotes", Scope.QUOTES_READ)
def list_quotes(asked: QuotesAsked) -> QuoteList:
    """The quotes of the token’s owner’s suppliers: drafts, submitted and earlier ones."""
    query = queries.mine(web.actor())
    if asked.tender_id is not None:
        query = query.where(Quote.tender_id == asked.tender_id)
    rows, following = part_of(db.session(), query, Quote.id, asked)
    return QuoteList(items=[QuoteEntry.of(one) for one in rows], next=following)


@quotes.reads("/quotes/<uuid:quote_id>", Scope.QUOTES_READ)
def show_quote(quote_id: uuid.UUID) -> QuoteEntry:
    """One quote of the token’s owner’s suppliers, and how far it is."""
    return QuoteEntry.of(queries.get_own_quote(db.session(), web.actor(), quote_id))


@quotes.reads("/quotes/<uuid:quote_id>/receipt", Scope.QUOTES_READ)
def show_receipt(quote_id: uuid.UUID) -> ReceiptEntry:
    """The receipt of a quote that was submitted."""
    session = db.session()
    receipt = receipts.receipt_of(session, queries.get_own_quote(session, web.actor(), quote_id))
    other: dict[str, Any] = {"envelopes": dict(receipt.envelopes), "files": list(receipt.files)}
    same = ReceiptEntry.model_fields.keys() - other.keys()
    return ReceiptEntry(**{name: getattr(receipt, name) for name in same}, **other)


@quotes.reads("/quotes/<uuid:quote_id>/copy", Scope.QUOTES_READ, file=copies.MEDIA_TYPE)
def download_quote_copy(quote_id: uuid.UUID) -> FileAnswer:
    """The supplier’s own copy of a draft, to keep before it is sealed.

    After submitting nobody can read the quote before it is opened: the copy proves what was in it.
    """
    session, actor = db.session(), web.actor()
    quote = queries.get_own_quote(session, actor, quote_id)
    if quote.status is not QuoteStatus.DRAFT:
        raise NotFound("Only a draft has a copy: what was submitted is sealed.")
    held = queries.copy_of(queries.schedule_of(session, quote.tender), quote)
    content = copies.write_copy(held, quote.tender.title, quote.supplier.name)
    return FileAnswer(content, copies.MEDIA_TYPE, f"{quote.tender.reference}-your-quote.json")


@quotes.reads("/tenders/<uuid:tender_id>/quote", Scope.QUOTES_READ)
def show_draft(tender_id: uuid.UUID, asked: DraftAsked) -> DraftEntry:
    """A supplier’s draft for a tender, and what it lacks."""
    return _draft(_tender(tender_id), asked.supplier_id)


@quotes.changes("/tenders/<uuid:tender_id>/quote", Scope.QUOTES_WRITE)
def save_draft(tender_id: uuid.UUID, body: DraftSent) -> DraftEntry:
    """Keep a draft for a published tender, encrypted; with version 0 it is a new one.

    Send all that it is to say: what is left out is taken out. Gaps are allowed until it is submitted.
    """
    tender = _tender(tender_id)
    offer = body.offer(queries.schedule_of(db.session(), tender))
    actions.save_draft(web.actor(), tender_id, body.supplier_id, body.version, offer)
    return _draft(_tender(tender_id), body.supplier_id)


@quotes.does("/quotes/<uuid:quote_id>/submit", Scope.QUOTES_WRITE)
def submit_quote(quote_id: uuid.UUID, body: ToSubmit) -> QuoteEntry:
    """Seal a complete draft and submit it, in place of the one that is in.

    Take its copy first. The receipt says when it was received and what exactly it was.
    """
    confirmed = Confirmed(tuple(body.confirmed), body.conflict, tuple(body.sub_contractors))
    actions.submit_quote(web.actor(), quote_id, body.version, confirmed, free_confirmed=body.free_confirmed)
    return show_quote(quote_id)


@quotes.does("/quotes/<uuid:quote_id>/withdraw", Scope.QUOTES_WRITE)
def withdraw_quote(quote_id: uuid.UUID, body: ToWithdraw) -> QuoteEntry:
    """Take a quote back before the deadline, or discard a draft, whose content is then erased."""
    actions.withdraw_quote(web.actor(), quote_id, body.version)
    return show_quote(quote_id)


def _tender(tender_id: uuid.UUID) -> Tender:
    """A tender that was published. Raises NotFound."""
    tender = tenders.get_tender(db.session(), web.actor(), tender_id)
    if tender.published_at is None:
        raise NotFound
    return tender


def _draft(tender: Tender, supplier_id: uuid.UUID | None) -> DraftEntry:
    """The draft of one of the actor's own suppliers. Raises NotFound."""
    session, mine = db.session(), web.actor().supplier_ids
    chosen = supplier_id or next(iter(mine), None)
    draft = queries.draft_of(session, tender.id, chosen) if chosen in mine else None
    if draft is None:
        raise NotFound("There is no draft for this tender.")
    schedule, offer = queries.schedule_of(session, tender), queries.offer_in_draft(draft)
    return DraftEntry(
        id=draft.id,
        version=draft.version,
        prices=dict(offer.prices),
        answers=dict(offer.answers),
        tier_prices=[
            TierPrice(line_id=line_id, starts_at=start, unit_price=price)
            for (line_id, start), price in offer.tier_prices.items()
        ],
        discounts=dict(offer.discounts),
        lots=sorted(offer.lots),
        files=[file.name for file in offer.files],
        missing=[gap.text for gap in offers.gaps(schedule, offer)],
        free_lines=[line.id for line in offers.free_lines(schedule, offer)],
        total_pence=offers.total(schedule, offer).pence,
    )
