"""Questions about settlements. A school reads its own lines; all that take part read the figures of all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.bank.proposals.models import PaymentProposal
from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import UNPAID
from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.rules import OnlineStatus
from invoicing.settlement.models import (
    Settlement,
    SettlementAbsence,
    SettlementChange,
    SettlementItem,
    SettlementParty,
    SettlementPayment,
)
from invoicing.settlement.rules import Debt, SettlementStatus
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.permissions.permission import MANAGERS
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role

OFFICERS = (Role.COORDINATOR, Role.AUDITOR)
WITH_ALL = (
    joinedload(Settlement.alliance),
    joinedload(Settlement.proposer),
    selectinload(Settlement.items).joinedload(SettlementItem.invoice),
    selectinload(Settlement.parties).options(
        joinedload(SettlementParty.school), joinedload(SettlementParty.acceptor)
    ),
    selectinload(Settlement.payments).options(
        joinedload(SettlementPayment.payer), joinedload(SettlementPayment.payee)
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a school's figure: what it gets (positive) or pays (negative) for an invoice."""

    invoice_id: uuid.UUID
    number: str
    other: str
    due_on: date
    amount: Money
    was: Money


@dataclass(frozen=True, slots=True)
class Place:
    """A school of an alliance that the reader belongs to, and whether it takes part in settlements."""

    alliance_id: uuid.UUID
    alliance: str
    school_id: uuid.UUID
    school: str
    takes_part: bool


