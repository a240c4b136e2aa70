"""Questions about credit notes, scoped to who asks: whoever reads an invoice reads its credit notes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.invoices import queries as invoices
from invoicing.invoices.credit_notes.models import CreditNote, CreditNoteLine
from invoicing.invoices.credit_notes.rules import CreditableLine
from invoicing.invoices.models import Invoice
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor


@dataclass(frozen=True, slots=True)
class CreditNoteRow:
    """A credit note as a list shows it."""

    id: uuid.UUID
    number: str
    issued_on: date
    reason: str
    net: Money
    vat: Money
    total: Money
    invoice_id: uuid.UUID
    invoice_number: str
    issuer_name: str
    buyer_name: str


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Credit notes this actor may read: those of the invoices they may read."""
    return CreditNote.invoice_id.in_(select(Invoice.id).where(invoices.visible_to(actor)))


def get_credit_note(session: Session, actor: Actor, credit_note_id: uuid.UUID) -> CreditNote:
    """A credit note the actor may read, with its lines and its invoice. Raises NotFound."""
    query = (
        select(CreditNote)
        .where(CreditNote.id == credit_note_id, visible_to(actor))
        .options(
            joinedload(CreditNote.invoice).joinedload(Invoice.issuer),
            joinedload(CreditNote.invoice).joinedload(Invoice.buyer),
            selectinload(CreditNote.lines).joinedload(CreditNoteLine.invoice_line),
            selectinload(CreditNote.breakdown),
        )
    )
    credit_note = session.scalars(query).one_or_none()
    if credit_note is None:
        raise NotFound
    return credit_note


def list_credit_notes(session: Session, actor: Actor, *, offset: int, limit: int) -> list[CreditNoteRow]:
    """The credit notes the actor may read, the newest first."""
    query = (
        select(CreditNote)
        .where(visible_to(actor))
        .order_by(CreditNote.issued_at.desc(), CreditNote.id.desc())
    )
    return _rows(session, query.offset(offset).limit(limit).options(joinedload(CreditNote.invoice)))


def count_credit_notes(session: Session, actor: Actor) -> int:
    """How many credit notes the actor may read."""
    return session.scalar(select(func.count(CreditNote.id)).where(visible_to(actor))) or 0


def of_invoice(session: Session, invoice_id: uuid.UUID) -> list[CreditNoteRow]:
    """The credit notes of an invoice whose reader has been checked, in the order they were issued."""
    query = select(CreditNote).where(CreditNote.invoice_id == invoice_id).order_by(CreditNote.number)
    return _rows(session, query.options(joinedload(CreditNote.invoice)))


def creditable_lines(session: Session, invoice: Invoice) -> Sequence[CreditableLine]:
    """The lines of an invoice with what was credited of each so far."""
    query = (
        select(CreditNoteLine.invoice_line_id, func.sum(CreditNoteLine.net, type_=CreditNoteLine.net.type))
        .join(CreditNote)
        .where(CreditNote.invoice_id == invoice.id)
        .group_by(CreditNoteLine.invoice_line_id)
    )
    credited: dict[uuid.UUID, Money] = {row[0]: row[1] for row in session.execute(query)}
    return [
        CreditableLine(
            line_id=line.id,
            position=line.position,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            net=line.net,
            credited=credited.get(line.id, ZERO),
            category=line.category,
            rate_basis_points=line.rate_basis_points,
            exemption_reason=line.exemption_reason,
        )
        for line in invoice.lines
    ]


def _rows(session: Session, query: Select[CreditNote]) -> list[CreditNoteRow]:
    return [
        CreditNoteRow(
            id=note.id,
            number=note.number,
            issued_on=note.issued_on,
            reason=note.reason,
            net=note.net,
            vat=note.vat,
            total=note.total,
            invoice_id=note.invoice_id,
            invoice_number=note.invoice.number or "",
            issuer_name=note.invoice.issuer_name,
            buyer_name=note.invoice.buyer_name,
        )
        for note in session.scalars(query)
    ]


def is_issued(session: Session, actor: Actor, credit_note_id: uuid.UUID) -> bool:
    """Is there such a credit note among those that the actor may read?"""
    return (
        session.scalar(select(CreditNote.id).where(CreditNote.id == credit_note_id, visible_to(actor)))
        is not None
    )
