"""Questions about refunds: for whoever reads the fund, and for the people of the school that left."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.fund.models import Contribution, ContributionRound, Fund
from invoicing.fund.queries import visible_to as fund_visible_to
from invoicing.fund.refunds import rules
from invoicing.fund.refunds.models import Refund, RefundApproval
from invoicing.fund.refunds.rules import Approval, RefundStatus
from invoicing.fund.rules import ContributionStatus
from marketplace.alliance.models import Membership, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind

WITH_ALL = (
    joinedload(Refund.fund),
    joinedload(Refund.school).joinedload(School.organisation),
    selectinload(Refund.parts),
    selectinload(Refund.approvals).options(
        joinedload(RefundApproval.person),
        joinedload(RefundApproval.school).joinedload(School.organisation),
    ),
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Refunds out of funds this actor may read, and those to their own schools."""
    readable = select(Fund.id).where(fund_visible_to(actor))
    return or_(Refund.fund_id.in_(readable), Refund.school_id.in_(actor.school_ids))


def get_refund(session: Session, actor: Actor, refund_id: uuid.UUID, *, lock: bool = False) -> Refund:
    """A refund the actor may read, with its approvals. Locking it locks the fund. Raises NotFound."""
    query = select(Fund.id).join(Refund).where(Refund.id == refund_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Fund, key_share=True)
    if session.scalar(query) is None:
        raise NotFound
    return session.scalars(select(Refund).where(Refund.id == refund_id).options(*WITH_ALL)).one()


def reads_fund(session: Session, actor: Actor, fund_id: uuid.UUID) -> bool:
    """May this actor read all of a fund?"""
    return session.scalar(select(Fund.id).where(Fund.id == fund_id, fund_visible_to(actor))) is not None


def refunds_of(session: Session, fund: Fund) -> list[Refund]:
    """A fund's refunds, the newest first."""
    query = select(Refund).where(Refund.fund_id == fund.id).options(*WITH_ALL)
    return list(session.scalars(query.order_by(Refund.made_at.desc(), Refund.id)))


def refund_for(session: Session, membership_id: uuid.UUID) -> Refund | None:
    """The refund that followed from the end of a membership; None when nothing was held."""
    query = select(Refund).where(Refund.membership_id == membership_id).options(*WITH_ALL)
    return session.scalars(query).one_or_none()


def given(refund: Refund) -> tuple[Approval, ...]:
    """The approvals of a refund as the rules of separation look at them."""
    return tuple(Approval(one.person_id, one.school_id) for one in refund.approvals)


def approving_schools(
    session: Session, actor: Actor, refunds: Collection[Refund]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """For each refund, the member schools for which the actor may approve it now. One query for all."""
    seats = actor.organisations(Kind.SCHOOL, *POLICY[Act.REFUND_APPROVE].roles)
    running = select(Membership.alliance_id, Membership.school_id).where(
        Membership.school_id.in_(seats), Membership.status == MembershipStatus.ACTIVE
    )
    memberships = {tuple(row) for row in session.execute(running)} if seats and refunds else set()
    return {
        refund.id: [
            school_id
            for school_id in sorted(seats)
            if (refund.fund.alliance_id, school_id) in memberships
            and refund.status is RefundStatus.SUBMITTED
            and rules.may_approve(
                refund.school_id, given(refund), Approval(actor.person_id, school_id), actor.school_ids
            )
        ]
        for refund in refunds
    }


def waiting(session: Session, actor: Actor, status: RefundStatus) -> list[Refund]:
    """The refunds of a status in the funds this actor reads, the oldest first."""
    query = (
        select(Refund)
        .join(Fund)
        .where(fund_visible_to(actor), Refund.status == status)
        .options(*WITH_ALL)
        .order_by(Refund.made_at, Refund.id)
    )
    return list(session.scalars(query))


def unpaid(session: Session, fund: Fund, school_id: uuid.UUID) -> list[Contribution]:
    """A school's contributions to a fund that were confirmed or asked for and not received, by reference."""
    query = (
        select(Contribution)
        .join(ContributionRound)
        .where(
            ContributionRound.fund_id == fund.id,
            Contribution.school_id == school_id,
            Contribution.status.in_((ContributionStatus.PROPOSED, ContributionStatus.CONFIRMED)),
        )
        .options(joinedload(Contribution.round))
        .order_by(ContributionRound.reference)
    )
    return list(session.scalars(query))


def owed(session: Session, fund: Fund, school_id: uuid.UUID) -> list[Contribution]:
    """What a school's governing body confirmed and it has not paid."""
    found = unpaid(session, fund, school_id)
    return [one for one in found if one.status is ContributionStatus.CONFIRMED]


def belongs(session: Session, fund: Fund, school_id: uuid.UUID) -> bool:
    """Does the school belong to the fund's alliance now?"""
    query = select(Membership.id).where(
        Membership.alliance_id == fund.alliance_id,
        Membership.school_id == school_id,
        Membership.status == MembershipStatus.ACTIVE,
    )
    return session.scalar(query) is not None


def get_fund_of_former(
    session: Session, actor: Actor, fund_id: uuid.UUID, school_id: uuid.UUID | None
) -> tuple[Fund, date, date]:
    """A fund to which the actor's own school belonged, and the first and last day of that. Raises NotFound.

    The last day is the day it left, or a later one on which its share still moved.
    """
    if school_id is None or school_id not in actor.school_ids:
        raise NotFound
    belonged = (
        select(func.min(Membership.joined_on), func.max(func.coalesce(Membership.left_on, clock.today())))
        .join(Fund, Fund.alliance_id == Membership.alliance_id)
        .where(Fund.id == fund_id, Membership.school_id == school_id)
    )
    first, last = session.execute(belonged).one()
    if first is None:
        raise NotFound
    return session.get_one(Fund, fund_id), first, last