def schools_of(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools whose settlements this actor reads as one of their own people."""
    return actor.organisations(Kind.SCHOOL, *MANAGERS)


def reads_settlements(actor: Actor) -> bool:
    """May this actor read any settlement there is?"""
    return bool(schools_of(actor) or actor.organisations(Kind.ALLIANCE, *OFFICERS))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Settlements this actor may read: those that their school is in, or of their alliance as its officer."""
    taking_part = select(SettlementParty.settlement_id).where(
        SettlementParty.school_id.in_(schools_of(actor))
    )
    return or_(
        Settlement.id.in_(taking_part),
        Settlement.alliance_id.in_(actor.organisations(Kind.ALLIANCE, *OFFICERS)),
    )


def get_settlement(
    session: Session, actor: Actor, settlement_id: uuid.UUID, *, lock: bool = False
) -> Settlement:
    """A settlement the actor may read, with schools and payments. Raises NotFound."""
    query = select(Settlement).where(Settlement.id == settlement_id, visible_to(actor)).options(*WITH_ALL)
    if lock:
        query = query.with_for_update(of=Settlement).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_payment(session: Session, actor: Actor, payment_id: uuid.UUID) -> SettlementPayment:
    """A payment of a settlement the actor may read. Raises NotFound."""
    query = (
        select(SettlementPayment)
        .join(Settlement, Settlement.id == SettlementPayment.settlement_id)
        .where(SettlementPayment.id == payment_id, visible_to(actor))
        .options(joinedload(SettlementPayment.payer), joinedload(SettlementPayment.payee))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_settlements(actor: Actor) -> Select[Settlement]:
    """The settlements this actor may read, the newest first."""
    return (
        select(Settlement)
        .where(visible_to(actor))
        .options(joinedload(Settlement.alliance), selectinload(Settlement.parties))
        .order_by(Settlement.proposed_at.desc(), Settlement.id.desc())
    )


def count(session: Session, query: Select[Settlement]) -> int:
    """How many settlements a list has."""
    rows = query.with_only_columns(Settlement.id).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def open_of_alliance(session: Session, alliance_id: uuid.UUID) -> Settlement | None:
    """The settlement of an alliance that waits for schools."""
    query = select(Settlement).where(
        Settlement.alliance_id == alliance_id, Settlement.status == SettlementStatus.PROPOSED
    )
    return session.scalars(query).one_or_none()


def locked(session: Session, settlement_id: uuid.UUID) -> Settlement:
    """A settlement with all that is in it, whoever asks, held until the action ends: for the jobs."""
    query = select(Settlement).where(Settlement.id == settlement_id).options(*WITH_ALL)
    return session.scalars(query.with_for_update(of=Settlement)).one()


def open_ids(session: Session, invoice_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The settlements that wait for schools and have one of these invoices."""
    query = (
        select(Settlement.id)
        .join(SettlementItem)
        .where(Settlement.status == SettlementStatus.PROPOSED, SettlementItem.invoice_id.in_(invoice_ids))
    )
    return sorted(set(session.scalars(query)))


def invoices_named(session: Session, subject_id: uuid.UUID) -> list[uuid.UUID]:
    """The invoice that an event was about: itself, or of a credit note, a write-off or an online payment."""
    by_note = session.scalar(select(CreditNote.invoice_id).where(CreditNote.id == subject_id))
    by_proposal = session.scalar(select(PaymentProposal.invoice_id).where(PaymentProposal.id == subject_id))
    online = session.scalar(select(OnlinePayment.invoice_id).where(OnlinePayment.id == subject_id))
    return [by_note or by_proposal or online or subject_id]


def due_debts(session: Session, alliance_id: uuid.UUID, until: date) -> list[Debt]:
    """What schools that take part owe one another by invoices due until a day, but for what is disputed.

    An invoice with a Direct Debit on its way is left out: it would be paid twice.
    """
    taking_part = _taking_part(alliance_id)
    query = (
        select(Invoice)
        .where(
            Invoice.status.in_(UNPAID),
            Invoice.due_on <= until,
            Invoice.issuer_id.in_(taking_part),
            Invoice.buyer_id.in_(taking_part),
            Invoice.total - Invoice.credited - Invoice.paid > Invoice.disputed,
            Invoice.id.not_in(on_their_way()),
        )
        .order_by(Invoice.id)
    )
    return [Debt(one.id, one.issuer_id, one.buyer_id, one.asked_for) for one in session.scalars(query)]


def on_their_way() -> Select[uuid.UUID]:
    """The invoices whose money a bank is collecting: begun online, and neither received nor failed yet."""
    return select(OnlinePayment.invoice_id).where(OnlinePayment.status == OnlineStatus.PENDING)


def _taking_part(alliance_id: uuid.UUID) -> Select[uuid.UUID]:
    absent = select(SettlementAbsence.school_id).where(SettlementAbsence.alliance_id == alliance_id)
    return select(Membership.school_id).where(
        Membership.alliance_id == alliance_id,
        Membership.status == MembershipStatus.ACTIVE,
        Membership.school_id.not_in(absent),
    )


def schools_taking_part(session: Session, alliance_id: uuid.UUID) -> set[uuid.UUID]:
    """The member schools of an alliance that do not stay out."""
    return set(session.scalars(_taking_part(alliance_id)))


def lock_invoices(session: Session, invoice_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Invoice]:
    """These invoices by id, held in one order until the action ends: nobody pays them meanwhile."""
    query = select(Invoice).where(Invoice.id.in_(invoice_ids)).order_by(Invoice.id)
    held = query.with_for_update(of=Invoice, key_share=True).execution_options(populate_existing=True)
    return {one.id: one for one in session.scalars(held)}


def debts_of(items: Collection[SettlementItem]) -> list[Debt]:
    """The lines of a settlement as the rules read them."""
    return [
        Debt(item.invoice_id, item.invoice.issuer_id, item.invoice.buyer_id, item.amount) for item in items
    ]


def lines_of(session: Session, settlement_id: uuid.UUID, school_id: uuid.UUID) -> list[Line]:
    """What one school's figure stands for, also what was taken out of it: then its amount is zero."""
    found: dict[uuid.UUID, Line] = {}
    for change, invoice in session.execute(
        select(SettlementChange, Invoice)
        .join(Invoice, Invoice.id == SettlementChange.invoice_id)
        .where(SettlementChange.settlement_id == settlement_id, _of_school(school_id))
        .order_by(SettlementChange.found_at.desc(), SettlementChange.id.desc())
    ):
        found[invoice.id] = _line(invoice, school_id, Money(0), change.amount_before)
    for item, invoice in session.execute(
        select(SettlementItem, Invoice)
        .join(Invoice, Invoice.id == SettlementItem.invoice_id)
        .where(SettlementItem.settlement_id == settlement_id, _of_school(school_id))
    ):
        was = found[invoice.id].was if invoice.id in found else item.amount
        found[invoice.id] = _line(invoice, school_id, item.amount, max(was, -was))
    return sorted(found.values(), key=lambda line: (line.due_on, line.number))


def _of_school(school_id: uuid.UUID) -> ColumnElement[bool]:
    return or_(Invoice.issuer_id == school_id, Invoice.buyer_id == school_id)


def _line(invoice: Invoice, school_id: uuid.UUID, amount: Money, was: Money) -> Line:
    gets = invoice.issuer_id == school_id
    assert invoice.number, "only issued invoices are netted"
    assert invoice.due_on, "only issued invoices are netted"
    other = invoice.buyer_name if gets else invoice.issuer_name
    signed, before = (amount, was) if gets else (-amount, -was)
    return Line(invoice.id, invoice.number, other, invoice.due_on, signed, before)


def changes_of(
    session: Session, settlement_id: uuid.UUID, school_id: uuid.UUID
) -> Sequence[SettlementChange]:
    """What changed among one school's lines since the settlement was proposed, the newest first."""
    query = (
        select(SettlementChange)
        .join(Invoice, Invoice.id == SettlementChange.invoice_id)
        .where(SettlementChange.settlement_id == settlement_id, _of_school(school_id))
        .options(joinedload(SettlementChange.invoice))
        .order_by(SettlementChange.found_at.desc(), SettlementChange.id.desc())
    )
    return session.scalars(query).all()


def gross(session: Session, settlement_id: uuid.UUID) -> dict[uuid.UUID, tuple[Money, Money]]:
    """By school what it would pay, and what it would get, without netting."""
    sums: dict[uuid.UUID, list[int]] = {}
    query = select(Invoice.issuer_id, Invoice.buyer_id, SettlementItem.amount).join(
        SettlementItem, SettlementItem.invoice_id == Invoice.id
    )
    for issuer_id, buyer_id, amount in session.execute(
        query.where(SettlementItem.settlement_id == settlement_id)
    ):
        sums.setdefault(buyer_id, [0, 0])[0] += amount.pence
        sums.setdefault(issuer_id, [0, 0])[1] += amount.pence
    return {school: (Money(pays), Money(gets)) for school, (pays, gets) in sums.items()}


def places(session: Session, actor: Actor) -> list[Place]:
    """The alliances of the schools for which this actor decides whether they take part."""
    deciding = actor.organisations(Kind.SCHOOL, *POLICY[Act.SETTLEMENT_STAY_OUT].roles)
    absent = select(SettlementAbsence.alliance_id, SettlementAbsence.school_id)
    staying_out = {(row.alliance_id, row.school_id) for row in session.execute(absent)}
    query = (
        select(Membership)
        .join(Organisation, Organisation.id == Membership.school_id)
        .where(Membership.school_id.in_(deciding), Membership.status == MembershipStatus.ACTIVE)
        .options(joinedload(Membership.alliance), joinedload(Membership.school))
        .order_by(Organisation.name, Membership.id)
    )
    return [
        Place(
            one.alliance_id,
            one.alliance.name,
            one.school_id,
            one.school.name,
            (one.alliance_id, one.school_id) not in staying_out,
        )
        for one in session.scalars(query)
    ]


def is_member(session: Session, alliance_id: uuid.UUID, school_id: uuid.UUID) -> bool:
    """Does the school's membership of the alliance run?"""
    query = select(Membership.id).where(
        Membership.alliance_id == alliance_id,
        Membership.school_id == school_id,
        Membership.status == MembershipStatus.ACTIVE,
    )
    return session.scalar(query) is not None


def staying_out(session: Session, alliance_id: uuid.UUID) -> list[str]:
    """The schools that take no part in an alliance's settlements, by name."""
    query = (
        select(Organisation.name)
        .join(SettlementAbsence, SettlementAbsence.school_id == Organisation.id)
        .where(SettlementAbsence.alliance_id == alliance_id)
        .order_by(Organisation.name)
    )
    return list(session.scalars(query))


def alliances_to_propose_for(session: Session, month: date) -> list[uuid.UUID]:
    """The alliances that have had no proposal since the first of this month: for the job."""
    since = select(Settlement.alliance_id).where(
        or_(Settlement.due_until >= month, Settlement.status == SettlementStatus.PROPOSED)
    )
    query = select(Organisation.id).where(Organisation.kind == Kind.ALLIANCE, Organisation.id.not_in(since))
    return list(session.scalars(query.order_by(Organisation.id)))


def schools_by_id(session: Session, school_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, School]:
    """These schools, to write to."""
    return {one.id: one for one in session.scalars(select(School).where(School.id.in_(school_ids)))}
