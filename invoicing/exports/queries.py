"""Questions about issued invoices and credit notes, both in one list, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from invoicing.exports.purchases import queries as purchases
from invoicing.exports.rules import Document, Kind, Line, Party, Shown, Side, Wanted, vat_of_lines
from invoicing.invoices import queries as invoices
from invoicing.invoices.credit_notes.documents import credit_of
from invoicing.invoices.credit_notes.models import CreditNote, CreditNoteLine
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import SENT, STATUS_LABELS, UNPAID, InvoiceStatus, vat_breakdown
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Membership, School
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor, Role
from marketplace.core.policy import Kind as OrganisationKind

IN_ONE_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Sums:
    """How many documents a list has and what they come to, credit notes taken off."""

    count: int
    net: Money
    vat: Money
    total: Money


def reading_schools(session: Session, actor: Actor) -> Mapping[uuid.UUID, str]:
    """The schools whose documents this actor reads, as one of their people or as an auditor, by name."""
    named = alliance.names(session, actor.school_ids | frozenset(session.scalars(_audited(actor))))
    return dict(sorted(named.items(), key=lambda one: one[1].casefold()))


def reads_documents(actor: Actor) -> bool:
    """Does this actor read anybody's invoices?"""
    return bool(actor.school_ids or actor.organisations(OrganisationKind.ALLIANCE, Role.AUDITOR))


def sums(session: Session, actor: Actor, wanted: Wanted) -> Sums:
    """How many documents a list has and what they come to. One query."""
    found = _found(actor, wanted)
    kind = Invoice.total.type
    query = select(
        func.count(found.c.id), *(func.sum(found.c[name], type_=kind) for name in ("net", "vat", "total"))
    )
    count, net, vat, total = session.execute(query).one()
    return Sums(count, net or ZERO, vat or ZERO, total or ZERO)


def by_day(session: Session, actor: Actor, wanted: Wanted) -> Iterable[tuple[date, int, Money]]:
    """For each day on which documents of a list were issued: how many, and what they come to."""
    found = _found(actor, wanted)
    total = func.sum(found.c.total, type_=Invoice.total.type)
    query = select(found.c.issued_on, func.count(found.c.id), total).group_by(found.c.issued_on)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def documents(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    newest_first: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[Document]:
    """The documents of a list by their day of issue, with their lines."""
    found = _found(actor, wanted)
    order = [found.c.issued_on, found.c.number, found.c.id]
    query = select(found.c.kind, found.c.id).order_by(
        *(column.desc() if newest_first else column.asc() for column in order)
    )
    keys = [(Kind(row[0]), row[1]) for row in session.execute(query.offset(offset).limit(limit))]
    loaded = {
        **_load_invoices(session, [one for kind, one in keys if kind is Kind.INVOICE]),
        **_load_credit_notes(session, [one for kind, one in keys if kind is Kind.CREDIT_NOTE]),
    }
    of_suppliers = [one for _, one in keys if one not in loaded]
    for some in _in_parts(of_suppliers):
        loaded.update(purchases.load(session, some))
    return [loaded[one] for _, one in keys]


def get_document(session: Session, actor: Actor, document_id: uuid.UUID) -> Document:
    """An invoice or credit note, of a school or a supplier, that the actor may read. Raises NotFound."""
    may_read = select(Invoice.id).where(invoices.visible_to(actor), Invoice.status.in_(SENT))
    invoice = session.scalar(may_read.where(Invoice.id == document_id))
    if invoice is not None:
        return _load_invoices(session, [invoice])[invoice]
    query = select(CreditNote.id).where(CreditNote.id == document_id, CreditNote.invoice_id.in_(may_read))
    note = session.scalar(query)
    if note is not None:
        return _load_credit_notes(session, [note])[note]
    of_supplier = purchases.find(session, actor, document_id)
    if of_supplier is None:
        raise NotFound
    return of_supplier


def parties(session: Session, actor: Actor, wanted: Wanted) -> list[tuple[uuid.UUID, str]]:
    """Who is on the other side of all documents of a side, by name: schools and suppliers."""
    other = Invoice.buyer_id if wanted.side is Side.ISSUED else Invoice.issuer_id
    ids = frozenset(session.scalars(select(other).distinct().where(*_side(actor, wanted))))
    named = dict(alliance.names(session, ids))
    if wanted.side is Side.RECEIVED:
        named.update(purchases.parties(session, actor))
    return sorted(named.items(), key=lambda one: one[1].casefold())


def usual_side(session: Session, actor: Actor) -> Side:
    """The side that opens first: what was issued, or received where nothing was issued."""
    issued = select(Invoice.id).where(*_side(actor, Wanted(Side.ISSUED))).limit(1)
    received = select(Invoice.id).where(*_side(actor, Wanted(Side.RECEIVED))).limit(1)
    only_received = session.scalar(issued) is None and session.scalar(received) is not None
    return Side.RECEIVED if only_received else Side.ISSUED


def _audited(actor: Actor) -> Select[Any]:
    """The schools of the alliances that the actor audits."""
    return select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(OrganisationKind.ALLIANCE, Role.AUDITOR))
    )


