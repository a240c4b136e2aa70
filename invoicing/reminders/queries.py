"""Questions about reminders, scoped to the people of the school that issued the invoice."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.accounts.queries import visible_to
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import UNPAID
from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.rules import OnlineStatus
from invoicing.reminders import rules
from invoicing.reminders.models import ReminderChoice, ReminderDay, ReminderHold, SentReminder
from invoicing.reminders.rules import Sequence, Step
from invoicing.settlement.models import Settlement, SettlementItem
from invoicing.settlement.rules import SettlementStatus
from marketplace.alliance.models import School
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor

ON_ITS_WAY = select(OnlinePayment.invoice_id).where(OnlinePayment.status == OnlineStatus.PENDING)
"""Invoices whose buyer has paid by a Direct Debit that has not come yet: nobody is reminded of them."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """An unpaid invoice of a school, the reminders that went, and the next one."""

    invoice: Invoice
    sent: tuple[SentReminder, ...]
    hold: ReminderHold | None
    coming: tuple[Step, date] | None


def get_invoice(session: Session, actor: Actor, invoice_id: uuid.UUID, *, lock: bool = False) -> Invoice:
    """An issued invoice of a school whose reminders the actor may read. Raises NotFound."""
    query = (
        select(Invoice)
        .join(School, School.id == Invoice.issuer_id)
        .where(Invoice.id == invoice_id, Invoice.number.is_not(None), visible_to(actor))
        .options(joinedload(Invoice.issuer), joinedload(Invoice.buyer))
    )
    if lock:
        query = query.with_for_update(of=Invoice, key_share=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def choice_of(session: Session, school_id: uuid.UUID) -> ReminderChoice | None:
    """What a school chose about reminders; None while the usual holds."""
    return session.get(ReminderChoice, school_id)


def sequence_of(choice: ReminderChoice | None) -> Sequence:
    """The days of a school's reminders."""
    return choice.sequence if choice else rules.usual_sequence(clock.today())


def reminded(session: Session, school_id: uuid.UUID) -> list[Reminded]:
    """The unpaid invoices of a school with their reminders, the one due first first."""
    choice = choice_of(session, school_id)
    sequence = sequence_of(choice)
    query = (
        select(Invoice)
        .where(Invoice.issuer_id == school_id, Invoice.status.in_(UNPAID))
        .order_by(Invoice.due_on, Invoice.number)
    )
    invoices = list(session.scalars(query))
    sent, holds = _sent(session, [one.id for one in invoices]), _holds(session, [one.id for one in invoices])
    coming_in = set(session.scalars(ON_ITS_WAY))
    found = []
    for one in invoices:
        went = tuple(sorted(sent.get(one.id, ()), key=lambda row: list(Step).index(row.step)))
        silent = (
            (choice is not None and not choice.reminds) or one.id in {*holds, *coming_in} or not one.asked_for
        )
        assert one.issued_on, "an unpaid invoice was issued"
        assert one.due_on, "an unpaid invoice was issued"
        coming = (
            None
            if silent
            else rules.next_day(
                sequence,
                issued_on=one.issued_on,
                due_on=one.due_on,
                today=clock.today(),
                sent={row.step for row in went},
            )
        )
        found.append(Reminded(one, went, holds.get(one.id), coming))
    return found


def _sent(session: Session, invoice_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[SentReminder]]:
    found: dict[uuid.UUID, list[SentReminder]] = {}
    for row in session.scalars(select(SentReminder).where(SentReminder.invoice_id.in_(invoice_ids))):
        found.setdefault(row.invoice_id, []).append(row)
    return found


def _holds(session: Session, invoice_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, ReminderHold]:
    query = (
        select(ReminderHold)
        .where(ReminderHold.invoice_id.in_(invoice_ids))
        .options(joinedload(ReminderHold.person))
    )
    return {row.invoice_id: row for row in session.scalars(query)}


def went_on(session: Session, day: date) -> bool:
    """Did the reminders of a day go?"""
    return session.get(ReminderDay, day) is not None


def due(session: Session, today: date) -> list[tuple[Invoice, Step]]:
    """The invoices whose buyers are reminded today, held until the action ends, and which reminder goes."""
    choices = {one.school_id: one for one in session.scalars(select(ReminderChoice))}
    held = select(ReminderHold.invoice_id)
    query = (
        select(Invoice)
        .where(
            Invoice.status.in_(UNPAID),
            Invoice.due_on <= today + timedelta(days=rules.MOST_DAYS),
            Invoice.total - Invoice.credited - Invoice.paid > Invoice.disputed,
            Invoice.id.not_in(held),
            Invoice.id.not_in(ON_ITS_WAY),
        )
        .options(joinedload(Invoice.issuer), joinedload(Invoice.buyer))
        .order_by(Invoice.id)
        .with_for_update(of=Invoice, key_share=True)
    )
    invoices = [
        one
        for one in session.scalars(query)
        if one.issuer_id not in choices or choices[one.issuer_id].reminds
    ]
    sent = _sent(session, [one.id for one in invoices])
    found = []
    for one in invoices:
        assert one.issued_on, "an unpaid invoice was issued"
        assert one.due_on, "an unpaid invoice was issued"
        step = rules.due_step(
            sequence_of(choices.get(one.issuer_id)),
            issued_on=one.issued_on,
            due_on=one.due_on,
            today=today,
            sent={row.step for row in sent.get(one.id, ())},
        )
        if step is not None:
            found.append((one, step))
    return found


def open_settlement(session: Session, invoice_id: uuid.UUID) -> Settlement | None:
    """The settlement between schools that this invoice waits in."""
    query = (
        select(Settlement)
        .join(SettlementItem)
        .where(SettlementItem.invoice_id == invoice_id, Settlement.status == SettlementStatus.PROPOSED)
    )
    return session.scalars(query.limit(1)).first()
