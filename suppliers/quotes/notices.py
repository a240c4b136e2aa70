"""What people are told by e-mail about quotes. No message ever carries a price or an answer.

Each function writes in the action's own transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.events import Event
from marketplace.core.policy import Role
from marketplace.tenders.amending.models import Amendment
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import Seat
from suppliers.profiles.alerts.queries import people_to_alert
from suppliers.profiles.queries import people_who_bid
from suppliers.quotes import opening, queries
from suppliers.quotes.models import Quote
from suppliers.quotes.rules import Envelope, Opener, in_england


def quote_received(session: Session, tender: Tender, quote: Quote, event: Event) -> None:
    """Send the receipt to everybody who bids for the supplier."""
    assert quote.received_at
    _write(
        session,
        people_who_bid(session, quote.supplier_id),
        f"Receipt {quote.reference}: your quote for {tender.title}",
        "quotes_receipt.txt",
        tender,
        quote=quote,
        received=in_england(quote.received_at),
        envelopes=quote.bodies,
        event=event,
    )


def quote_withdrawn(session: Session, tender: Tender, quote: Quote, moment: datetime) -> None:
    """Tell everybody who bids for the supplier that its quote is out."""
    _write(
        session,
        people_who_bid(session, quote.supplier_id),
        f"Withdrawn: your quote {quote.reference} for {tender.title}",
        "quotes_withdrawn.txt",
        tender,
        quote=quote,
        withdrawn=in_england(moment),
    )


def opening_started(session: Session, tender: Tender, first: Opener, name: str, until: datetime) -> None:
    """Ask the openers of other schools to complete the opening in time."""
    others = [
        seat.person for seat in opening.openers_of(session, tender.id) if seat.school_id != first.school_id
    ]
    _write(
        session,
        others,
        f"Please complete the opening now: {tender.title}",
        "quotes_opening_started.txt",
        tender,
        started_by=name,
        until=in_england(until),
    )


def quotes_opened(session: Session, tender: Tender, envelope: Envelope, result: opening.Opened) -> None:
    """Tell the coordinator, and the evaluators when there are answers to score, what was opened."""
    told = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    if envelope is Envelope.QUALITY:
        told += [seat.person for seat in tender.panel if seat.seat is Seat.EVALUATOR]
    _write(
        session,
        told,
        f"Opened: {tender.title}",
        "quotes_opened.txt",
        tender,
        envelope=envelope,
        result=result,
    )


def quote_disclosed(session: Session, tender: Tender, quote: Quote) -> None:
    """Tell the coordinator and the panel that a quote which did not open has been put right."""
    told = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    told += [seat.person for seat in tender.panel if seat.seat is Seat.EVALUATOR]
    subject = f"Put right: quote {quote.reference} for {tender.title}"
    _write(session, told, subject, "quotes_disclosed.txt", tender, quote=quote)


def tender_cancelled(session: Session, tender_id: uuid.UUID) -> None:
    """Tell those who have begun a quote, and those who were told of the tender, that it was cancelled."""
    tender = session.get_one(Tender, tender_id)
    if tender.published_at is None:
        return
    for people, has_quote in _concerned(session, tender):
        subject = f"Cancelled: {tender.title}"
        _write(session, people, subject, "quotes_tender_cancelled.txt", tender, has_quote=has_quote)


def deadline_moved(
    session: Session, tender_id: uuid.UUID, *, before: datetime, after: datetime, reason: str
) -> None:
    """Tell those who have begun a quote, and those who were told of the tender, that there is more time."""
    tender = session.get_one(Tender, tender_id)
    subject = f"More time to quote: {tender.title}"
    for people, has_quote in _concerned(session, tender):
        _write(
            session,
            people,
            subject,
            "quotes_deadline_moved.txt",
            tender,
            before=before,
            after=after,
            reason=reason,
            has_quote=has_quote,
        )


def tender_amended(session: Session, tender_id: uuid.UUID, amendment_id: uuid.UUID) -> None:
    """Tell those who have begun a quote to check it, and those who were told of the tender what changed."""
    tender = session.get_one(Tender, tender_id)
    amendment = session.get_one(Amendment, amendment_id)
    for people, has_quote in _concerned(session, tender):
        _write(
            session,
            people,
            f"Please read what changed: {tender.title}",
            "quotes_tender_amended.txt",
            tender,
            amendment=amendment,
            has_quote=has_quote,
        )


def _concerned(session: Session, tender: Tender) -> list[tuple[list[Person], bool]]:
    """Everybody who bids for a supplier with a draft or a quote in; then the others of the category."""
    begun = _who_quote(session, tender.id)
    known = {person.id for person in begun}
    others = [one for one in people_to_alert(session, tender) if one.id not in known]
    return [(begun, True), (others, False)]


def _who_quote(session: Session, tender_id: uuid.UUID) -> list[Person]:
    """Who bids for the suppliers with a draft or a quote in."""
    suppliers = sorted(queries.suppliers_quoting(session, tender_id))
    return [person for supplier_id in suppliers for person in people_who_bid(session, supplier_id)]


def _write(
    session: Session, people: Iterable[Person], subject: str, template: str, tender: Tender, **more: Any
) -> None:
    for person in {person.id: person for person in people}.values():
        mail.write(session, person.email, subject, template, person_name=person.name, tender=tender, **more)
