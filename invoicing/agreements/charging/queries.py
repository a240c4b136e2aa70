"""Questions about what agreements charge, scoped to who asks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from invoicing.agreements.charging import rules
from invoicing.agreements.charging.models import AgreementBill, Charge
from invoicing.agreements.models import Agreement
from invoicing.agreements.queries import WITH_SCHOOLS, last_day
from invoicing.agreements.rules import BY_USE, AgreementStatus
from marketplace.core.money import Money
from marketplace.core.policy import POLICY, Act, Actor, Kind

CHARGED = (AgreementStatus.RUNNING, AgreementStatus.ENDED)


@dataclass(frozen=True, slots=True)
class Line:
    """What waits to be invoiced, or has been: a charge, or one that a finished period will make."""

    supplied_on: date
    description: str
    net: Money


def charges(session: Session, agreement_id: uuid.UUID) -> list[Charge]:
    """What an agreement has charged, the newest first, each with its invoice if it has one."""
    query = (
        select(Charge)
        .where(Charge.agreement_id == agreement_id)
        .options(joinedload(Charge.bill).joinedload(AgreementBill.invoice))
        .order_by(Charge.supplied_on.desc(), Charge.id.desc())
    )
    return list(session.scalars(query))


def unbilled(session: Session, agreement_id: uuid.UUID) -> list[Charge]:
    """The charges that are on no invoice, the oldest first."""
    query = (
        select(Charge)
        .where(Charge.agreement_id == agreement_id, Charge.bill_id.is_(None))
        .order_by(Charge.supplied_on, Charge.id)
    )
    return list(session.scalars(query))


def waiting(session: Session, agreement: Agreement, today: date) -> list[Line]:
    """What an invoice drafted now would have on it. Writes nothing."""
    lines = [Line(one.supplied_on, one.description, one.net) for one in unbilled(session, agreement.id)]
    if agreement.price.basis in BY_USE or agreement.status not in CHARGED:
        return lines
    charged = set(session.scalars(select(Charge.period_start).where(Charge.agreement_id == agreement.id)))
    for part in rules.finished_parts(agreement.schedule, agreement.starts_on, agreement.last_day, today):
        net = rules.fixed_amount(agreement.price, part)
        if part.period.starts_on not in charged and net:
            lines.append(Line(part.ends_on, rules.fixed_words(agreement.title, agreement.price, part), net))
    return lines


def ids_to_bill(session: Session, today: date) -> list[uuid.UUID]:
    """Agreements of which a month or term is over that no invoice was drafted for: for the job."""
    unbilled_ids = select(Charge.agreement_id).where(Charge.bill_id.is_(None))
    query = select(Agreement.id, Agreement.schedule, Agreement.starts_on, Agreement.billed_until).where(
        Agreement.status.in_(CHARGED),
        or_(
            Agreement.status == AgreementStatus.RUNNING,
            Agreement.billed_until.is_(None),
            Agreement.billed_until < last_day,
            Agreement.id.in_(unbilled_ids),
        ),
    )
    return [
        row.id
        for row in session.execute(query.order_by(Agreement.id))
        if rules.is_due(row.schedule, row.starts_on, row.billed_until, today)
    ]


def bill_of_invoice(session: Session, invoice_id: uuid.UUID) -> AgreementBill | None:
    """The bill that an invoice was drafted as, if it came from an agreement."""
    query = select(AgreementBill).where(AgreementBill.invoice_id == invoice_id)
    return session.scalars(query).one_or_none()


def on_bill(session: Session, bill_id: uuid.UUID) -> list[Charge]:
    """The charges on a bill."""
    return list(session.scalars(select(Charge).where(Charge.bill_id == bill_id)))


def billing_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this actor drafts invoices of what agreements charge."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.CHARGE_INVOICE].roles)


def with_charges_left_over(session: Session, actor: Actor) -> list[Agreement]:
    """Ended agreements of the actor's schools with charges on no invoice, such as a discarded draft's."""
    waiting_ids = select(Charge.agreement_id).where(Charge.bill_id.is_(None))
    query = (
        select(Agreement)
        .where(
            Agreement.seller_id.in_(billing_schools(actor)),
            Agreement.status == AgreementStatus.ENDED,
            Agreement.id.in_(waiting_ids),
        )
        .options(*WITH_SCHOOLS)
        .order_by(Agreement.id)
    )
    return list(session.scalars(query))
