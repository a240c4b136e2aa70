"""Questions about invoices, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVarTuple

from flask import url_for
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload, selectinload

from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import SENT, UNPAID, InvoiceStatus, is_overdue
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import clock, policy
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role
from marketplace.core.web import Task

Chosen = TypeVarTuple("Chosen")
MOST_TASKS = 5
USUAL_SORT = "issued"
Issuer, Buyer = aliased(Organisation), aliased(Organisation)


class Direction(StrEnum):
    """Which side of an invoice the reader's school is on."""

    ISSUED = "issued"
    RECEIVED = "received"
    ALL = "all"


class Shown(StrEnum):
    """Which invoices a list shows by how far they are."""

    DRAFT = "draft"
    UNPAID = "unpaid"
    OVERDUE = "overdue"
    DISPUTED = "disputed"
    PAID = "paid"
    CREDITED = "credited"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of invoices is asked to show. Without `shown`, everything but what was discarded.

    The dates are days of issue, both included.
    """

    direction: Direction = Direction.ALL
    shown: Shown | None = None
    school_id: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None
    search: str = ""
    sort: str = USUAL_SORT
    descending: bool = True


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as a list shows it; the names are those it was issued with."""

    id: uuid.UUID
    number: str
    issuer_id: uuid.UUID
    issuer_name: str
    buyer_id: uuid.UUID
    buyer_name: str
    status: InvoiceStatus
    overdue: bool
    issued_on: date | None
    due_on: date | None
    net: Money
    vat: Money
    total: Money
    credited: Money
    outstanding: Money
    disputed: Money
    purchase_order: str
    first_line: str
    version: int
    document_sha256: str | None


@dataclass(frozen=True, slots=True)
class Sums:
    """What the invoices of a list come to; `outstanding` is what is still to be paid of those issued."""

    count: int
    total: Money
    outstanding: Money


