"""Questions about suppliers' invoices, scoped to those who see to the money of their school, and auditors."""

from __future__ import annotations

import uuid
from datetime import date

from flask import url_for
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.incoming import matching, rules
from invoicing.incoming.books.models import SupplierPosting
from invoicing.incoming.matching import Candidate, Claim, Match
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.parties import Known, OwnSchool, number_key, reasons_they_are_one
from invoicing.incoming.rules import DocumentStatus
from invoicing.invoices.models import Invoice
from invoicing.shared_costs import queries as shared_costs
from invoicing.shared_costs.models import SharedCost
from marketplace.alliance.models import Membership, School
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO
from marketplace.core.permissions.permission import MANAGERS
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role
from marketplace.core.web import Task
from suppliers.profiles.models import Supplier

MOST_TASKS = 3


def schools_of(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools whose suppliers' invoices this actor reads as one of their own people."""
    return actor.organisations(Kind.SCHOOL, *MANAGERS)


def receiving_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this actor takes suppliers' invoices."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.SUPPLIER_INVOICE_RECEIVE].roles)


def reads_any(actor: Actor) -> bool:
    """May this actor read suppliers' invoices of anybody?"""
    return bool(schools_of(actor) or actor.organisations(Kind.ALLIANCE, Role.AUDITOR))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Suppliers' invoices this actor may read: their schools', and those of schools they audit."""
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(SupplierInvoice.school_id.in_(schools_of(actor)), SupplierInvoice.school_id.in_(audited))


def get_invoice(
    session: Session, actor: Actor, invoice_id: uuid.UUID, *, lock: bool = False
) -> SupplierInvoice:
    """A supplier's invoice the actor may read. Raises NotFound."""
    query = (
        select(SupplierInvoice)
        .where(SupplierInvoice.id == invoice_id, visible_to(actor))
        .options(
            joinedload(SupplierInvoice.school),
            joinedload(SupplierInvoice.contract),
            joinedload(SupplierInvoice.receiver),
            joinedload(SupplierInvoice.decider),
            joinedload(SupplierInvoice.creditor),
            joinedload(SupplierInvoice.takes_back),
            selectinload(SupplierInvoice.lines),
            selectinload(SupplierInvoice.taxes),
        )
    )
    if lock:
        query = query.with_for_update(of=SupplierInvoice).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_invoices(session: Session, actor: Actor, *, offset: int, limit: int) -> list[SupplierInvoice]:
    """The suppliers' invoices the actor may read: those that wait first, then the newest."""
    waiting = SupplierInvoice.status.not_in(rules.UNDECIDED)
    query = (
        select(SupplierInvoice)
        .where(visible_to(actor))
        .options(joinedload(SupplierInvoice.school))
        .order_by(waiting, SupplierInvoice.received_at.desc(), SupplierInvoice.id.desc())
    )
    return list(session.scalars(query.offset(offset).limit(limit)))


def count_invoices(session: Session, actor: Actor) -> int:
    """How many suppliers' invoices the actor may read."""
    return session.scalar(select(func.count(SupplierInvoice.id)).where(visible_to(actor))) or 0


def own_school(school: School) -> OwnSchool:
    """A school as its suppliers may name it."""
    return OwnSchool(
        school.name, school.urn, school.ukprn or "", school.vat_number or "", school.company_details
    )


def supplier_of(invoice: SupplierInvoice) -> Known:
    """The supplier as the document names it."""
    return Known(invoice.supplier_name, invoice.supplier_company_number, invoice.supplier_vat_number)


def taken_before(
    session: Session, school_id: uuid.UUID, supplier: Known, kind: rules.Kind, key: str
) -> SupplierInvoice | None:
    """The document of this supplier with this number that the school has, unless it was rejected."""
    query = select(SupplierInvoice).where(
        SupplierInvoice.school_id == school_id,
        SupplierInvoice.kind == kind,
        SupplierInvoice.number_key == key,
        SupplierInvoice.status != DocumentStatus.REJECTED,
    )
    found = session.scalars(query.order_by(SupplierInvoice.received_at))
    return next((one for one in found if reasons_they_are_one(supplier, supplier_of(one))), None)


def can_be_credited(session: Session, note: SupplierInvoice) -> list[SupplierInvoice]:
    """The invoices of its supplier that a credit note can take back from, the one that it names first."""
    query = select(SupplierInvoice).where(
        SupplierInvoice.school_id == note.school_id,
        SupplierInvoice.kind == rules.Kind.INVOICE,
        SupplierInvoice.entry_id.is_not(None),
    )
    found = session.scalars(query.order_by(SupplierInvoice.issued_on.desc(), SupplierInvoice.id))
    named = number_key(note.preceding)
    return sorted(
        (
            one
            for one in found
            if one.creditable > ZERO and reasons_they_are_one(supplier_of(note), supplier_of(one))
        ),
        key=lambda one: one.number_key != named,
    )


def credit_notes_of(session: Session, invoice_id: uuid.UUID) -> list[SupplierInvoice]:
    """The credit notes that take back from an invoice."""
    query = select(SupplierInvoice).where(SupplierInvoice.credits_id == invoice_id)
    return list(session.scalars(query.order_by(SupplierInvoice.posted_on, SupplierInvoice.id)))


def postings_of(session: Session, invoice_id: uuid.UUID) -> list[SupplierPosting]:
    """When a document went into the books and out again."""
    query = select(SupplierPosting).where(SupplierPosting.invoice_id == invoice_id)
    return list(
        session.scalars(query.options(joinedload(SupplierPosting.poster)).order_by(SupplierPosting.posted_at))
    )


def came_through_weald(session: Session, school_id: uuid.UUID, number: str) -> bool:
    """Is there an invoice of another school to this one with that number?"""
    query = select(Invoice.id).where(Invoice.buyer_id == school_id, Invoice.number == number)
    return session.scalar(query.limit(1)) is not None


def contracts_of(session: Session, actor: Actor, school_id: uuid.UUID) -> list[Candidate]:
    """The contracts of a school's register, with what their suppliers are known by."""
    query = (
        select(Contract, Supplier.company_number, Supplier.vat_number)
        .outerjoin(Supplier, Supplier.id == Contract.supplier_id)
        .where(Contract.school_id == school_id, contracts.visible_to(actor))
        .order_by(Contract.title, Contract.id)
    )
    return [
        Candidate(
            contract.id,
            f"{contract.title} ({contract.supplier_name})",
            Known(
                contract.supplier_name,
                company_number or "",
                vat_number or "",
            ),
            (contract.reference, contract.tender_reference),
            contract.starts_on,
            contract.runs_until,
        )
        for contract, company_number, vat_number in session.execute(query)
    ]


def suggested(invoice: SupplierInvoice, candidates: list[Candidate]) -> list[Match]:
    """The contracts that an invoice may be for, the best first."""
    on = invoice.supplied_on or invoice.issued_on
    claim = Claim(supplier_of(invoice), invoice.order_said, invoice.contract_said, on)
    return matching.suggest(claim, candidates)


def others_of_order(session: Session, actor: Actor, invoice: SupplierInvoice) -> list[SupplierInvoice]:
    """What else the school accepted under the order number that a document names."""
    if not invoice.order_said:
        return []
    query = select(SupplierInvoice).where(
        visible_to(actor),
        SupplierInvoice.school_id == invoice.school_id,
        SupplierInvoice.id != invoice.id,
        SupplierInvoice.kind == rules.Kind.INVOICE,
        SupplierInvoice.order_number == invoice.order_said,
        SupplierInvoice.status == DocumentStatus.ACCEPTED,
    )
    return list(session.scalars(query.order_by(SupplierInvoice.issued_on, SupplierInvoice.id)))


def shared_cost_from(session: Session, actor: Actor, invoice_id: uuid.UUID) -> SharedCost | None:
    """The shared cost that was recorded from an invoice."""
    query = select(SharedCost).where(
        SharedCost.id == rules.recharge_id(invoice_id), shared_costs.visible_to(actor)
    )
    return session.scalars(query).one_or_none()


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Suppliers' invoices that wait for a decision of this person."""
    deciding = actor.organisations(Kind.SCHOOL, *POLICY[Act.SUPPLIER_INVOICE_ACCEPT].roles)
    if not deciding:
        return []
    query = select(SupplierInvoice).where(
        SupplierInvoice.school_id.in_(deciding), SupplierInvoice.status.in_(rules.UNDECIDED)
    )
    found = list(session.scalars(query.order_by(SupplierInvoice.received_at, SupplierInvoice.id)))
    if len(found) > MOST_TASKS:
        text = f"Decide about {len(found)} invoices of suppliers"
        return [Task(text, url_for("incoming.list_invoices"), "", _first_due(found))]
    return [
        Task(
            f"Decide about {rules.KIND_LABELS[one.kind].lower()} {one.number} of {one.supplier_name}",
            url_for("incoming.show", invoice_id=one.id),
            f"{one.due} to pay",
            one.due_on,
        )
        for one in found
    ]


def _first_due(found: list[SupplierInvoice]) -> date | None:
    return min((one.due_on for one in found if one.due_on), default=None)
