"""Questions about shared costs, scoped to who asks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.invoices import queries as invoices
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SENT, InvoiceStatus
from invoicing.shared_costs.models import CostShare, SharedCost
from invoicing.shared_costs.rules import Participant, Share, shares
from marketplace.alliance.models import Membership, School
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Kind, Role
from marketplace.tenders.rules import Split


@dataclass(frozen=True, slots=True)
class ShareView:
    """One school's share, and the invoice for it: none for the lead school, or for a share of nothing."""

    school_id: uuid.UUID
    school_name: str
    is_lead: bool
    weight: Decimal
    exact: Decimal
    amount: Money
    invoice_id: uuid.UUID | None = None
    invoice_number: str = ""
    invoice_status: InvoiceStatus | None = None

    @property
    def exact_in_pounds(self) -> str:
        """The share before rounding, always to four places."""
        return f"£{self.exact:,.4f}"


@dataclass(frozen=True, slots=True)
class CostView:
    """A shared cost with the split that explains each share."""

    id: uuid.UUID
    lead_id: uuid.UUID
    lead_name: str
    title: str
    supplier_name: str
    supplied_on: date
    amount: Money
    split: Split
    tender_reference: str
    shares: tuple[ShareView, ...]
    drafts: int


@dataclass(frozen=True, slots=True)
class CostRow:
    """A shared cost as a list shows it."""

    id: uuid.UUID
    title: str
    lead_name: str
    supplied_on: date
    amount: Money
    split: Split
    schools: int


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Costs this actor may read: their school's own, those it was invoiced for, and those they audit."""
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    invoiced = select(Invoice.source_id).where(
        Invoice.buyer_id.in_(actor.school_ids), Invoice.status.in_(SENT), Invoice.source_id.is_not(None)
    )
    return or_(
        SharedCost.lead_id.in_(actor.school_ids),
        SharedCost.lead_id.in_(audited),
        SharedCost.id.in_(invoiced),
    )


def show_cost(session: Session, actor: Actor, cost_id: uuid.UUID) -> CostView:
    """A cost the actor may read, its split explained anew from the weights kept. Raises NotFound."""
    query = (
        select(SharedCost)
        .where(SharedCost.id == cost_id, visible_to(actor))
        .options(
            joinedload(SharedCost.lead),
            joinedload(SharedCost.tender),
            selectinload(SharedCost.shares).joinedload(CostShare.school),
        )
    )
    cost = session.scalars(query).one_or_none()
    if cost is None:
        raise NotFound
    made = _invoices(session, actor, cost)
    parts = [
        _share_view(cost, share, again, made.get(share.school_id))
        for share, again in zip(cost.shares, _again(cost), strict=True)
    ]
    return CostView(
        id=cost.id,
        lead_id=cost.lead_id,
        lead_name=cost.lead.name,
        title=cost.title,
        supplier_name=cost.supplier_name,
        supplied_on=cost.supplied_on,
        amount=cost.amount,
        split=cost.split,
        tender_reference=cost.tender.reference if cost.tender else "",
        shares=tuple(parts),
        drafts=sum(part.invoice_status is InvoiceStatus.DRAFT for part in parts),
    )


def list_costs(session: Session, actor: Actor, *, offset: int, limit: int) -> list[CostRow]:
    """The costs the actor may read, the newest first."""
    counted = select(CostShare.cost_id, func.count().label("schools")).group_by(CostShare.cost_id).subquery()
    query = (
        select(SharedCost, counted.c.schools)
        .join(counted, counted.c.cost_id == SharedCost.id)
        .where(visible_to(actor))
        .options(joinedload(SharedCost.lead))
        .order_by(SharedCost.recorded_at.desc(), SharedCost.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        CostRow(cost.id, cost.title, cost.lead.name, cost.supplied_on, cost.amount, cost.split, schools)
        for cost, schools in session.execute(query)
    ]


def count_costs(session: Session, actor: Actor) -> int:
    """How many costs the actor may read."""
    return session.scalar(select(func.count(SharedCost.id)).where(visible_to(actor))) or 0


def cost_of_tender(session: Session, tender_id: uuid.UUID) -> SharedCost | None:
    """The recovery fee of a tender, if it has been recorded."""
    return session.scalars(select(SharedCost).where(SharedCost.tender_id == tender_id)).one_or_none()


def participants(
    session: Session, school_ids: tuple[uuid.UUID, ...], use: dict[uuid.UUID, Decimal]
) -> list[Participant]:
    """Schools as participants of a split, in the order given."""
    found = {school.id: school for school in session.scalars(select(School).where(School.id.in_(school_ids)))}
    return [
        Participant(school_id, found[school_id].pupils, use.get(school_id))
        for school_id in school_ids
        if school_id in found
    ]


def _again(cost: SharedCost) -> list[Share]:
    """The split from the weights kept with the cost."""
    kept = [Participant(share.school_id, int(share.weight), share.weight) for share in cost.shares]
    return shares(cost.amount, cost.split, kept)


def _invoices(session: Session, actor: Actor, cost: SharedCost) -> dict[uuid.UUID, Invoice]:
    """The invoices of a cost by buyer, those this actor may read."""
    query = select(Invoice).where(Invoice.source_id == cost.id, invoices.visible_to(actor))
    return {invoice.buyer_id: invoice for invoice in session.scalars(query)}


def _share_view(cost: SharedCost, share: CostShare, again: Share, invoice: Invoice | None) -> ShareView:
    assert again.amount == share.amount
    return ShareView(
        school_id=share.school_id,
        school_name=share.school.name,
        is_lead=share.school_id == cost.lead_id,
        weight=share.weight,
        exact=again.exact,
        amount=share.amount,
        invoice_id=invoice.id if invoice else None,
        invoice_number=(invoice.number or "") if invoice else "",
        invoice_status=invoice.status if invoice else None,
    )
