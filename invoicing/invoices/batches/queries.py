"""Questions about batches, and about the drafts that could be in one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.invoices.batches.models import BatchItem, InvoiceBatch
from invoicing.invoices.batches.rules import ItemStatus, Seen
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.queries import Buyer, issuing_schools
from invoicing.invoices.rules import InvoiceStatus
from marketplace.core.errors import NotFound
from marketplace.core.ids import Counter
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor

Chosen = TypeVarTuple("Chosen")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which drafts of a school are looked for."""

    school_id: uuid.UUID
    buyer_id: uuid.UUID | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What the drafts that were found come to for one buyer."""

    buyer: str
    count: int
    total: Money


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: how many of each status."""

    waiting: int
    issued: int
    set_aside: int
    stopped: int

    @property
    def done(self) -> int:
        """How many need no more work."""
        return self.issued + self.set_aside + self.stopped


@dataclass(frozen=True, slots=True)
class SetAside:
    """An invoice that its batch did not issue, and why."""

    invoice_id: uuid.UUID
    buyer: str
    total: Money
    reason: str
    still_draft: bool


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Batches of the actor's own schools."""
    return InvoiceBatch.school_id.in_(actor.school_ids)


def get_batch(session: Session, actor: Actor, batch_id: uuid.UUID, *, lock: bool = False) -> InvoiceBatch:
    """A batch the actor may read. Raises NotFound."""
    query = select(InvoiceBatch).where(InvoiceBatch.id == batch_id, visible_to(actor))
    batch = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if batch is None:
        raise NotFound
    return batch


def list_batches(session: Session, actor: Actor, *, offset: int, limit: int) -> list[InvoiceBatch]:
    """The batches the actor may read, the newest first."""
    query = select(InvoiceBatch).where(visible_to(actor)).order_by(InvoiceBatch.id.desc())
    return list(session.scalars(query.offset(offset).limit(limit)))


def count_batches(session: Session, actor: Actor) -> int:
    """How many batches the actor may read."""
    return session.scalar(select(func.count(InvoiceBatch.id)).where(visible_to(actor))) or 0


def running(session: Session, actor: Actor) -> list[InvoiceBatch]:
    """The batches of the actor's schools that are not finished."""
    query = select(InvoiceBatch).where(visible_to(actor), InvoiceBatch.finished_at.is_(None))
    return list(session.scalars(query.order_by(InvoiceBatch.id)))


def progress(session: Session, batch_id: uuid.UUID) -> Progress:
    """How far a batch is whose reader has been checked."""
    query = (
        select(BatchItem.status, func.count())
        .where(BatchItem.batch_id == batch_id)
        .group_by(BatchItem.status)
    )
    counted: dict[ItemStatus, int] = {row[0]: row[1] for row in session.execute(query)}
    return Progress(**{status.value: counted.get(status, 0) for status in ItemStatus})


def set_aside(session: Session, batch_id: uuid.UUID) -> list[SetAside]:
    """What a batch did not issue, in its order."""
    query = (
        select(BatchItem, Invoice, Buyer.name)
        .join(Invoice, Invoice.id == BatchItem.invoice_id)
        .join(Buyer, Buyer.id == Invoice.buyer_id)
        .where(BatchItem.batch_id == batch_id, BatchItem.status == ItemStatus.SET_ASIDE)
        .order_by(BatchItem.position)
    )
    return [
        SetAside(
            invoice.id, buyer, invoice.total, item.reason, still_draft=invoice.status is InvoiceStatus.DRAFT
        )
        for item, invoice, buyer in session.execute(query)
    ]


def drafts_found(session: Session, actor: Actor, wanted: Wanted) -> list[Seen]:
    """The drafts that the actor may issue and that wait in no batch, in the order they will be issued."""
    query = _found(select(Invoice.id, Invoice.version), actor, wanted)
    return [(row[0], row[1]) for row in session.execute(query.order_by(Buyer.name, Invoice.id))]