SORTS: dict[str, tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]] = {
    "number": (Invoice.number,),
    "issued": (Invoice.issued_on, Invoice.number),
    "due": (Invoice.due_on, Invoice.number),
    "issuer": (func.lower(Issuer.name), Invoice.number),
    "buyer": (func.lower(Buyer.name), Invoice.number),
    "total": (Invoice.total,),
}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Invoices this actor may read: those of their school, and of the schools they audit.

    A buyer sees what was issued to it, never another school's draft.
    """
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(
        Invoice.issuer_id.in_(actor.school_ids),
        and_(Invoice.buyer_id.in_(actor.school_ids), Invoice.status.in_(SENT)),
        Invoice.issuer_id.in_(audited),
    )


def get_invoice(session: Session, actor: Actor, invoice_id: uuid.UUID, *, lock: bool = False) -> Invoice:
    """An invoice the actor may read, with its lines and schools. Raises NotFound."""
    query = (
        select(Invoice)
        .where(Invoice.id == invoice_id, visible_to(actor))
        .options(selectinload(Invoice.lines), joinedload(Invoice.issuer), joinedload(Invoice.buyer))
    )
    if lock:
        query = query.with_for_update(of=Invoice, key_share=True)
    invoice = session.scalars(query).one_or_none()
    if invoice is None:
        raise NotFound
    return invoice


def list_invoices(
    session: Session, actor: Actor, wanted: Wanted, *, offset: int = 0, limit: int | None = None
) -> list[InvoiceRow]:
    """The invoices of a list, in its order; those without a date or number come first."""
    keys = [key.desc() if wanted.descending else key.asc() for key in SORTS[wanted.sort]]
    first_line = select(InvoiceLine.description).where(
        InvoiceLine.invoice_id == Invoice.id, InvoiceLine.position == 1
    )
    chosen = select(Invoice, Issuer.name, Buyer.name, first_line.scalar_subquery())
    query = matching(chosen, actor, wanted).order_by(
        SORTS[wanted.sort][0].is_(None).desc(), *keys, Invoice.id.desc()
    )
    today = clock.today()
    return [
        _row(invoice, issuer, buyer, first or "", today)
        for invoice, issuer, buyer, first in session.execute(query.offset(offset).limit(limit))
    ]


def sums(session: Session, actor: Actor, wanted: Wanted) -> Sums:
    """How many invoices a list has and what they come to. One query."""
    kind = Invoice.total.type
    left = Invoice.total - Invoice.credited - Invoice.paid
    owed = func.sum(left, type_=kind).filter(Invoice.status.in_(UNPAID))
    query = select(func.count(Invoice.id), func.sum(Invoice.total, type_=kind), owed)
    count, total, outstanding = session.execute(matching(query, actor, wanted)).one()
    return Sums(count, total or ZERO, outstanding or ZERO)


def drafts_to_issue(
    session: Session,
    actor: Actor,
    *,
    source_id: uuid.UUID | None = None,
    invoice_id: uuid.UUID | None = None,
    issuers: Collection[uuid.UUID] | None = None,
) -> list[Invoice]:
    """Drafts of the schools where this actor issues invoices: all, those of one source, or one."""
    query = (
        select(Invoice)
        .join(Buyer, Buyer.id == Invoice.buyer_id)
        .where(
            Invoice.issuer_id.in_(issuing_schools(actor) if issuers is None else issuers),
            Invoice.status == InvoiceStatus.DRAFT,
        )
        .options(selectinload(Invoice.lines), joinedload(Invoice.issuer), joinedload(Invoice.buyer))
        .order_by(Buyer.name, Invoice.id)
    )
    if source_id is not None:
        query = query.where(Invoice.source_id == source_id)
    if invoice_id is not None:
        query = query.where(Invoice.id == invoice_id)
    return list(session.scalars(query))


def readers_at(session: Session, school: School) -> list[tuple[str, str]]:
    """Whom to write to about money at a school, as name and address.

    Its finance address; without one, its finance leads or else its bursars.
    """
    if school.finance_email:
        return [(f"finance team of {school.name}", school.finance_email)]
    people = alliance.people_with_role(session, [school.id], Role.FINANCE_LEAD)
    people = people or alliance.people_with_role(session, [school.id], Role.BURSAR)
    return [(person.name, person.email) for person in people]


def issuing_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools in whose name this actor issues invoices."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.INVOICE_ISSUE].roles)


def drafting_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this actor drafts invoices and records shared costs."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.INVOICE_DRAFT].roles)


def school_to_draft_for(session: Session, actor: Actor, asked: str | None) -> School | None:
    """The school to draft for: the one asked for, else the actor's only one; None when they must choose.

    Raises NotFound and Forbidden.
    """
    drafting = drafting_schools(actor)
    if asked is None and len(drafting) > 1:
        return None
    if asked is None:
        policy.require(actor, Act.INVOICE_DRAFT, *drafting)
        return session.get_one(School, next(iter(drafting)))
    try:
        school_id = uuid.UUID(asked)
    except ValueError:
        raise NotFound from None
    school = alliance.get_school(session, actor, school_id)
    policy.require(actor, Act.INVOICE_DRAFT, school.id)
    return school


def possible_buyers(session: Session, issuer_id: uuid.UUID) -> list[School]:
    """The schools a school can invoice: the other active members of its alliances, by name."""
    alliances = select(Membership.alliance_id).where(
        Membership.school_id == issuer_id, Membership.status == MembershipStatus.ACTIVE
    )
    fellows = select(Membership.school_id).where(
        Membership.alliance_id.in_(alliances), Membership.status == MembershipStatus.ACTIVE
    )
    query = (
        select(School)
        .join(Organisation, Organisation.id == School.id)
        .where(School.id.in_(fellows), School.id != issuer_id)
        .order_by(Organisation.name)
    )
    return list(session.scalars(query))


def usual_direction(session: Session, actor: Actor) -> Direction:
    """The list that opens first: what the reader's schools issued, or received if they issued nothing."""
    if not actor.school_ids:
        return Direction.ALL
    issued = select(Invoice.id).where(visible_to(actor), *_side(actor, Direction.ISSUED)).limit(1)
    received = select(Invoice.id).where(visible_to(actor), *_side(actor, Direction.RECEIVED)).limit(1)
    only_received = session.scalar(issued) is None and session.scalar(received) is not None
    return Direction.RECEIVED if only_received else Direction.ISSUED


