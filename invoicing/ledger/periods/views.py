"""Pages of the books: which months are closed, with which balances; closing and reopening them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, url_for

from invoicing.ledger.periods import actions, queries, rules
from invoicing.ledger.periods.forms import CloseForm, ProposeForm, RefuseForm, ReopenForm, YearEndForm
from invoicing.ledger.periods.rules import MonthState, ReopeningStatus
from invoicing.ledger.periods.waiting import unfinished
from invoicing.ledger.rules import ACCOUNT_LABELS
from marketplace.alliance.models import Organisation
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role
from marketplace.core.web import NavigationItem, answering, page

books = Blueprint("books", __name__, url_prefix="/books")


def _closes(actor: Actor) -> bool:
    return bool(actor.organisations(Kind.SCHOOL, *POLICY[Act.PERIOD_CLOSE].roles))


SHORTCUTS = (
    NavigationItem("Close a month of the books", "books.index", _closes),
    NavigationItem(
        "Read the books: months and balances",
        "books.index",
        lambda actor: bool(actor.organisations(Kind.ALLIANCE, Role.AUDITOR)),
    ),
)


@books.get("")
def index() -> Any:
    """Whose books the reader may see; the books themselves for the many who read one."""
    actor, session = web.actor(), db.session()
    if not queries.reads_books(actor):
        raise Forbidden("People of a school that see to its money read its books, and auditors.")
    found = queries.holders(session, actor)
    if len(found) == 1:
        return redirect(url_for(".show", organisation_id=found[0][0].id))
    return page("books/index.html", holders=found, rules=rules, fund=Kind.ALLIANCE)


@books.get("/<uuid:organisation_id>")
def show(organisation_id: uuid.UUID) -> Any:
    """Every month of somebody's books, and what was proposed to reopen."""
    actor, session = web.actor(), db.session()
    holder = queries.get_holder(session, actor, organisation_id)
    months = queries.months_of(session, holder.id)
    return page(
        "books/show.html",
        holder=holder,
        is_fund=holder.kind is Kind.ALLIANCE,
        months=months,
        rows=queries.list_months(session, holder.id, months) if months.first_on else [],
        reopenings=queries.reopenings_of(session, holder.id),
        may_close=policy.allows(actor, Act.PERIOD_CLOSE, holder.id),
        may_set_year=policy.allows(actor, Act.BOOKS_SET_YEAR, holder.id),
        rules=rules,
        statuses=ReopeningStatus,
    )


@books.route("/<uuid:organisation_id>/months/<month>", methods=["GET", "POST"])
def show_month(organisation_id: uuid.UUID, month: str) -> Any:
    """One month: its balances, what is not finished, and the button that closes it."""
    actor, session = web.actor(), db.session()
    holder = queries.get_holder(session, actor, organisation_id)
    ends_on = rules.read_month(month)
    months = queries.months_of(session, holder.id)
    form = CloseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.close_period(actor, form.id_to_make, holder.id, ends_on)
            flash(f"You closed {rules.month_name(ends_on)}. Nothing more is posted to it.")
            return redirect(url_for(".show", organisation_id=holder.id))
    starts_on, refusal = _closable(months, ends_on)
    return page(
        "books/show_month.html",
        form=form,
        holder=holder,
        is_fund=holder.kind is Kind.ALLIANCE,
        ends_on=ends_on,
        state=months.state(ends_on),
        is_year=months.ends_year(ends_on),
        starts_on=starts_on,
        refusal=refusal,
        lines=queries.balance_lines(session, holder.id, months, ends_on),
        waiting=unfinished(session, holder.id, starts_on, ends_on),
        may_close=policy.allows(actor, Act.PERIOD_CLOSE, holder.id),
        may_reopen=months.state(ends_on) is MonthState.CLOSED
        and policy.allows(actor, Act.PERIOD_PROPOSE, holder.id),
        labels=ACCOUNT_LABELS,
        of_the_year=queries.OF_THE_YEAR,
        rules=rules,
    )


