"""A school's hand-over pack: contracts, volumes and prices, the supplier, letters, the tender, the quote."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.queries import names
from marketplace.contracts.models import Contract
from marketplace.core import clock, printing, storage
from marketplace.core.csv_files import csv_file
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from marketplace.core.web import plain_number
from marketplace.tenders import queries as tenders
from marketplace.tenders.lots.queries import division_of
from marketplace.tenders.models import Tender
from marketplace.tenders.packs import queries as packs
from marketplace.tenders.packs.rules import MANIFEST, Content, Listed, manifest, zipped
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import queries as awards
from suppliers.awards.letters import documents
from suppliers.awards.letters import queries as letters
from suppliers.awards.letters.content import from_json
from suppliers.awards.letters.rules import LetterKind
from suppliers.awards.models import Award
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.sheets import answers_of
from suppliers.profiles.queries import people_who_bid
from suppliers.quotes import amounts, opened
from suppliers.quotes.models import Quote

CONTRACT_HEADING = (
    "Contract",
    "Supplier",
    "First day",
    "Last day",
    "Whole term, before VAT",
    "A year, before VAT",
)
LINES_HEADING = ("Lot", "Item", "Unit", "Units over the whole term", "Price of a unit", "Amount, before VAT")
SUPPLIER_HEADING = ("Supplier", "Company number", "VAT number", "Address", "Contact", "E-mail")


def pack_of(session: Session, actor: Actor, tender_id: uuid.UUID, school_id: uuid.UUID) -> tuple[str, bytes]:
    """The name and the ZIP of a school's pack, for its own people and those who oversee the alliance.

    Raises NotFound for others, and before the award is confirmed.
    """
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor))
    oversees = tender.alliance_id in evaluation.overseen_by(actor)
    if tender.status is not TenderStatus.AWARDED or not (oversees or school_id in actor.school_ids):
        raise NotFound
    contents = dict(_contents(session, tender, school_id))
    listed = [
        Listed(name, Content(hashlib.sha256(content).hexdigest(), len(content)), 1, _made_on(session, tender))
        for name, content in contents.items()
    ]
    contents[MANIFEST] = manifest(listed)
    return f"{tender.reference}-hand-over.zip", zipped(contents)


def _made_on(session: Session, tender: Tender) -> date:
    """The day on which the award was confirmed, so that the pack is the same whenever it is asked for."""
    award = awards.live_awards(session, tender.id)[0]
    return (award.confirmed_at or clock.now()).astimezone(clock.LONDON).date()


def _contents(session: Session, tender: Tender, school_id: uuid.UUID) -> Iterator[tuple[str, bytes]]:
    found = awards.live_awards(session, tender.id)
    query = (
        select(Contract)
        .where(Contract.award_id.in_([award.id for award in found]), Contract.school_id == school_id)
        .order_by(Contract.registered_at, Contract.id)
    )
    contracts = list(session.scalars(query))
    if not contracts:
        raise NotFound
    own = {contract.award_id for contract in contracts}
    won = [award for award in found if award.id in own]
    winners = [session.get_one(Quote, quote_id) for quote_id in awards.winning_quotes(won)]
    whole = {
        due.award_id: due.amount
        for due in awards.contracts_due(session, tender, won)
        if due.school_id == school_id
    }
    rows = [
        (one.title, one.supplier_name, one.starts_on, one.ends_on, whole[one.award_id], one.annual_value)
        for one in contracts
        if one.award_id
    ]
    lines = list(_lines(session, tender, won, school_id))
    yield "1 Contract.csv", csv_file(CONTRACT_HEADING, rows)
    yield "2 Volumes and prices.csv", csv_file(LINES_HEADING, lines)
    yield (
        "Contract summary.pdf",
        printing.draw(
            "print/contract_summary.html",
            issuer=names(session, [school_id])[school_id],
            reference=tender.reference,
            tender=tender,
            contracts=rows,
            lines=lines,
            suppliers=[_supplier(session, winner) for winner in winners],
        ),
    )
    yield "3 Supplier.csv", csv_file(SUPPLIER_HEADING, [_supplier(session, winner) for winner in winners])
    for winner in winners:
        yield f"Quotes/{winner.reference}.csv", _quote(session, tender, winner, won)
    yield from _letters(session, tender, {winner.id for winner in winners})
    pack = packs.latest_pack(session, tender.id)
    for one in pack.files if pack else ():
        yield f"Tender documents/{one.name}", storage.read(one.sha256)


def _lines(
    session: Session, tender: Tender, won: Sequence[Award], school_id: uuid.UUID
) -> Iterator[tuple[str | Money, ...]]:
    """What the school buys, line by line, at the prices of the quote that won the lot."""
    by_lot = {award.lot_id: award.quote_id for award in won}
    offers, division = opened.priced_offers(session, tender.id), division_of(session, tender.id)
    for lot in tenders.schedule(session, tender.id):
        if lot.id not in by_lot:
            continue
        start = amounts.start_reached(division, lot)
        for line in lot.lines:
            price = offers[by_lot[lot.id]].price(line.id, start)
            assert price is not None, "a quote that wins a lot has a price for each of its lines"
            due = amounts.of_line(line, price)
            for volume in line.volumes:
                if volume.school_id == school_id:
                    units = plain_number(volume.quantity)
                    yield lot.title, line.item, line.unit, units, plain_number(price), due[school_id]


def _quote(session: Session, tender: Tender, quote: Quote, won: Sequence[Award]) -> bytes:
    """A quote as it was opened, for the lots that it won: its seal, prices and answers."""
    lots = {award.lot_id for award in won if award.quote_id == quote.id}
    offer = opened.priced_offers(session, tender.id)[quote.id]
    answers = answers_of(session, quote)
    rows: list[tuple[str, ...]] = [
        ("Quote", quote.reference or ""),
        ("Supplier", quote.supplier.name),
        ("Received", quote.received_at.isoformat() if quote.received_at else ""),
        ("Fingerprint of the quote (SHA-256)", quote.commitment),
    ]
    for lot in tenders.schedule(session, tender.id):
        if lot.id not in lots:
            continue
        for line in lot.lines:
            name = f"{lot.title}: {line.item}"
            rows.append((name, plain_number(offer.prices[line.id])))
            rows += [
                (f"{name}, from {plain_number(start)}", plain_number(price))
                for (line_id, start), price in sorted(offer.tier_prices.items(), key=lambda one: one[0][1])
                if line_id == line.id
            ]
    rows += [
        (question.title, answers[question.id])
        for question in evaluation.questions(tender)
        if question.id in answers
    ]
    return csv_file(("What", "As quoted"), rows)


def _supplier(session: Session, winner: Quote) -> tuple[str, ...]:
    supplier = winner.supplier
    people = people_who_bid(session, supplier.id)
    contact = people[0] if people else None
    return (
        supplier.name,
        supplier.company_number or "",
        supplier.vat_number or "",
        ", ".join(supplier.address.splitlines()),
        contact.name if contact else "",
        contact.email if contact else "",
    )


def _letters(session: Session, tender: Tender, quote_ids: set[uuid.UUID]) -> Iterator[tuple[str, bytes]]:
    for letter in letters.sent_to(session, tender.id, LetterKind.AWARD, LetterKind.CONFIRMATION):
        if letter.quote_id in quote_ids:
            reference = from_json(letter.content).reference
            yield f"Letters/{reference} {letter.kind}.pdf", documents.pdf_of(letter)
