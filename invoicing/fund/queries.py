"""Questions about the Partnership Fund: whoever may read an alliance may read all of its fund."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from invoicing.fund import contributing, rules
from invoicing.fund.contributing import Asked, SupportLevel
from invoicing.fund.models import Claim, ClaimApproval, Contribution, ContributionRound, Fund
from invoicing.fund.rules import Approval, Case, ClaimStatus, ContributionStatus, Proposal
from marketplace.alliance import queries as alliance
from marketplace.alliance.decisions.confirming import require_live
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.queries import confirmed
from marketplace.alliance.decisions.rules import Subject, is_live
from marketplace.alliance.delegation.queries import has_other_approver
from marketplace.alliance.delegation.rules import Approver
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import POLICY, Act, Actor, Kind

CLAIM_ORDERS: Mapping[str, InstrumentedAttribute[Any]] = {
    "reference": Claim.reference,
    "title": Claim.title,
    "school": Organisation.name,
    "amount": Claim.amount,
    "status": Claim.status,
}

WITH_APPROVALS = selectinload(Claim.approvals).options(
    joinedload(ClaimApproval.person), joinedload(ClaimApproval.school)
)


@dataclass(frozen=True, slots=True)
class ProposedShare:
    """What a school would be asked for, and by what."""

    name: str
    asked: Asked
    amount: Money

    @property
    def school_id(self) -> uuid.UUID:
        """The school."""
        return self.asked.school_id


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """A round in a list: how many schools it asks, how many have confirmed, what has been received."""

    id: uuid.UUID
    reference: str
    title: str
    year_start: date
    year_end: date
    total: Money
    schools: int
    confirmed: int
    received: Money


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims a list shows, and in what order."""

    text: str = ""
    status: ClaimStatus | None = None
    order: str = "reference"
    descending: bool = True


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Funds of the alliances this actor may read."""
    return Fund.alliance_id.in_(actor.alliance_ids)


def funds_of(session: Session, actor: Actor) -> list[Fund]:
    """The funds this actor may read, by name."""
    return list(session.scalars(select(Fund).where(visible_to(actor)).order_by(Fund.name)))


def get_fund(session: Session, actor: Actor, fund_id: uuid.UUID, *, lock: bool = False) -> Fund:
    """A fund the actor may read. Raises NotFound."""
    query = select(Fund).where(Fund.id == fund_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Fund, key_share=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_round(session: Session, actor: Actor, round_id: uuid.UUID) -> ContributionRound:
    """A round of a fund the actor may read, with its contributions and their schools. Raises NotFound."""
    query = (
        select(ContributionRound)
        .join(Fund)
        .where(ContributionRound.id == round_id, visible_to(actor))
        .options(
            joinedload(ContributionRound.fund),
            joinedload(ContributionRound.proposer),
            selectinload(ContributionRound.contributions).options(
                joinedload(Contribution.school),
                joinedload(Contribution.confirmation).joinedload(Confirmation.recorder),
            ),
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_contribution(
    session: Session, actor: Actor, contribution_id: uuid.UUID, *, lock: bool = False
) -> Contribution:
    """A contribution to a fund the actor may read. Locking it locks the fund. Raises NotFound."""
    of_this = (
        select(Fund.id).join(ContributionRound).join(Contribution).where(Contribution.id == contribution_id)
    )
    _find_fund(session, actor, of_this, lock=lock)
    query = (
        select(Contribution)
        .where(Contribution.id == contribution_id)
        .options(
            joinedload(Contribution.round).joinedload(ContributionRound.fund),
            joinedload(Contribution.school),
            joinedload(Contribution.confirmation).joinedload(Confirmation.recorder),
        )
    )
    return session.scalars(query).one()


def needs_confirming(contribution: Contribution, today: date) -> bool:
    """Does a contribution wait for the governing body: not confirmed yet, or not any more?

    A confirmation that has ended or was withdrawn before the money came counts for nothing.
    """
    if contribution.status in {ContributionStatus.RECEIVED, ContributionStatus.LAPSED}:
        return False
    found = contribution.confirmation
    return found is None or not is_live(
        expires_on=found.expires_on, is_withdrawn=found.withdrawn_at is not None, today=today
    )


def get_claim(session: Session, actor: Actor, claim_id: uuid.UUID, *, lock: bool = False) -> Claim:
    """A claim on a fund the actor may read, with its approvals. Locking locks the fund. Raises NotFound."""
    _find_fund(session, actor, select(Fund.id).join(Claim).where(Claim.id == claim_id), lock=lock)
    query = (
        select(Claim)
        .where(Claim.id == claim_id)
        .options(
            joinedload(Claim.fund),
            joinedload(Claim.school),
            joinedload(Claim.maker),
            joinedload(Claim.refuser),
            WITH_APPROVALS,
        )
    )
    return session.scalars(query).one()


def _find_fund(session: Session, actor: Actor, of_this: Select[uuid.UUID], *, lock: bool) -> None:
    """The one lock of a fund: what belongs to it is read only after it, so that it cannot change."""
    query = select(Fund.id).where(Fund.id.in_(of_this), visible_to(actor))
    if lock:
        query = query.with_for_update()
    if session.scalar(query) is None:
        raise NotFound


def alliances_without_fund(session: Session, actor: Actor) -> list[Organisation]:
    """The alliances in which this actor may open a fund because there is none, by name."""
    theirs = actor.organisations(Kind.ALLIANCE, *POLICY[Act.FUND_OPEN].roles)
    query = (
        select(Organisation)
        .outerjoin(Fund, Fund.alliance_id == Organisation.id)
        .where(Organisation.id.in_(theirs), Fund.id.is_(None))
        .order_by(Organisation.name)
    )
    return list(session.scalars(query))


def members(session: Session, fund: Fund) -> list[School]:
    """The schools that are members of the fund's alliance now, by name."""
    return alliance.member_schools(session, fund.alliance_id)


