"""The annual pack of an alliance, read from every stage for whoever is in the alliance."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.annual_pack import rules
from invoicing.annual_pack.models import AnnualPriorities
from invoicing.annual_pack.rules import Bought, Purchase, SchoolSaving
from invoicing.fund import books
from invoicing.fund.books import FundStatement
from invoicing.fund.models import Fund
from invoicing.fund.statements import Period
from invoicing.savings.queries import AllianceSavings, of_alliance
from marketplace.alliance.models import Membership, Organisation
from marketplace.alliance.rules import MEMBERSHIP_LABELS
from marketplace.alliance.work.queries import work_of
from marketplace.alliance.work.rules import Share, parity
from marketplace.contracts import categories
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO
from marketplace.core.policy import Actor
from marketplace.tenders.models import Tender, TenderStep
from marketplace.tenders.queries import baselines_for_term, buyers
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import bought
from suppliers.awards.queries import live_awards


@dataclass(frozen=True, slots=True)
class Moved:
    """A school that joined or left, its kind of membership, and the day."""

    school: str
    kind: str
    day: date


@dataclass(frozen=True, slots=True)
class AnnualPack:
    """Everything that the joint meeting reads. Amounts are whole terms before VAT unless named otherwise."""

    alliance_id: uuid.UUID
    alliance: str
    period: Period
    unfinished: bool
    priorities: AnnualPriorities | None
    members: int
    joined: tuple[Moved, ...]
    left: tuple[Moved, ...]
    purchases: tuple[Purchase, ...]
    savings: tuple[SchoolSaving, ...]
    whole: SchoolSaving
    work: tuple[Share, ...]
    funds: tuple[tuple[str, FundStatement], ...]
    invoiced: AllianceSavings


def alliances_of(session: Session, actor: Actor) -> list[Organisation]:
    """The alliances whose pack this actor may read, by name."""
    query = select(Organisation).where(Organisation.id.in_(actor.alliance_ids)).order_by(Organisation.name)
    return list(session.scalars(query))


def priorities(
    session: Session, alliance_id: uuid.UUID, period: Period, *, lock: bool = False
) -> AnnualPriorities | None:
    """The priorities of a year, if somebody has written them."""
    return session.get(AnnualPriorities, (alliance_id, period.start), with_for_update=lock or None)


def annual_pack(session: Session, actor: Actor, alliance_id: uuid.UUID, period: Period) -> AnnualPack:
    """The pack of an academic year. Raises NotFound for an alliance that is not the actor's."""
    if alliance_id not in actor.alliance_ids:
        raise NotFound
    alliance = session.get_one(Organisation, alliance_id)
    purchases = _purchases(session, alliance_id, period)
    savings = rules.savings_by_school(purchases)
    memberships = _memberships(session, alliance_id)
    return AnnualPack(
        alliance_id=alliance_id,
        alliance=alliance.name,
        period=period,
        unfinished=period.end >= clock.today(),
        priorities=priorities(session, alliance_id, period),
        members=sum(_belonged_on(one, min(period.end, clock.today())) for one in memberships),
        joined=tuple(
            Moved(one.school.name, MEMBERSHIP_LABELS[one.kind], one.joined_on)
            for one in memberships
            if _within(one.joined_on, period)
        ),
        left=tuple(
            Moved(one.school.name, MEMBERSHIP_LABELS[one.kind], one.left_on)
            for one in memberships
            if one.left_on is not None and _within(one.left_on, period)
        ),
        purchases=tuple(purchases),
        savings=tuple(savings),
        whole=rules.whole(savings),
        work=tuple(parity(work_of(session, alliance_id, period.start, period.end))),
        funds=tuple(_funds(session, alliance_id, period)),
        invoiced=of_alliance(session, actor, alliance_id, (period.start, period.end)),
    )


def _within(day: date, period: Period) -> bool:
    return period.start <= day <= period.end


def _belonged_on(membership: Membership, day: date) -> bool:
    return membership.joined_on <= day and (membership.left_on is None or membership.left_on > day)


def _memberships(session: Session, alliance_id: uuid.UUID) -> list[Membership]:
    query = (
        select(Membership)
        .where(Membership.alliance_id == alliance_id)
        .options(joinedload(Membership.school))
        .order_by(Membership.joined_on, Membership.id)
    )
    return list(session.scalars(query))


def _purchases(session: Session, alliance_id: uuid.UUID, period: Period) -> list[Purchase]:
    """The tenders of an alliance that were awarded within a period, first the earliest."""
    begins = datetime.combine(period.start, time(), clock.LONDON)
    ends = datetime.combine(period.end + timedelta(days=1), time(), clock.LONDON)
    query = (
        select(Tender, TenderStep.reached_at)
        .join(TenderStep, TenderStep.tender_id == Tender.id)
        .where(
            Tender.alliance_id == alliance_id,
            Tender.status == TenderStatus.AWARDED,
            TenderStep.status == TenderStatus.AWARDED,
            TenderStep.reached_at >= begins,
            TenderStep.reached_at < ends,
        )
        .order_by(TenderStep.reached_at, Tender.id)
    )
    return [_purchase(session, tender, at) for tender, at in session.execute(query)]


def _purchase(session: Session, tender: Tender, awarded_at: datetime) -> Purchase:
    awards = live_awards(session, tender.id)
    paid = bought.by_school(session, tender.id, awards)
    today = baselines_for_term(session, tender)
    return Purchase(
        tender_id=tender.id,
        reference=tender.reference,
        title=tender.title,
        category=categories.label(tender.category),
        supplier=", ".join(dict.fromkeys(award.quote.supplier.name for award in awards)),
        awarded_on=awarded_at.astimezone(clock.LONDON).date(),
        ends_on=tender.contract_ends_on,
        schools=tuple(
            Bought(school_id, name, paid.get(school_id, ZERO), today.get(school_id) or None)
            for school_id, name in buyers(session, tender.id).items()
        ),
    )


def _funds(session: Session, alliance_id: uuid.UUID, period: Period) -> list[tuple[str, FundStatement]]:
    found = session.scalars(select(Fund).where(Fund.alliance_id == alliance_id).order_by(Fund.name))
    return [(fund.name, books.fund_statement(session, fund, period)) for fund in found]
