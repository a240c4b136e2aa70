"""Who is told by e-mail of a refund. Each function writes in the action's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from invoicing.fund import queries as funds
from invoicing.fund.models import Fund
from invoicing.fund.refunds import queries
from invoicing.fund.refunds.models import Refund
from marketplace.alliance.models import Membership, Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import POLICY, Act, Role

MONEY = (Role.HEADTEACHER, Role.FINANCE_LEAD, Role.BURSAR)


def tell_settled(session: Session, fund: Fund, membership: Membership, refund: Refund | None) -> None:
    """Tell the school that left what it is paid back and what it still owes. Nothing of either, no e-mail."""
    owed = queries.owed(session, fund, membership.school_id)
    if not owed and refund is None:
        return
    _tell(
        session,
        people_with_role(session, [membership.school_id], *MONEY),
        f"Your settlement with the {fund.name}",
        "refunds_settled.txt",
        fund=fund,
        membership=membership,
        refund=refund,
        owed=owed,
    )


def ask_for_approval(session: Session, refund: Refund) -> None:
    """Ask headteachers and governors of the other schools to approve a refund."""
    others = [one.id for one in funds.members(session, refund.fund) if one.id != refund.school_id]
    own = {person.id for person in people_with_role(session, [refund.school_id], *Role)}
    deciders = people_with_role(session, others, *POLICY[Act.REFUND_APPROVE].roles)
    _tell(
        session,
        [person for person in deciders if person.id not in own],
        f"Please approve a refund from the {refund.fund.name}",
        "refunds_approve.txt",
        refund=refund,
    )


def ask_for_payment(session: Session, refund: Refund) -> None:
    """Ask the coordinator to pay a refund that has both approvals."""
    _tell(
        session,
        people_with_role(session, [refund.fund.alliance_id], *POLICY[Act.REFUND_PAY].roles),
        f"Refund {refund.reference} can be paid",
        "refunds_pay.txt",
        refund=refund,
    )


def tell_paid(session: Session, refund: Refund) -> None:
    """Tell the school that left that its share is on its way."""
    _tell(
        session,
        people_with_role(session, [refund.school_id], *MONEY),
        f"Refund {refund.reference} was paid",
        "refunds_paid.txt",
        refund=refund,
    )


def _tell(session: Session, people: Iterable[Person], subject: str, template: str, **context: Any) -> None:
    for person in people:
        mail.write(session, person.email, subject, template, person_name=person.name, **context)