def drafts_by_buyer(session: Session, actor: Actor, wanted: Wanted) -> list[Share]:
    """What those drafts come to for each buyer, by name."""
    summed = func.sum(Invoice.total, type_=Invoice.total.type)
    query = _found(select(Buyer.name, func.count(Invoice.id), summed), actor, wanted)
    rows = session.execute(query.group_by(Buyer.id, Buyer.name).order_by(Buyer.name, Buyer.id))
    return [Share(name, count, total or ZERO) for name, count, total in rows]


def drafts_shown(session: Session, wanted: Sequence[uuid.UUID]) -> list[Invoice]:
    """These drafts of a reader who has been checked, with lines and schools, in this order."""
    query = (
        select(Invoice)
        .where(Invoice.id.in_(wanted))
        .options(selectinload(Invoice.lines), joinedload(Invoice.issuer), joinedload(Invoice.buyer))
    )
    places = {invoice_id: place for place, invoice_id in enumerate(wanted)}
    return sorted(session.scalars(query), key=lambda invoice: places[invoice.id])


def buyers_of_drafts(session: Session, actor: Actor, school_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """The schools that a school has drafts for, by name."""
    query = _found(select(Buyer.id, Buyer.name), actor, Wanted(school_id)).group_by(Buyer.id, Buyer.name)
    return [(row[0], row[1]) for row in session.execute(query.order_by(Buyer.name, Buyer.id))]


def unfinished(session: Session) -> list[uuid.UUID]:
    """The batches that the worker goes on with, the oldest first."""
    query = select(InvoiceBatch.id).where(InvoiceBatch.finished_at.is_(None)).order_by(InvoiceBatch.id)
    return list(session.scalars(query))


def waiting_items(session: Session, batch_id: uuid.UUID, limit: int) -> list[uuid.UUID]:
    """The next invoices of a batch, in its order."""
    query = (
        select(BatchItem.invoice_id)
        .where(BatchItem.batch_id == batch_id, BatchItem.status == ItemStatus.WAITING)
        .order_by(BatchItem.position)
        .limit(limit)
    )
    return list(session.scalars(query))


def get_item(session: Session, batch_id: uuid.UUID, invoice_id: uuid.UUID) -> BatchItem | None:
    """An item that still waits, locked; None when somebody else has dealt with it."""
    query = select(BatchItem).where(
        BatchItem.batch_id == batch_id,
        BatchItem.invoice_id == invoice_id,
        BatchItem.status == ItemStatus.WAITING,
    )
    return session.scalars(query.with_for_update()).one_or_none()


def last_number(session: Session, series: str) -> int:
    """The last number that was given in a series; 0 before the first."""
    return session.scalar(select(Counter.last).where(Counter.series == series)) or 0


def _found(query: Select[*Chosen], actor: Actor, wanted: Wanted) -> Select[*Chosen]:
    waits = exists().where(BatchItem.invoice_id == Invoice.id, BatchItem.status == ItemStatus.WAITING)
    query = (
        query.select_from(Invoice)
        .join(Buyer, Buyer.id == Invoice.buyer_id)
        .where(
            Invoice.issuer_id.in_(issuing_schools(actor)),
            Invoice.issuer_id == wanted.school_id,
            Invoice.status == InvoiceStatus.DRAFT,
            ~waits,
        )
    )
    if wanted.buyer_id:
        query = query.where(Invoice.buyer_id == wanted.buyer_id)
    if wanted.search:
        in_lines = select(InvoiceLine.invoice_id).where(
            InvoiceLine.description.icontains(wanted.search, autoescape=True)
        )
        query = query.where(
            or_(
                Invoice.id.in_(in_lines),
                Invoice.purchase_order.icontains(wanted.search, autoescape=True),
                Buyer.name.icontains(wanted.search, autoescape=True),
            )
        )
    return query
