"""Questions about budgets: for whoever reads the fund."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.fund import books, shares
from invoicing.fund.budgets import rules
from invoicing.fund.budgets.models import Budget
from invoicing.fund.budgets.rules import BudgetStatus, Standing
from invoicing.fund.models import Claim, Fund
from invoicing.fund.queries import visible_to
from invoicing.fund.rules import ClaimStatus, Purpose
from invoicing.fund.statements import Period, academic_year
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor

WITH_ALL = (joinedload(Budget.fund), joinedload(Budget.proposer), selectinload(Budget.lines))


def get_budget(session: Session, actor: Actor, budget_id: uuid.UUID) -> Budget:
    """A budget of a fund the actor may read. Raises NotFound."""
    query = select(Budget).join(Fund).where(Budget.id == budget_id, visible_to(actor)).options(*WITH_ALL)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def budgets_of(session: Session, fund: Fund) -> list[Budget]:
    """A fund's budgets: the newest year first, in each the newest first."""
    query = select(Budget).where(Budget.fund_id == fund.id).options(*WITH_ALL)
    return list(session.scalars(query.order_by(Budget.year_start.desc(), Budget.proposed_at.desc())))


def budget_of_year(session: Session, fund: Fund, year: Period) -> Budget | None:
    """The budget that counts in a year: the newest that the board has set."""
    query = (
        select(Budget)
        .where(Budget.fund_id == fund.id, Budget.year_start == year.start, Budget.status == BudgetStatus.SET)
        .options(*WITH_ALL)
        .order_by(Budget.settled_at.desc(), Budget.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def standings(session: Session, fund: Fund, year: Period | None = None) -> dict[Purpose, Standing]:
    """How each purpose stands in a year: the present one unless another is named."""
    year = year or academic_year(clock.today())
    budget, claimed = budget_of_year(session, fund, year), _claimed(session, fund, year)
    allowed = {line.purpose: line.amount for line in budget.lines} if budget else {}
    pots = books.spendable(session, fund, clock.today())
    return {
        purpose: Standing(
            purpose,
            shares.held_for(pots, purpose),
            allowed.get(purpose, ZERO) if budget else None,
            claimed.get(purpose, ZERO),
        )
        for purpose in Purpose
    }


def _claimed(session: Session, fund: Fund, year: Period) -> dict[Purpose, Money]:
    """What was claimed for each purpose in a year and not refused."""
    begins = datetime.combine(year.start, time(), clock.LONDON)
    ends = datetime.combine(year.end + timedelta(days=1), time(), clock.LONDON)
    query = (
        select(Claim.purpose, func.sum(Claim.amount, type_=Claim.amount.type))
        .where(
            Claim.fund_id == fund.id,
            Claim.status != ClaimStatus.REFUSED,
            Claim.made_at >= begins,
            Claim.made_at < ends,
        )
        .group_by(Claim.purpose)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def year_of(claim: Claim) -> Period:
    """The year whose budget a claim counts towards."""
    return academic_year(claim.made_at.astimezone(clock.LONDON).date())


def standing_of(session: Session, claim: Claim) -> Standing:
    """How a claim's purpose stands in the year it counts towards; the claim itself is in it."""
    return standings(session, claim.fund, year_of(claim))[claim.purpose]


def check_claim(session: Session, fund: Fund, purpose: Purpose, amount: Money) -> None:
    """Raise RuleBroken for a new claim above what is left of its purpose's budget."""
    rules.check_claim(standings(session, fund)[purpose], amount, academic_year(clock.today()))


def check_approval(session: Session, claim: Claim) -> None:
    """Raise RuleBroken when the board has lowered the budget below what was claimed of it."""
    rules.check_approval(standing_of(session, claim))
