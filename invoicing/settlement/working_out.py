"""Working a settlement out, at first and again when something in it was paid or disputed. Shared steps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices.models import Invoice
from invoicing.settlement import notices, queries, rules
from invoicing.settlement.models import (
    Settlement,
    SettlementChange,
    SettlementItem,
    SettlementParty,
    SettlementPayment,
)
from invoicing.settlement.rules import Debt, NetPayment, SettlementStatus, Why
from marketplace.core import clock, events
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO
from marketplace.core.policy import SYSTEM, Act

NOTHING_LEFT = "What was left of it saves no payment any more. The schools pay these invoices as usual."


def work_out(session: Session, settlement: Settlement, debts: Sequence[Debt]) -> None:
    """Put lines, figures and payments on a settlement; who had accepted and is not touched stays accepted."""
    before = (queries.debts_of(settlement.items), _planned(settlement))
    owed = rules.figures(debts)
    planned = rules.plan(owed)
    _keep_items(session, settlement, debts)
    again = rules.touched(before, (debts, planned.payments))
    accepted = {one.school_id: one for one in settlement.parties if one.school_id not in again}
    settlement.parties = []
    settlement.payments = []
    session.flush()
    settlement.pairs, settlement.is_fewest = rules.pairs(debts), planned.is_fewest
    settlement.parties = [
        SettlementParty(
            school_id=school_id,
            figure=owed[school_id],
            accepted_by=accepted[school_id].accepted_by if school_id in accepted else None,
            accepted_at=accepted[school_id].accepted_at if school_id in accepted else None,
        )
        for school_id in sorted(owed)
    ]
    settlement.payments = [
        SettlementPayment(
            position=position,
            payer_id=payment.payer_id,
            payee_id=payment.payee_id,
            amount=payment.amount,
            reference=rules.payment_reference(settlement.reference, position),
        )
        for position, payment in enumerate(planned.payments, start=1)
    ]
    session.flush()


def work_out_again(session: Session, settlement: Settlement) -> bool:
    """Take out what was paid, disputed or left meanwhile; True when something was. Tells who is touched.

    Nothing is ever added: what falls due later is for the next settlement. When netting what is left saves
    no payment, the settlement is withdrawn.
    """
    if settlement.status is not SettlementStatus.PROPOSED:
        return False
    proposed = queries.debts_of(settlement.items)
    invoices = queries.lock_invoices(session, [one.invoice_id for one in proposed])
    now = queries.due_debts(session, settlement.alliance_id, settlement.due_until)
    left = rules.still_due(proposed, {one.invoice_id: one.amount for one in now})
    if left == proposed:
        return False
    _say_why(session, settlement, proposed, left, invoices)
    accepted = {one.school_id for one in settlement.parties if one.accepted_at}
    concerned = rules.touched((proposed, ()), (left, ()))
    if rules.saves(left, rules.plan(rules.figures(left))):
        work_out(session, settlement, left)
        concerned |= accepted - {one.school_id for one in settlement.parties if one.accepted_at}
        notices.tell_changed(session, settlement, concerned)
    else:
        withdraw(session, settlement, NOTHING_LEFT)
    settlement.worked_out += 1
    session.flush()
    events.record(
        session, SYSTEM, Act.SETTLEMENT_REWORK, settlement.id, organisation_id=settlement.alliance_id
    )
    return True


def withdraw(session: Session, settlement: Settlement, because: str) -> None:
    """End a settlement that nobody is bound by yet, and tell its schools."""
    settlement.status = rules.move(settlement.status, SettlementStatus.WITHDRAWN)
    settlement.withdrawn_because = because
    session.flush()
    notices.tell_withdrawn(session, settlement)


def _planned(settlement: Settlement) -> list[NetPayment]:
    return [NetPayment(one.payer_id, one.payee_id, one.amount) for one in settlement.payments]


def _keep_items(session: Session, settlement: Settlement, debts: Sequence[Debt]) -> None:
    kept = {debt.invoice_id: debt for debt in debts}
    known = {item.invoice_id for item in settlement.items}
    for item in list(settlement.items):
        if item.invoice_id in kept:
            item.amount = kept[item.invoice_id].amount
        else:
            settlement.items.remove(item)
    invoices = session.scalars(select(Invoice).where(Invoice.id.in_(kept.keys() - known)))
    settlement.items.extend(
        SettlementItem(invoice_id=one.id, invoice=one, amount=kept[one.id].amount) for one in invoices
    )
    session.flush()


def _say_why(
    session: Session,
    settlement: Settlement,
    proposed: Sequence[Debt],
    left: Sequence[Debt],
    invoices: dict[uuid.UUID, Invoice],
) -> None:
    """Write down for each line that fell what became of its invoice."""
    amounts = {debt.invoice_id: debt.amount for debt in left}
    taking_part = queries.schools_taking_part(session, settlement.alliance_id)
    on_their_way = set(session.scalars(queries.on_their_way()))
    for debt in proposed:
        amount = amounts.get(debt.invoice_id, ZERO)
        if amount == debt.amount:
            continue
        why = Why.DISPUTED if invoices[debt.invoice_id].disputed else Why.PAID
        if debt.invoice_id in on_their_way:
            why = Why.ON_ITS_WAY
        if not {debt.issuer_id, debt.buyer_id} <= taking_part:
            why = Why.STAYS_OUT
        session.add(
            SettlementChange(
                id=new_id(),
                settlement_id=settlement.id,
                invoice_id=debt.invoice_id,
                amount_before=debt.amount,
                amount=amount,
                why=why,
                found_at=clock.now(),
            )
        )
    session.flush()
