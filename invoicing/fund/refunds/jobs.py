"""What follows in the Partnership Fund when a school leaves the alliance: its exit settlement."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.fund import books
from invoicing.fund import rules as fund_rules
from invoicing.fund.billing import drafting
from invoicing.fund.models import Contribution, Fund
from invoicing.fund.refunds import notices, queries
from invoicing.fund.refunds.models import Refund, RefundPart
from invoicing.fund.rules import CONTRIBUTION_MOVES, ContributionStatus
from invoicing.fund.shares import Pot
from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import clock, events, moves, policy
from marketplace.core.events import Event
from marketplace.core.ids import new_id, next_reference
from marketplace.core.money import Money
from marketplace.core.policy import SYSTEM, Act


def settle(session: Session, event: Event) -> None:
    """Set aside what the fund holds for a school that left, and cut down what it owes to its days.

    The same event twice settles once. Nothing is held or owed twice when a school leaves a second time.
    """
    query = (
        select(Fund).where(Fund.alliance_id == event.organisation_id).with_for_update(of=Fund, key_share=True)
    )
    fund = session.scalars(query).one_or_none()
    membership = _ended(session, event)
    if fund is None or membership is None or queries.refund_for(session, membership.id):
        return
    policy.require(SYSTEM, Act.REFUND_OWE)
    for contribution in queries.unpaid(session, fund, membership.school_id):
        _cut_to_days(contribution, membership)
        drafting.draft_anew(session, contribution)
    pots = books.spendable(session, fund, clock.today())
    held = {pot: part for pot, part in pots.items() if pot.holder_id == membership.school_id and part}
    refund = _set_aside(session, fund, membership, held) if held else None
    session.flush()
    notices.tell_settled(session, fund, membership, refund)
    if refund:
        notices.ask_for_approval(session, refund)


def _ended(session: Session, event: Event) -> Membership | None:
    """The membership whose end an event tells of; None while the school belongs again."""
    query = (
        select(Membership)
        .where(Membership.alliance_id == event.organisation_id, Membership.school_id == event.subject_id)
        .order_by(Membership.joined_on.desc(), Membership.id.desc())
        .limit(1)
    )
    newest = session.scalars(query).one_or_none()
    return newest if newest and newest.status is MembershipStatus.LEFT else None


def _cut_to_days(contribution: Contribution, membership: Membership) -> None:
    """What was not confirmed is asked for no more; of what was, the part for the days is owed."""
    assert membership.left_on
    asked = contribution.round
    due, _, _ = fund_rules.due_by_days(
        contribution.amount,
        (asked.year_start, asked.year_end),
        (membership.joined_on, membership.left_on),
        contribution.days,
    )
    if contribution.status is ContributionStatus.PROPOSED or not due:
        contribution.status = moves.move(CONTRIBUTION_MOVES, contribution.status, ContributionStatus.LAPSED)
    elif due < contribution.amount:
        contribution.reduced_to = due


def _set_aside(session: Session, fund: Fund, membership: Membership, held: Mapping[Pot, Money]) -> Refund:
    assert membership.left_on
    now = clock.now()
    refund = Refund(
        id=new_id(),
        reference=next_reference(session, "FX", now),
        fund_id=fund.id,
        school_id=membership.school_id,
        membership_id=membership.id,
        left_on=membership.left_on,
        amount=Money.total(held.values()),
        parts=[RefundPart(purpose=pot.purpose, amount=part) for pot, part in held.items()],
        made_at=now,
    )
    session.add(refund)
    session.flush()
    events.record(session, SYSTEM, Act.REFUND_OWE, refund.id, organisation_id=membership.school_id)
    return refund