def _side(actor: Actor, wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    """The invoices of a side that the actor may read and that were sent."""
    own = Invoice.issuer_id if wanted.side is Side.ISSUED else Invoice.buyer_id
    theirs = or_(own.in_(actor.school_ids), own.in_(_audited(actor)))
    asked = [own == wanted.school_id] if wanted.school_id else []
    return invoices.visible_to(actor), Invoice.status.in_(SENT), theirs, *asked


def _found(actor: Actor, wanted: Wanted) -> Subquery:
    """The documents of a list: what they are, their id, day, number and amounts."""
    side: Sequence[ColumnElement[bool]] = _side(actor, wanted)
    if wanted.party_id:
        other = Invoice.buyer_id if wanted.side is Side.ISSUED else Invoice.issuer_id
        side = (*side, other == wanted.party_id)
    parts: list[Select[Any]] = []
    if wanted.shown is not Shown.CREDIT_NOTES:
        parts.append(
            _columns(Kind.INVOICE, Invoice, Invoice.net, Invoice.vat, Invoice.total).where(
                *side, *_progress(wanted.shown), *_within(wanted, Invoice.issued_on), *_says(wanted, Invoice)
            )
        )
    if wanted.shown in {None, Shown.CREDIT_NOTES}:
        amounts = (-CreditNote.net, -CreditNote.vat, -CreditNote.total)
        parts.append(
            _columns(Kind.CREDIT_NOTE, CreditNote, *amounts)
            .join(Invoice, Invoice.id == CreditNote.invoice_id)
            .where(*side, *_within(wanted, CreditNote.issued_on), *_says(wanted, CreditNote))
        )
    if wanted.side is Side.RECEIVED:
        parts += purchases.selects(actor, wanted)
    return union_all(*parts).subquery()


def _columns(kind: Kind, of: Any, net: Any, vat: Any, total: Any) -> Select[Any]:
    return select(
        literal(kind.value).label("kind"),
        of.id.label("id"),
        of.issued_on.label("issued_on"),
        of.number.label("number"),
        net.label("net"),
        vat.label("vat"),
        total.label("total"),
    ).select_from(of)


def _progress(shown: Shown | None) -> Sequence[ColumnElement[bool]]:
    match shown:
        case Shown.UNPAID:
            return [Invoice.status.in_(UNPAID)]
        case Shown.OVERDUE:
            return [Invoice.status.in_(UNPAID), Invoice.due_on < clock.today()]
        case Shown.DISPUTED:
            return [Invoice.disputed > ZERO]
        case Shown.PAID | Shown.CREDITED:
            return [Invoice.status == InvoiceStatus(shown.value)]
    return []


def _within(wanted: Wanted, day: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.since:
        conditions.append(day >= wanted.since)
    if wanted.until:
        conditions.append(day <= wanted.until)
    return conditions


def _says(wanted: Wanted, of: type[Invoice | CreditNote]) -> list[ColumnElement[bool]]:
    """Has it this text in its number, the names of its schools, its order, its reason or its lines?"""
    if not wanted.search:
        return []
    texts: list[Any] = [of.number, Invoice.purchase_order, Invoice.issuer_name, Invoice.buyer_name]
    if of is CreditNote:
        texts += [CreditNote.reason, Invoice.number]
    in_lines = select(InvoiceLine.invoice_id).where(
        InvoiceLine.description.icontains(wanted.search, autoescape=True)
    )
    return [
        or_(Invoice.id.in_(in_lines), *(text.icontains(wanted.search, autoescape=True) for text in texts))
    ]


def _load_invoices(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Document]:
    found = {}
    for some in _in_parts(ids):
        query = (
            select(Invoice)
            .where(Invoice.id.in_(some))
            .options(selectinload(Invoice.lines), joinedload(Invoice.issuer), joinedload(Invoice.buyer))
        )
        found.update({invoice.id: _of_invoice(invoice) for invoice in session.scalars(query)})
    return found


def _load_credit_notes(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Document]:
    found = {}
    for some in _in_parts(ids):
        query = (
            select(CreditNote)
            .where(CreditNote.id.in_(some))
            .options(
                joinedload(CreditNote.invoice).joinedload(Invoice.issuer),
                joinedload(CreditNote.invoice).joinedload(Invoice.buyer),
                selectinload(CreditNote.lines).joinedload(CreditNoteLine.invoice_line),
                selectinload(CreditNote.breakdown),
            )
        )
        found.update({note.id: _of_credit_note(note) for note in session.scalars(query)})
    return found


def _in_parts(ids: Sequence[uuid.UUID]) -> Iterable[Sequence[uuid.UUID]]:
    """A few at a time: a database takes only so many values in one question."""
    return (ids[start : start + IN_ONE_QUESTION] for start in range(0, len(ids), IN_ONE_QUESTION))


def _of_invoice(invoice: Invoice) -> Document:
    assert invoice.number
    assert invoice.issued_on
    assert invoice.document_sha256
    return Document(
        id=invoice.id,
        kind=Kind.INVOICE,
        number=invoice.number,
        status=STATUS_LABELS[invoice.status],
        issued_on=invoice.issued_on,
        supplied_on=invoice.supplied_on,
        tax_point=invoice.tax_point,
        due_on=invoice.due_on,
        issuer=_issuer(invoice),
        buyer=_buyer(invoice),
        purchase_order=invoice.purchase_order,
        for_invoice="",
        source=invoice.source,
        net=invoice.net,
        vat=invoice.vat,
        total=invoice.total,
        credited=invoice.credited,
        paid=invoice.paid,
        outstanding=invoice.outstanding,
        disputed=invoice.disputed,
        lines=_lines(invoice.lines, vat_of_lines(invoice.lines, vat_breakdown(invoice.lines)), 1),
        document_sha256=invoice.document_sha256,
        xml_sha256=invoice.xml_sha256,
    )


def _of_credit_note(note: CreditNote) -> Document:
    invoice, credit = note.invoice, credit_of(note)
    return Document(
        id=note.id,
        kind=Kind.CREDIT_NOTE,
        number=note.number,
        status="",
        issued_on=note.issued_on,
        supplied_on=invoice.supplied_on,
        tax_point=None,
        due_on=None,
        issuer=_issuer(invoice),
        buyer=_buyer(invoice),
        purchase_order=invoice.purchase_order,
        for_invoice=invoice.number or "",
        source=invoice.source,
        net=-note.net,
        vat=-note.vat,
        total=-note.total,
        credited=None,
        paid=None,
        outstanding=None,
        disputed=None,
        lines=_lines(credit.lines, vat_of_lines(credit.lines, credit.breakdown), -1),
        document_sha256=note.document_sha256,
        xml_sha256=note.xml_sha256,
    )


def _lines(lines: Sequence[Any], vats: Sequence[Money], sign: int) -> tuple[Line, ...]:
    return tuple(
        Line(
            position=line.position,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            category=line.category,
            rate_basis_points=line.rate_basis_points,
            exemption_reason=line.exemption_reason,
            net=line.net * sign,
            vat=vat * sign,
        )
        for line, vat in zip(lines, vats, strict=True)
    )


def _issuer(invoice: Invoice) -> Party:
    return _party(invoice.issuer, invoice.issuer_name, invoice.issuer_vat_number, invoice.issuer_address)


def _buyer(invoice: Invoice) -> Party:
    return _party(invoice.buyer, invoice.buyer_name, invoice.buyer_vat_number, invoice.buyer_address)


def _party(school: School, name: str, vat_number: str, address: str) -> Party:
    return Party(school.id, name, school.urn, vat_number, address)