def counterparties(session: Session, actor: Actor, direction: Direction) -> list[tuple[uuid.UUID, str]]:
    """The schools on the other side of the invoices in a list, by name."""
    other = Invoice.issuer_id if direction is Direction.RECEIVED else Invoice.buyer_id
    query = matching(select(other), actor, Wanted(direction=direction))
    named = select(Organisation.id, Organisation.name).where(Organisation.id.in_(query))
    return [(row.id, row.name) for row in session.execute(named.order_by(Organisation.name))]


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Drafts for a finance lead to issue; invoices for a finance lead or bursar to pay, soonest first."""
    return [*_drafts_waiting(session, actor), *_payments_waiting(session, actor)]


def _drafts_waiting(session: Session, actor: Actor) -> list[Task]:
    query = select(func.count(Invoice.id)).where(
        Invoice.issuer_id.in_(issuing_schools(actor)), Invoice.status == InvoiceStatus.DRAFT
    )
    count = session.scalar(query) or 0
    if not count:
        return []
    text = "Issue 1 draft invoice" if count == 1 else f"Issue {count} draft invoices"
    return [Task(text, url_for("invoices.issue_invoices"), "Check each before it goes out.")]


def _payments_waiting(session: Session, actor: Actor) -> list[Task]:
    query = (
        select(Invoice)
        .where(
            Invoice.buyer_id.in_(drafting_schools(actor)),
            Invoice.status.in_(UNPAID),
            Invoice.total - Invoice.credited - Invoice.paid > Invoice.disputed,
        )
        .order_by(Invoice.due_on, Invoice.number)
    )
    owed = list(session.scalars(query.limit(MOST_TASKS + 1)))
    today = clock.today()
    tasks = [
        Task(
            f"Pay invoice {invoice.number} from {invoice.issuer_name}",
            url_for("invoices.show", invoice_id=invoice.id),
            f"{invoice.asked_for} to pay"
            + (", overdue" if is_overdue(invoice.status, invoice.due_on, today) else ""),
            due=invoice.due_on,
        )
        for invoice in owed[:MOST_TASKS]
    ]
    if len(owed) > MOST_TASKS:
        unpaid = url_for("invoices.list_invoices", direction=Direction.RECEIVED, shown=Shown.UNPAID)
        tasks.append(Task("See the other invoices to pay", unpaid))
    return tasks


def matching(query: Select[*Chosen], actor: Actor, wanted: Wanted) -> Select[*Chosen]:
    """A query over invoices and both schools' organisations, narrowed to a list."""
    return (
        query.select_from(Invoice)
        .join(Issuer, Issuer.id == Invoice.issuer_id)
        .join(Buyer, Buyer.id == Invoice.buyer_id)
        .where(visible_to(actor), *_side(actor, wanted.direction), *_progress(wanted.shown), *_found(wanted))
    )


def _side(actor: Actor, direction: Direction) -> Sequence[ColumnElement[bool]]:
    if direction is Direction.ISSUED:
        return [Invoice.issuer_id.in_(actor.school_ids)]
    if direction is Direction.RECEIVED:
        return [Invoice.buyer_id.in_(actor.school_ids)]
    return []


def _progress(shown: Shown | None) -> Sequence[ColumnElement[bool]]:
    match shown:
        case None:
            return [Invoice.status != InvoiceStatus.DISCARDED]
        case Shown.UNPAID:
            return [Invoice.status.in_(UNPAID)]
        case Shown.DISPUTED:
            return [Invoice.disputed > ZERO]
        case Shown.OVERDUE:
            return [Invoice.status.in_(UNPAID), Invoice.due_on < clock.today()]
        case Shown.DRAFT | Shown.PAID | Shown.CREDITED | Shown.DISCARDED:
            return [Invoice.status == InvoiceStatus(shown.value)]


def _found(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.school_id:
        conditions.append(or_(Invoice.issuer_id == wanted.school_id, Invoice.buyer_id == wanted.school_id))
    if wanted.since:
        conditions.append(Invoice.issued_on >= wanted.since)
    if wanted.until:
        conditions.append(Invoice.issued_on <= wanted.until)
    if wanted.search:
        in_lines = select(InvoiceLine.invoice_id).where(
            InvoiceLine.description.icontains(wanted.search, autoescape=True)
        )
        texts = (Invoice.number, Invoice.purchase_order, Issuer.name, Buyer.name)
        conditions.append(
            or_(
                Invoice.id.in_(in_lines),
                *(text.icontains(wanted.search, autoescape=True) for text in texts),
            )
        )
    return conditions


def _row(invoice: Invoice, issuer: str, buyer: str, first_line: str, today: date) -> InvoiceRow:
    return InvoiceRow(
        id=invoice.id,
        number=invoice.number or "",
        issuer_id=invoice.issuer_id,
        issuer_name=invoice.issuer_name or issuer,
        buyer_id=invoice.buyer_id,
        buyer_name=invoice.buyer_name or buyer,
        status=invoice.status,
        overdue=is_overdue(invoice.status, invoice.due_on, today),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=invoice.net,
        vat=invoice.vat,
        total=invoice.total,
        credited=invoice.credited,
        outstanding=invoice.outstanding if invoice.status in UNPAID else ZERO,
        disputed=invoice.disputed,
        purchase_order=invoice.purchase_order,
        first_line=first_line,
        version=invoice.version,
        document_sha256=invoice.document_sha256,
    )
