"""What the board's decision on a budget brings."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.fund.budgets import queries, rules
from invoicing.fund.budgets.models import Budget
from invoicing.fund.budgets.rules import BudgetStatus
from invoicing.fund.models import Fund
from invoicing.fund.statements import academic_year
from marketplace.alliance.decisions.about import About, describe_with, subject_of
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock, events, moves, policy
from marketplace.core.errors import NotFound
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.core.web import day


def listen() -> None:
    """Hear what the board has decided, and say what it decides on. Called by the composition root."""
    events.subscribe(
        "budgets.decided", settle, Act.DECISION_CARRY, Act.DECISION_REJECT, Act.DECISION_WITHDRAW
    )
    describe_with(Subject.BUDGET, about)


def settle(session: Session, event: Event) -> None:
    """Set a budget that the board has carried; drop one that it has not. Told twice, done once."""
    subject, budget_id = subject_of(event)
    if subject is not Subject.BUDGET:
        return
    locking = select(Fund).join(Budget).where(Budget.id == budget_id).with_for_update(of=Fund, key_share=True)
    fund = session.scalars(locking).one()
    budget = session.get_one(Budget, budget_id)
    if budget.status is not BudgetStatus.PROPOSED:
        return
    carried = event.act == Act.DECISION_CARRY.value
    wanted = BudgetStatus.SET if carried else BudgetStatus.DROPPED
    if carried:
        policy.require(SYSTEM, Act.BUDGET_SET)
    else:
        policy.require(SYSTEM, Act.BUDGET_DROP)
    budget.status = moves.move(rules.MOVES, budget.status, wanted)
    budget.settled_at = clock.now()
    session.flush()
    told = Act.BUDGET_SET if carried else Act.BUDGET_DROP
    events.record(session, SYSTEM, told, budget.id, organisation_id=fund.alliance_id)


def about(session: Session, actor: Actor, budget_id: uuid.UUID) -> About | None:
    """A budget as the page of its decision tells of it; None when the actor may not read it."""
    try:
        budget = queries.get_budget(session, actor, budget_id)
    except NotFound:
        return None
    total = Money.total(line.amount for line in budget.lines)
    return About(
        f"Budget {budget.reference} of the {budget.fund.name}",
        (
            ("Year", f"{day(budget.year_start)} to {day(academic_year(budget.year_start).end)}"),
            *((line.purpose.label, str(line.amount)) for line in budget.lines),
            ("In all", str(total)),
        ),
        "budgets.show",
        {"budget_id": budget.id},
    )
