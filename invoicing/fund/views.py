"""The pages of the Partnership Fund: the fund, its rounds of contributions, and its claims."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from invoicing.fund import actions, books, claim_views, queries, rules, statement_views, statements
from invoicing.fund.billing.queries import waiting_bills
from invoicing.fund.budgets.queries import budgets_of, standings
from invoicing.fund.forms import ConfirmForm, OpenFundForm, ProposeForm, ReceiveForm, propose_form
from invoicing.fund.grants.queries import grants_of
from invoicing.fund.refunds.queries import refunds_of
from invoicing.fund.rules import ContributionStatus
from marketplace.alliance import queries as alliance
from marketplace.core import charts, clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import Act, Kind, Role
from marketplace.core.web import NavigationItem, answering, page

fund = Blueprint("fund", __name__, url_prefix="/funds")
NAVIGATION = NavigationItem("Partnership Fund", "fund.index", lambda actor: bool(actor.alliance_ids))
SHORTCUTS = (
    NavigationItem(
        "Read what the Partnership Fund holds and paid",
        "fund.index",
        lambda actor: bool(actor.organisations(Kind.ALLIANCE, Role.AUDITOR)),
    ),
)
NEWEST = 5

BOTH = ["GET", "POST"]

fund.add_url_rule("/<uuid:fund_id>/claims", view_func=claim_views.list_claims)
fund.add_url_rule("/<uuid:fund_id>/claims/make", view_func=claim_views.make_claim, methods=BOTH)
fund.add_url_rule("/claims/<uuid:claim_id>", view_func=claim_views.show_claim)
fund.add_url_rule("/claims/<uuid:claim_id>/evidence", view_func=claim_views.download_evidence)
fund.add_url_rule("/claims/<uuid:claim_id>/release", view_func=claim_views.release_claim, methods=BOTH)
fund.add_url_rule("/claims/<uuid:claim_id>/approve", view_func=claim_views.approve_claim, methods=BOTH)
fund.add_url_rule("/claims/<uuid:claim_id>/refuse", view_func=claim_views.refuse_claim, methods=BOTH)
fund.add_url_rule("/claims/<uuid:claim_id>/pay", view_func=claim_views.pay_claim, methods=BOTH)
for _ending, _view in (
    ("", statement_views.show_statement),
    (".pdf", statement_views.download_statement_pdf),
    (".csv", statement_views.download_statement_csv),
):
    fund.add_url_rule(f"/<uuid:fund_id>/statement{_ending}", view_func=_view)
    fund.add_url_rule(f"/<uuid:fund_id>/schools/<uuid:school_id>/statement{_ending}", view_func=_view)


@fund.get("")
def index() -> Any:
    """The funds one may read; the fund itself for the many who read one."""
    acting = web.actor()
    if not acting.alliance_ids:
        raise NotFound
    funds = queries.funds_of(db.session(), acting)
    without = queries.alliances_without_fund(db.session(), acting)
    if len(funds) == 1 and not without:
        return redirect(url_for(".show", fund_id=funds[0].id))
    return page("fund/index.html", funds=funds, without=without)


@fund.route("/alliances/<uuid:alliance_id>/open", methods=["GET", "POST"])
def open_fund(alliance_id: uuid.UUID) -> Any:
    """Open an alliance's fund."""
    acting = web.actor()
    if alliance_id not in acting.alliance_ids:
        raise NotFound
    policy.require(acting, Act.FUND_OPEN, alliance_id)
    form = OpenFundForm()
    if form.validate_on_submit():
        with answering(form):
            actions.open_fund(acting, form.id_to_make, alliance_id, form.name.data, form.opened_on.data)
            flash(f"You opened the {form.name.data}.")
            return redirect(url_for(".show", fund_id=form.id_to_make))
    names = alliance.names(db.session(), [alliance_id])
    return page("fund/open_fund.html", form=form, alliance_name=names[alliance_id])


@fund.get("/<uuid:fund_id>")
def show(fund_id: uuid.UUID) -> Any:
    """A fund: what it holds, for whom, and what is going on."""
    session, acting = db.session(), web.actor()
    found = queries.get_fund(session, acting, fund_id)
    year = statements.academic_year(clock.today())
    stated = books.fund_statement(session, found, year)
    newest = queries.claims_of(found, queries.ClaimFilter()).limit(NEWEST)
    return page(
        "fund/show.html",
        fund=found,
        year=year,
        stated=stated,
        chart=_shares_chart(stated),
        promised=queries.promised(session, found),
        aside=Money.total(books.set_aside(session, found).values()),
        refunds=refunds_of(session, found),
        standings=[one for one in standings(session, found).values() if one.is_used],
        budgets=budgets_of(session, found),
        grants=grants_of(session, found),
        rounds=queries.rounds_of(session, found),
        claims=list(session.scalars(newest)),
        may_examine=found.alliance_id in acting.organisations(Kind.ALLIANCE),
        may_claim=bool(claim_views.claiming_schools(found)),
    )


