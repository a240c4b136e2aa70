"""What waits for a person about refunds, for their home page; and how a settlement stands, for who left."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.fund.models import Fund
from invoicing.fund.refunds import jobs, queries
from invoicing.fund.refunds.rules import RefundStatus
from marketplace.alliance.memberships import leaving
from marketplace.alliance.memberships.leaving import Afterwards
from marketplace.alliance.models import Membership
from marketplace.core import events, policy
from marketplace.core.money import Money
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task, day


def listen() -> None:
    """Settle with schools that leave, and say on the page of their membership how that stands.

    Called by the composition root.
    """
    events.subscribe("refunds.departed", jobs.settle, Act.MEMBERSHIP_LEAVE, Act.MEMBERSHIP_END)
    leaving.settle_with(settled)


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Refunds to approve for another school's head or governor, and to pay for the coordinator."""
    tasks = []
    if actor.organisations(Kind.SCHOOL, *POLICY[Act.REFUND_APPROVE].roles):
        found = queries.waiting(session, actor, RefundStatus.SUBMITTED)
        approving = queries.approving_schools(session, actor, found)
        tasks += [
            Task(
                f"Approve the refund of {refund.amount} to {refund.school.name}",
                url_for("refunds.show", refund_id=refund.id),
                f"{refund.reference}: it left on {day(refund.left_on)}",
            )
            for refund in found
            if approving[refund.id]
        ]
    if actor.organisations(Kind.ALLIANCE, *POLICY[Act.REFUND_PAY].roles):
        tasks += [
            Task(
                f"Pay the refund of {refund.amount} to {refund.school.name}",
                url_for("refunds.pay_refund", refund_id=refund.id),
                f"{refund.reference}: it left on {day(refund.left_on)}",
            )
            for refund in queries.waiting(session, actor, RefundStatus.APPROVED)
            if policy.allows(actor, Act.REFUND_PAY, refund.fund.alliance_id)
        ]
    return tasks


def settled(session: Session, actor: Actor, membership: Membership) -> Afterwards | None:
    """How the settlement of a school that left stands; None where there is no fund. Needs a request."""
    fund = session.scalars(select(Fund).where(Fund.alliance_id == membership.alliance_id)).one_or_none()
    if fund is None:
        return None
    refund = queries.refund_for(session, membership.id)
    links = []
    if refund:
        links.append((f"The refund {refund.reference}", url_for("refunds.show", refund_id=refund.id)))
    if membership.school_id in actor.school_ids or queries.reads_fund(session, actor, fund.id):
        address = url_for("fund.show_statement", fund_id=fund.id, school_id=membership.school_id)
        links.append(("Statement of the school’s share", address))
    owed = queries.owed(session, fund, membership.school_id)
    said = [f"{refund.status.label}: {refund.amount} to be paid back." if refund else "Nothing was held."]
    if refund and refund.paid_on:
        said = [f"{refund.amount} was paid back on {day(refund.paid_on)}."]
    if owed:
        said.append(
            f"The school owes {Money.total(one.due for one in owed)} of contributions that its governing "
            f"body confirmed: {', '.join(one.round.reference for one in owed)}."
        )
    return Afterwards(f"Settlement with the {fund.name}", " ".join(said), tuple(links))