def proposed_shares(session: Session, fund: Fund, proposal: Proposal) -> list[ProposedShare]:
    """What each chosen school would be asked for, by name. Raises RuleBroken.

    A school without pupils on roll, or whose membership has no day in the year, is asked for nothing.
    """
    rules.check_year(proposal.year_start, proposal.year_end)
    year = (proposal.year_start, proposal.year_end)
    query = (
        select(Membership)
        .join(Organisation, Organisation.id == Membership.school_id)
        .where(
            Membership.alliance_id == fund.alliance_id,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.school_id.in_(proposal.school_ids),
        )
        .options(joinedload(Membership.school))
        .order_by(Organisation.name)
    )
    found = list(session.scalars(query))
    if len(found) != len(proposal.school_ids):
        raise RuleBroken("One of these schools is no longer a member. Choose again.", "schools")
    asked = [
        Asked(
            one.school_id,
            one.school.pupils,
            proposal.levels.get(one.school_id, SupportLevel.STANDARD),
            *contributing.days_of(year, one.joined_on, one.ends_on),
        )
        for one in found
    ]
    amounts = contributing.amounts(asked, total=proposal.total, rate=proposal.rate)
    return [
        ProposedShare(one.school.name, what, amounts[what.school_id])
        for one, what in zip(found, asked, strict=True)
        if what.school_id in amounts
    ]


def rounds_of(session: Session, fund: Fund) -> list[RoundSummary]:
    """A fund's rounds, the newest first, each with how far it is. One query."""
    nothing = literal(ZERO, Contribution.amount.type)
    due = func.coalesce(Contribution.reduced_to, Contribution.amount)
    received = case((Contribution.status == ContributionStatus.RECEIVED, due), else_=nothing)
    confirmed = case((Contribution.confirmation_id.is_not(None), 1), else_=0)
    query = (
        select(
            ContributionRound,
            func.count(Contribution.id),
            func.sum(confirmed),
            func.sum(received, type_=Contribution.amount.type),
        )
        .join(Contribution)
        .where(ContributionRound.fund_id == fund.id)
        .group_by(ContributionRound.id)
        .order_by(ContributionRound.proposed_at.desc())
    )
    return [
        RoundSummary(
            found.id, found.reference, found.title, found.year_start, found.year_end, found.total, *sums
        )
        for found, *sums in session.execute(query)
    ]


