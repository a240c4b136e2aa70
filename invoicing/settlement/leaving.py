"""What leaving an alliance means for a settlement that the school is in."""

from __future__ import annotations

import uuid

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from invoicing.settlement.models import Settlement, SettlementParty, SettlementPayment
from invoicing.settlement.rules import SettlementStatus, figure_words
from marketplace.alliance.memberships.leaving import Consequence, Line


def open_settlements(session: Session, school_id: uuid.UUID, alliance_id: uuid.UUID) -> Consequence | None:
    """A proposal loses the school's lines; the payments of one that all have accepted are still made."""
    waiting = (
        select(SettlementParty, Settlement.reference)
        .join(Settlement, Settlement.id == SettlementParty.settlement_id)
        .where(
            SettlementParty.school_id == school_id,
            Settlement.alliance_id == alliance_id,
            Settlement.status == SettlementStatus.PROPOSED,
        )
    )
    lines = [
        Line(
            f"Settlement {reference} is proposed", f"The school {figure_words(party.figure)} in it: taken out"
        )
        for party, reference in session.execute(waiting)
    ]
    to_pay = (
        select(SettlementPayment)
        .join(Settlement, Settlement.id == SettlementPayment.settlement_id)
        .where(
            or_(SettlementPayment.payer_id == school_id, SettlementPayment.payee_id == school_id),
            Settlement.alliance_id == alliance_id,
            Settlement.status == SettlementStatus.AGREED,
            SettlementPayment.paid_on.is_(None),
        )
        .options(joinedload(SettlementPayment.payer), joinedload(SettlementPayment.payee))
        .order_by(SettlementPayment.reference)
    )
    lines += [
        Line(
            f"{one.payer.name} pays {one.amount} to {one.payee.name}",
            f"By settlement, reference {one.reference}",
        )
        for one in session.scalars(to_pay)
    ]
    if not lines:
        return None
    return Consequence(
        "Settlements between schools",
        "Its invoices in a proposed settlement are paid one by one again. What all have accepted is paid.",
        tuple(lines),
    )
