"""Taking a supplier's e-invoice, and deciding about it: what is accepted stands in the school's books."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from invoicing.incoming import parties, queries, rules
from invoicing.incoming.books import actions as books
from invoicing.incoming.formats import telling
from invoicing.incoming.models import SupplierInvoice, SupplierInvoiceLine, SupplierInvoiceTax
from invoicing.incoming.parties import Known
from invoicing.incoming.rules import DocumentStatus, Format, Kind, ReadInvoice
from invoicing.ledger.periods.queries import open_day
from marketplace.alliance.models import School
from marketplace.alliance.queries import get_school
from marketplace.core import clock, events, policy, storage
from marketplace.core.db import transaction
from marketplace.core.documents import plain_name
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.moves import move
from marketplace.core.policy import Act, Actor
from marketplace.core.web import day

MEDIA_TYPES: Mapping[Format, str] = {
    Format.UBL: "application/xml",
    Format.CII: "application/xml",
    Format.HYBRID: "application/pdf",
}


def receive_invoice(
    actor: Actor, invoice_id: uuid.UUID, school_id: uuid.UUID, name: str, content: bytes
) -> None:
    """Read a supplier's e-invoice, check it and keep it, waiting for a decision.

    Raises RuleBroken (field `document`), and nothing is kept, for a file that is no e-invoice or not to be
    trusted, figures that do not add up, another currency or buyer, and an invoice that was taken before.
    """
    kind, read = telling.read(content)
    with transaction() as session:
        school = get_school(session, actor, school_id, lock=True)
        policy.require(actor, Act.SUPPLIER_INVOICE_RECEIVE, school_id)
        known = session.get(SupplierInvoice, invoice_id)
        if known is not None:
            if known.school_id != school_id:
                raise NotFound
            return
        rules.check(read)
        parties.check_buyer(read.buyer, queries.own_school(school))
        supplier = Known(read.seller.name, read.seller.company_number, read.seller.vat_number)
        _check_new(session, school, supplier, read)
        stored = storage.store(session, io.BytesIO(content), MEDIA_TYPES[kind], field=rules.FIELD)
        assert actor.person_id, "people take invoices"
        session.add(
            SupplierInvoice(
                id=invoice_id,
                school_id=school_id,
                format=kind,
                file_name=plain_name(name),
                sha256=stored.sha256,
                received_by=actor.person_id,
                received_at=clock.now(),
                number_key=parties.number_key(read.number),
                supplier_key=parties.supplier_key(supplier),
                **_said(read),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.SUPPLIER_INVOICE_RECEIVE,
            invoice_id,
            organisation_id=school_id,
            number=read.number,
            supplier=read.seller.name,
            pence=read.sums.total.pence,
        )


def _check_new(session: Session, school: School, supplier: Known, read: ReadInvoice) -> None:
    """Raise RuleBroken when the school has the invoice already."""
    earlier = queries.taken_before(session, school.id, supplier, read.kind, parties.number_key(read.number))
    if earlier is not None:
        words = rules.STATUS_LABELS[earlier.status].lower()
        raise RuleBroken(
            f"{rules.KIND_LABELS[read.kind]} {read.number} of {earlier.supplier_name} has been taken before, "
            f"on {day(earlier.received_at.astimezone(clock.LONDON).date())} ({words}). Nothing has changed, "
            "and it is kept once. If this is another invoice, ask the supplier for one with its own number.",
            rules.FIELD,
        )
    if queries.came_through_weald(session, school.id, read.number):
        raise RuleBroken(
            f"Invoice {read.number} came through Weald from another school: you find it under “Received by "
            "us”. Nothing has changed.",
            rules.FIELD,
        )


def _said(read: ReadInvoice) -> dict[str, object]:
    """What a document says, as it is kept."""
    return {
        "kind": read.kind,
        "number": read.number,
        "issued_on": read.issued_on,
        "supplied_on": read.supplied_on,
        "due_on": read.due_on,
        "order_said": read.order,
        "contract_said": read.contract,
        "preceding": read.preceding,
        "account": read.account,
        "note": read.note,
        "supplier_name": read.seller.name,
        "supplier_company_number": read.seller.company_number,
        "supplier_vat_number": read.seller.vat_number,
        "supplier_address": read.seller.address,
        "buyer_name": read.buyer.name,
        "buyer_address": read.buyer.address,
        "allowances": read.sums.allowances,
        "charges": read.sums.charges,
        "net": read.sums.net,
        "vat": read.sums.vat,
        "total": read.sums.total,
        "paid": read.sums.paid,
        "rounding": read.sums.rounding,
        "due": read.sums.due,
        "lines": [
            SupplierInvoiceLine(
                position=position,
                label=line.label,
                name=line.name,
                quantity=f"{line.quantity.normalize():f}",
                unit=line.unit,
                price=rules.price_words(line.price, line.base),
                net=line.net,
                category=line.category,
                rate_basis_points=line.rate_basis_points,
            )
            for position, line in enumerate(read.lines, start=1)
        ],
        "taxes": [
            SupplierInvoiceTax(
                position=position,
                category=tax.category,
                rate_basis_points=tax.rate_basis_points,
                taxable=tax.taxable,
                vat=tax.vat,
                reason=tax.reason,
            )
            for position, tax in enumerate(read.taxes, start=1)
        ],
    }


def accept_invoice(
    actor: Actor,
    invoice_id: uuid.UUID,
    version: int | None,
    *,
    contract_id: uuid.UUID | None,
    order_number: str,
    reason: str,
    posted_on: date | None = None,
) -> None:
    """Accept an invoice: for which contract and order, and why. From now on the school owes it by its books.

    Without a day it is posted on its own date, or on the first one after it on which the books are open.
    Sent twice, done once. Raises RuleBroken, Stale.
    """
    with transaction() as session:
        invoice = _get(session, actor, invoice_id, Kind.INVOICE)
        policy.require(actor, Act.SUPPLIER_INVOICE_ACCEPT, invoice.school_id)
        offered = queries.contracts_of(session, actor, invoice.school_id)
        if _decide(actor, invoice, version, DocumentStatus.ACCEPTED, reason):
            rules.check_contract(contract_id, {one.id for one in offered})
            invoice.contract_id, invoice.order_number = contract_id, order_number.strip()
            session.flush()
            session.refresh(invoice, ["contract"])
            books.enter(session, actor, invoice, posted_on or usual_day(session, invoice))
            _record(session, actor, Act.SUPPLIER_INVOICE_ACCEPT, invoice)


def accept_credit_note(
    actor: Actor,
    note_id: uuid.UUID,
    version: int | None,
    *,
    invoice_id: uuid.UUID,
    reason: str,
    posted_on: date | None = None,
) -> None:
    """Accept a credit note, and from which invoice it takes back. Sent twice, done once.

    Raises RuleBroken, Stale.
    """
    with transaction() as session:
        note = _get(session, actor, note_id, Kind.CREDIT_NOTE)
        policy.require(actor, Act.SUPPLIER_INVOICE_ACCEPT, note.school_id)
        offered = {one.id for one in queries.can_be_credited(session, note)}
        if _decide(actor, note, version, DocumentStatus.ACCEPTED, reason):
            rules.check_credits(invoice_id, offered)
            invoice = queries.get_invoice(session, actor, invoice_id, lock=True)
            note.contract_id, note.order_number = invoice.contract_id, invoice.order_number
            session.flush()
            session.refresh(note, ["contract"])
            books.enter(session, actor, note, posted_on or usual_day(session, note), takes_back=invoice)
            _record(session, actor, Act.SUPPLIER_INVOICE_ACCEPT, note)


def usual_day(session: Session, invoice: SupplierInvoice) -> date:
    """On which day a document stands in the books unless somebody says another."""
    return open_day(session, {invoice.school_id}, invoice.issued_on)


def dispute_invoice(actor: Actor, invoice_id: uuid.UUID, version: int | None, *, reason: str) -> None:
    """Say that an accepted document is not right after all: another entry takes it out of the books.

    It can be accepted again, or rejected. Sent twice, done once. Raises RuleBroken, Stale.
    """
    with transaction() as session:
        invoice = queries.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.SUPPLIER_INVOICE_DISPUTE, invoice.school_id)
        if invoice.credits_id is not None:
            queries.get_invoice(session, actor, invoice.credits_id, lock=True)
        if _decide(actor, invoice, version, DocumentStatus.DISPUTED, reason):
            books.take_out(session, actor, invoice)
            _record(session, actor, Act.SUPPLIER_INVOICE_DISPUTE, invoice)


def _get(session: Session, actor: Actor, document_id: uuid.UUID, kind: Kind) -> SupplierInvoice:
    """A document of a kind, locked. Raises NotFound."""
    found = queries.get_invoice(session, actor, document_id, lock=True)
    if found.kind is not kind:
        raise NotFound
    return found


def reject_invoice(actor: Actor, invoice_id: uuid.UUID, version: int | None, *, reason: str) -> None:
    """Reject an invoice and say why, in words that the supplier can be sent. Sent twice, done once.

    Raises RuleBroken, Stale.
    """
    with transaction() as session:
        invoice = queries.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.SUPPLIER_INVOICE_REJECT, invoice.school_id)
        if _decide(actor, invoice, version, DocumentStatus.REJECTED, reason):
            _record(session, actor, Act.SUPPLIER_INVOICE_REJECT, invoice)


def _decide(
    actor: Actor, invoice: SupplierInvoice, version: int | None, wanted: DocumentStatus, reason: str
) -> bool:
    """Decide about an invoice; False when this person has decided so before. Raises RuleBroken, Stale."""
    if invoice.status is wanted and invoice.decided_by == actor.person_id:
        return False
    status = move(rules.MOVES, invoice.status, wanted)
    expect_version(invoice, version)
    rules.check_reason(reason)
    invoice.status, invoice.reason = status, reason.strip()
    invoice.decided_by, invoice.decided_at = actor.person_id, clock.now()
    return True


def _record(session: Session, actor: Actor, act: Act, invoice: SupplierInvoice) -> None:
    session.flush()
    events.record(
        session,
        actor,
        act,
        invoice.id,
        organisation_id=invoice.school_id,
        number=invoice.number,
        supplier=invoice.supplier_name,
    )