def claims_of(fund: Fund, wanted: ClaimFilter) -> Select[Claim]:
    """The claims on a fund that a list shows, in its order; to be counted, or read a page at a time."""
    query = (
        select(Claim).join(Organisation, Organisation.id == Claim.school_id).where(Claim.fund_id == fund.id)
    )
    query = query.options(joinedload(Claim.school))
    if wanted.status:
        query = query.where(Claim.status == wanted.status)
    for word in wanted.text.split():
        query = query.where(
            or_(
                Claim.reference.icontains(word, autoescape=True),
                Claim.title.icontains(word, autoescape=True),
                Organisation.name.icontains(word, autoescape=True),
            )
        )
    order = CLAIM_ORDERS.get(wanted.order, Claim.reference)
    return query.order_by(order.desc() if wanted.descending else order, Claim.id)


def count(session: Session, query: Select[Claim]) -> int:
    """How many claims there are on all pages of a list."""
    return session.scalars(select(func.count()).select_from(query.order_by(None).subquery())).one()


def promised(session: Session, fund: Fund) -> Money:
    """What claims that were made and not yet paid or refused come to."""
    query = select(func.sum(Claim.amount, type_=Claim.amount.type)).where(
        Claim.fund_id == fund.id,
        Claim.status.in_((ClaimStatus.AT_SCHOOL, ClaimStatus.SUBMITTED, ClaimStatus.APPROVED)),
    )
    return session.scalar(query) or ZERO


def case_of(claim: Claim) -> Case:
    """What the rules of separation look at: the claim's school, its maker, and who has approved."""
    approvals = tuple(Approval(given.person_id, given.school_id) for given in claim.approvals)
    return Case(claim.school_id, claim.made_by, approvals)


def check_releaser(session: Session, actor: Actor, claim: Claim) -> None:
    """Raise Forbidden or RuleBroken unless the actor decides on this claim for its own school."""
    if claim.school_id not in actor.school_ids or claim.approver is None:
        raise Forbidden("The claim’s own school decides on it before other schools do.")
    rules.check_releaser(
        claim.approver,
        actor.roles_at(claim.school_id),
        is_maker=claim.made_by == actor.person_id,
        others=has_other_approver(session, claim.school_id, claim.approver, claim.made_by),
    )


def may_release(session: Session, actor: Actor, claim: Claim) -> bool:
    """Does the actor decide on this claim for its own school now?"""
    if claim.status is not ClaimStatus.AT_SCHOOL:
        return False
    try:
        check_releaser(session, actor, claim)
    except (Forbidden, RuleBroken):
        return False
    return True


def waits_for_governors(session: Session, claim: Claim) -> bool:
    """Does a claim wait for its school's governing body before the headteacher can release it?"""
    return (
        claim.status is ClaimStatus.AT_SCHOOL
        and claim.approver is Approver.GOVERNING_BODY
        and not confirmed(session, Subject.CLAIM, [claim.id], clock.today())
    )


def check_confirmed(session: Session, claim: Claim) -> None:
    """Raise RuleBroken while a claim's band asks for a confirmation that does not count today."""
    if claim.approver is Approver.GOVERNING_BODY:
        require_live(
            session,
            school_id=claim.school_id,
            school=claim.school.name,
            subject=Subject.CLAIM,
            subject_id=claim.id,
        )


def approving_schools(
    session: Session, actor: Actor, claims: Collection[Claim]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """For each claim, the member schools for which the actor may approve it now. One query for all."""
    seats = actor.organisations(Kind.SCHOOL, *POLICY[Act.CLAIM_APPROVE].roles)
    running = select(Membership.alliance_id, Membership.school_id).where(
        Membership.school_id.in_(seats), Membership.status == MembershipStatus.ACTIVE
    )
    memberships = {tuple(row) for row in session.execute(running)}
    return {
        claim.id: [
            school_id
            for school_id in sorted(seats)
            if (claim.fund.alliance_id, school_id) in memberships
            and claim.status is ClaimStatus.SUBMITTED
            and rules.may_approve(case_of(claim), Approval(actor.person_id, school_id), actor.school_ids)
        ]
        for claim in claims
    }
