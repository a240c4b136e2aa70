"""The pages of the fund's budgets."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, url_for

from invoicing.fund import queries as funds
from invoicing.fund.budgets import actions, queries
from invoicing.fund.budgets.forms import BudgetForm
from invoicing.fund.statements import FIRST_MONTH, Period, academic_year
from marketplace.alliance.decisions.queries import decisions_on
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.fields import choices
from marketplace.core.money import Money
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

budgets = Blueprint("budgets", __name__, url_prefix="/funds")


@budgets.route("/<uuid:fund_id>/budgets/propose", methods=["GET", "POST"])
def propose_budget(fund_id: uuid.UUID) -> Any:
    """The coordinator puts a year's budget to the board."""
    session, acting = db.session(), web.actor()
    fund = funds.get_fund(session, acting, fund_id)
    policy.require(acting, Act.BUDGET_PROPOSE, fund.alliance_id)
    present = academic_year(clock.today())
    known = queries.budget_of_year(session, fund, present)
    form = BudgetForm(
        year=present.start.year,
        data={line.purpose.value: line.amount for line in known.lines} if known else None,
    )
    form.year.choices = choices(
        (year.start.year, f"{web.day(year.start)} to {web.day(year.end)}")
        for year in (present, _year(present.start.year + 1))
    )
    if form.validate_on_submit():
        with answering(form):
            year = _year(form.year.data)
            actions.propose_budget(acting, form.id_to_make, fund_id, year, form.amounts())
            flash("You put the budget to the board. Every seat has been asked to vote.", "success")
            return redirect(url_for(".show", budget_id=form.id_to_make))
    return page(
        "budgets/propose_budget.html",
        form=form,
        fund=funds.get_fund(session, acting, fund_id),
        standings=[one for one in queries.standings(session, fund).values() if one.is_used],
    )


@budgets.get("/budgets/<uuid:budget_id>")
def show(budget_id: uuid.UUID) -> Any:
    """A budget: what it allows, and what the board says."""
    session = db.session()
    budget = queries.get_budget(session, web.actor(), budget_id)
    decisions = decisions_on(session, Subject.BUDGET, budget.id)
    year = academic_year(budget.year_start)
    counting = queries.budget_of_year(session, budget.fund, year)
    return page(
        "budgets/show.html",
        budget=budget,
        year=year,
        total=Money.total(line.amount for line in budget.lines),
        decision=decisions[0] if decisions else None,
        counts=counting is not None and counting.id == budget.id,
        standings=queries.standings(session, budget.fund, year),
    )


def _year(begins: int) -> Period:
    return academic_year(date(begins, FIRST_MONTH, 1))
