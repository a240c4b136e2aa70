"""What leaving an alliance means for a school's money in the Partnership Fund: its settlement, computed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.fund import books, rules, shares
from invoicing.fund.models import Claim, Contribution, Fund
from invoicing.fund.refunds.queries import unpaid
from invoicing.fund.rules import ClaimStatus, ContributionStatus
from marketplace.alliance.memberships.leaving import Consequence, Line
from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import clock
from marketplace.core.money import ZERO


def settlement(session: Session, school_id: uuid.UUID, alliance_id: uuid.UUID) -> Consequence | None:
    """What the fund holds for a school and pays back, what the school owes, and what is under way."""
    fund = session.scalars(select(Fund).where(Fund.alliance_id == alliance_id)).one_or_none()
    if fund is None:
        return None
    share = shares.by_holder(books.spendable(session, fund, clock.today())).get(school_id, ZERO)
    lines = (*_contributions(session, fund, school_id), *_claims(session, fund, school_id))
    if not share and not lines:
        return Consequence(
            fund.name, "The fund holds nothing for the school, and nothing is under way.", share=ZERO
        )
    return Consequence(
        fund.name,
        f"The fund holds {share} for the school. That is the school’s: it is paid back when two people of "
        "two other schools have approved it, and no claim is paid from it meanwhile. No other school’s debt "
        "is ever paid from it.",
        lines,
        share,
    )


def _contributions(session: Session, fund: Fund, school_id: uuid.UUID) -> Iterator[Line]:
    query = select(Membership.joined_on).where(
        Membership.alliance_id == fund.alliance_id,
        Membership.school_id == school_id,
        Membership.status == MembershipStatus.ACTIVE,
    )
    joined_on = session.scalar(query) or clock.today()
    for one in unpaid(session, fund, school_id):
        belonging = (joined_on, clock.today())
        yield Line(f"{one.round.reference}: {one.round.title}", _note(one, belonging))


def _note(contribution: Contribution, belonging: tuple[date, date]) -> str:
    """What becomes of a contribution that was not received when the school leaves today."""
    asked = contribution.round
    due, belonged, days = rules.due_by_days(
        contribution.amount, (asked.year_start, asked.year_end), belonging, contribution.days
    )
    if contribution.status is ContributionStatus.PROPOSED:
        return f"{contribution.amount}, not confirmed: the school is not asked for it any more"
    if not due:
        return f"{contribution.amount}, confirmed for a year that has not begun: the school does not owe it"
    if due == contribution.amount:
        return f"{due}, confirmed and not paid: the school owes it"
    return (
        f"{due}, confirmed and not paid: the school owes that much of {contribution.amount}, for {belonged} "
        f"of {days} days"
    )


def _claims(session: Session, fund: Fund, school_id: uuid.UUID) -> Iterator[Line]:
    query = (
        select(Claim)
        .where(
            Claim.fund_id == fund.id,
            Claim.school_id == school_id,
            Claim.status.in_((ClaimStatus.AT_SCHOOL, ClaimStatus.SUBMITTED, ClaimStatus.APPROVED)),
        )
        .order_by(Claim.reference)
    )
    for one in session.scalars(query):
        yield Line(f"{one.reference}: {one.title}", f"{one.amount}, {one.status.label.lower()}")
