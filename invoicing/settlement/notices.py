"""Who is told by e-mail about settlements. Each writes in the action's own transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from invoicing.invoices.queries import readers_at
from invoicing.settlement import queries
from invoicing.settlement.models import Settlement, SettlementPayment
from invoicing.settlement.rules import figure_words
from marketplace.core import mail
from marketplace.core.money import ZERO, Money


def tell_proposed(session: Session, settlement: Settlement) -> None:
    """Ask each school to look at its figure, and to accept or stay out."""
    _tell(
        session,
        settlement,
        _all(settlement),
        f"Accept settlement {settlement.reference}",
        "settlement_proposed.txt",
    )


def tell_changed(session: Session, settlement: Settlement, school_ids: Collection[uuid.UUID]) -> None:
    """Tell these schools that their figure or payments have changed, so that they accept again."""
    subject = f"Settlement {settlement.reference} was worked out again"
    _tell(session, settlement, school_ids, subject, "settlement_changed.txt")


def tell_agreed(session: Session, settlement: Settlement) -> None:
    """Tell each school what it pays to whom, or what it gets."""
    subject = f"Settlement {settlement.reference} is accepted by all"
    _tell(session, settlement, _all(settlement), subject, "settlement_agreed.txt")


def tell_withdrawn(session: Session, settlement: Settlement) -> None:
    """Tell each school that nothing comes of it."""
    subject = f"Settlement {settlement.reference} is withdrawn"
    _tell(session, settlement, _all(settlement), subject, "settlement_withdrawn.txt")


def _all(settlement: Settlement) -> set[uuid.UUID]:
    return {one.school_id for one in settlement.parties}


def _tell(
    session: Session, settlement: Settlement, school_ids: Collection[uuid.UUID], subject: str, template: str
) -> None:
    figures = {one.school_id: one.figure for one in settlement.parties}
    for school_id, school in sorted(queries.schools_by_id(session, school_ids).items()):
        context: dict[str, Any] = {
            "settlement": settlement,
            "school_name": school.name,
            "words": figure_words(figures.get(school_id, ZERO)),
            "takes_part": school_id in figures,
            "lines": queries.lines_of(session, settlement.id, school_id),
            "pays": [_named(session, one) for one in settlement.payments if one.payer_id == school_id],
            "gets": [_named(session, one) for one in settlement.payments if one.payee_id == school_id],
        }
        for name, address in readers_at(session, school):
            mail.write(session, address, subject, template, person_name=name, **context)


def _named(session: Session, payment: SettlementPayment) -> tuple[str, str, Money, str, str]:
    """Payer, payee, amount, reference and the account to pay into."""
    schools = queries.schools_by_id(session, [payment.payer_id, payment.payee_id])
    payer, payee = schools[payment.payer_id], schools[payment.payee_id]
    return payer.name, payee.name, payment.amount, payment.reference, payee.bank_details