def _closable(months: rules.Months, ends_on: date) -> tuple[date, str]:
    """The first day of what would close with a month, and why it cannot close at present."""
    try:
        return months.check_close(ends_on), ""
    except RuleBroken as refusal:
        return ends_on.replace(day=1), refusal.message


@books.route("/<uuid:organisation_id>/months/<month>/reopen", methods=["GET", "POST"])
def propose_reopening(organisation_id: uuid.UUID, month: str) -> Any:
    """Propose to reopen a closed month and those after it."""
    actor, session = web.actor(), db.session()
    holder = queries.get_holder(session, actor, organisation_id)
    policy.require(actor, Act.PERIOD_PROPOSE, holder.id)
    ends_on = rules.read_month(month)
    months = queries.months_of(session, holder.id)
    form = ProposeForm()
    if form.validate_on_submit():
        with answering(form):
            actions.propose_reopening(
                actor, form.id_to_make, holder.id, ends_on.replace(day=1), form.reason.data or ""
            )
            flash("You proposed it. Another person decides: a headteacher or a finance lead.")
            return redirect(url_for(".show", organisation_id=holder.id))
    elif not form.is_submitted() and months.state(ends_on) is not MonthState.CLOSED:
        return redirect(url_for(".show", organisation_id=holder.id))
    return page(
        "books/propose_reopening.html",
        form=form,
        holder=holder,
        ends_on=ends_on,
        closed_until=months.closed_until,
        rules=rules,
    )


@books.route("/reopenings/<uuid:reopening_id>", methods=["GET", "POST"])
def decide(reopening_id: uuid.UUID) -> Any:
    """What somebody wants to reopen, and the button with which a second person agrees."""
    actor, session = web.actor(), db.session()
    reopening = queries.get_reopening(session, actor, reopening_id)
    holder: Organisation = reopening.holder
    form = ReopenForm()
    if form.validate_on_submit():
        with answering(form):
            actions.reopen_period(actor, reopening_id)
            flash(f"You reopened {rules.month_name(reopening.from_on)}. It can be posted to again.")
            return redirect(url_for(".show", organisation_id=holder.id))
    return page(
        "books/decide.html",
        form=form,
        reopening=reopening,
        holder=holder,
        closed_until=queries.months_of(session, holder.id).closed_until,
        may_decide=reopening.status is ReopeningStatus.PROPOSED
        and reopening.proposed_by != actor.person_id
        and policy.allows(actor, Act.PERIOD_REOPEN, *queries.deciders_of(session, holder)),
        rules=rules,
        statuses=ReopeningStatus,
    )


@books.route("/reopenings/<uuid:reopening_id>/refuse", methods=["GET", "POST"])
def refuse(reopening_id: uuid.UUID) -> Any:
    """Leave closed months closed, with a reason."""
    actor, session = web.actor(), db.session()
    reopening = queries.get_reopening(session, actor, reopening_id)
    policy.require(actor, Act.PERIOD_REFUSE, *queries.deciders_of(session, reopening.holder))
    form = RefuseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.refuse_reopening(actor, reopening_id, form.reason.data or "")
            flash(f"{rules.month_name(reopening.from_on)} stays closed.")
            return redirect(url_for(".show", organisation_id=reopening.holder_id))
    return page("books/refuse.html", form=form, reopening=reopening, holder=reopening.holder, rules=rules)


@books.route("/<uuid:organisation_id>/year-end", methods=["GET", "POST"])
def set_year_end(organisation_id: uuid.UUID) -> Any:
    """Say when the financial year ends."""
    actor, session = web.actor(), db.session()
    holder = queries.get_holder(session, actor, organisation_id)
    policy.require(actor, Act.BOOKS_SET_YEAR, holder.id)
    form = YearEndForm(year_end=queries.months_of(session, holder.id).year_end)
    if form.validate_on_submit():
        with answering(form):
            actions.set_year_end(actor, holder.id, form.year_end.data)
            flash(f"The financial year ends on {rules.YEAR_END_LABELS[form.year_end.data]}.")
            return redirect(url_for(".show", organisation_id=holder.id))
    return page("books/set_year_end.html", form=form, holder=holder)