def _shares_chart(stated: books.FundStatement) -> charts.ChartView:
    bars = [
        charts.Bar(stated.names[school_id], one.closing.pence, str(one.closing))
        for school_id, one in stated.schools.items()
    ]
    return charts.bar_chart(
        "shares", "What each school’s share holds", f"Together they hold {stated.whole.closing}.", bars
    )


@fund.route("/<uuid:fund_id>/contributions/propose", methods=["GET", "POST"])
def propose_contributions(fund_id: uuid.UUID) -> Any:
    """Ask schools for contributions; their shares are shown before anything is sent."""
    session, acting = db.session(), web.actor()
    found = queries.get_fund(session, acting, fund_id)
    policy.require(acting, Act.CONTRIBUTION_PROPOSE, found.alliance_id)
    members = queries.members(session, found)
    year = statements.academic_year(clock.today())
    form = propose_form(
        members,
        year_start=year.start,
        year_end=year.end,
        schools=[school.id for school in members if school.pupils],
    )
    shares: list[queries.ProposedShare] = []
    if form.validate_on_submit():
        with answering(form):
            proposal, seen = form.proposal(), form.seen.data
            shares = queries.proposed_shares(session, found, proposal)
            form.seen.data = rules.fingerprint(proposal, {share.school_id: share.amount for share in shares})
            if request.form.get("step") == "propose":
                actions.propose_contributions(acting, form.id_to_make, fund_id, proposal, seen)
                total = Money.total(share.amount for share in shares)
                flash(f"You asked {len(shares)} schools for {total}. Their governors have been told.")
                return redirect(url_for(".show_round", round_id=form.id_to_make))
    return page(
        "fund/propose_contributions.html",
        form=form,
        fund=found,
        shares=shares,
        pupils=sum(share.asked.pupils for share in shares),
        total=Money.total(share.amount for share in shares),
        by_days=len({share.asked.days for share in shares}) > 1 or _is_by_rate(form, shares),
    )


def _is_by_rate(form: ProposeForm, shares: Sequence[queries.ProposedShare]) -> bool:
    """Is anybody asked for a part of a rate? Of a total, the same days for all make no difference."""
    return form.rate.data is not None and any(share.asked.days != share.asked.of_days for share in shares)


@fund.get("/contributions/rounds/<uuid:round_id>")
def show_round(round_id: uuid.UUID) -> Any:
    """A round: what each school is asked for and how far it is."""
    found = queries.get_round(db.session(), web.actor(), round_id)
    contributions = sorted(found.contributions, key=lambda one: one.school.name)
    return page(
        "fund/show_round.html",
        round=found,
        contributions=contributions,
        bills=waiting_bills(db.session(), [one.id for one in contributions]),
        by_days=found.rate is not None or len({one.days for one in contributions}) > 1,
        to_confirm={one.id for one in contributions if queries.needs_confirming(one, clock.today())},
        sums={
            status: Money.total(one.due for one in contributions if one.status is status)
            for status in ContributionStatus
        },
    )


@fund.route("/contributions/<uuid:contribution_id>/confirm", methods=["GET", "POST"])
def confirm_contribution(contribution_id: uuid.UUID) -> Any:
    """A governor says that the governing body has agreed."""
    session, acting = db.session(), web.actor()
    found = queries.get_contribution(session, acting, contribution_id)
    policy.require(acting, Act.CONTRIBUTION_CONFIRM, found.school_id)
    if request.method == "GET" and not queries.needs_confirming(found, clock.today()):
        return redirect(url_for(".show_round", round_id=found.round_id))
    form = ConfirmForm()
    if form.validate_on_submit():
        with answering(form):
            actions.confirm_contribution(
                acting,
                contribution_id,
                form.minute_reference.data,
                form.minuted_on.data,
                own_budget=form.own_budget.data,
                confirmation_id=form.id_to_make,
                expires_on=form.expires_on.data,
                document=form.upload,
            )
            flash(f"You confirmed {found.school.name}’s contribution of {found.amount}.")
            return redirect(url_for(".show_round", round_id=found.round_id))
    return page("fund/confirm_contribution.html", form=form, contribution=found)


@fund.route("/contributions/<uuid:contribution_id>/receive", methods=["GET", "POST"])
def receive_contribution(contribution_id: uuid.UUID) -> Any:
    """The coordinator records that the money came in."""
    session, acting = db.session(), web.actor()
    found = queries.get_contribution(session, acting, contribution_id)
    policy.require(acting, Act.CONTRIBUTION_RECEIVE, found.round.fund.alliance_id)
    if claim_views.overtaken(found.status, ContributionStatus.CONFIRMED):
        return redirect(url_for(".show_round", round_id=found.round_id))
    form = ReceiveForm()
    if form.validate_on_submit():
        with answering(form):
            actions.receive_contribution(acting, form.id_to_make, contribution_id, form.received_on.data)
            flash(f"You recorded {found.due} from {found.school.name}.")
            return redirect(url_for(".show_round", round_id=found.round_id))
    return page("fund/receive_contribution.html", form=form, contribution=found)
