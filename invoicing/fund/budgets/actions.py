"""Putting a budget to the board."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select

from invoicing.fund import queries as funds
from invoicing.fund.budgets import rules
from invoicing.fund.budgets.models import Budget, BudgetLine
from invoicing.fund.budgets.rules import BudgetStatus
from invoicing.fund.rules import Purpose
from invoicing.fund.statements import Period, academic_year
from marketplace.alliance.decisions import deciding
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id, next_reference
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor
from marketplace.core.web import day


def propose_budget(
    actor: Actor, budget_id: uuid.UUID, fund_id: uuid.UUID, year: Period, amounts: Mapping[Purpose, Money]
) -> None:
    """Ask the board to allow these amounts in a year; it counts from the moment the board has carried it."""
    with transaction() as session:
        fund = funds.get_fund(session, actor, fund_id, lock=True)
        policy.require(actor, Act.BUDGET_PROPOSE, fund.alliance_id)
        if session.get(Budget, budget_id):
            return
        rules.check_year(year, academic_year(clock.today()))
        rules.check_amounts(amounts)
        waiting = select(Budget.reference).where(
            Budget.fund_id == fund.id, Budget.year_start == year.start, Budget.status == BudgetStatus.PROPOSED
        )
        if reference := session.scalar(waiting):
            raise RuleBroken(
                f"The board is deciding on {reference} for this year. Wait for its vote, or withdraw it.",
                "year",
            )
        assert actor.person_id, "people propose budgets"
        now = clock.now()
        budget = Budget(
            id=budget_id,
            reference=next_reference(session, "FB", now),
            fund_id=fund.id,
            year_start=year.start,
            proposed_by=actor.person_id,
            proposed_at=now,
            lines=[
                BudgetLine(purpose=purpose, position=place, amount=amounts[purpose])
                for place, purpose in enumerate(Purpose, start=1)
                if amounts.get(purpose)
            ],
        )
        session.add(budget)
        session.flush()
        total = Money.total(line.amount for line in budget.lines)
        deciding.open_decision(
            session,
            actor,
            new_id(),
            alliance_id=fund.alliance_id,
            subject=Subject.BUDGET,
            subject_id=budget.id,
            question=f"Shall the {fund.name} spend up to {total} in the year to {day(year.end)}?",
            carried=(
                "If it is carried, claims of the year are made within these amounts from the moment the vote "
                "is closed. An older budget of the year no longer counts."
            ),
        )
        events.record(session, actor, Act.BUDGET_PROPOSE, budget.id, organisation_id=fund.alliance_id)
