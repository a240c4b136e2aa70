"""The pages of shared costs: record, check the split, see what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from invoicing.invoices import rules as invoicing
from invoicing.invoices.queries import drafting_schools, possible_buyers, school_to_draft_for
from invoicing.shared_costs import actions, queries, rules
from invoicing.shared_costs.forms import CostForm, asked_for, cost_form, seen
from invoicing.shared_costs.queries import ShareView
from invoicing.shared_costs.rules import Share
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import School
from marketplace.core import charts, clock, policy, web
from marketplace.core.db import db
from marketplace.core.listing import page_address
from marketplace.core.money import Money
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page, plain_number
from marketplace.tenders.rules import Split

shared_costs = Blueprint("shared_costs", __name__, url_prefix="/shared-costs")
SHORTCUTS = (
    NavigationItem(
        "Record a shared cost", "shared_costs.record_shared_cost", lambda actor: bool(drafting_schools(actor))
    ),
)
NOT_KEPT = frozenset({"csrf_token", "new_id", "seen", "check", "confirm", "change"})


@shared_costs.get("")
def list_costs() -> Any:
    """The costs that the reader's school paid for several, or shares."""
    actor, session = web.actor(), db.session()
    pages = page_links(queries.count_costs(session, actor), request.args.get("page"), page_address)
    return page(
        "shared_costs/list.html",
        rows=queries.list_costs(session, actor, offset=pages.offset, limit=pages.size),
        pages=pages,
        split_labels=rules.SPLIT_LABELS,
        may_record=bool(drafting_schools(actor)),
    )


@shared_costs.route("/record", methods=["GET", "POST"])
def record_shared_cost() -> Any:
    """Record a cost paid for several schools; its split is shown before anything is drafted."""
    actor, session = web.actor(), db.session()
    lead = school_to_draft_for(session, actor, request.args.get("school"))
    if lead is None:
        named = alliance.names(session, drafting_schools(actor))
        return page("invoices/choose_school.html", schools=named, endpoint="shared_costs.record_shared_cost")
    policy.require(actor, Act.SHARED_COST_RECORD, lead.id)
    others = possible_buyers(session, lead.id)
    everybody = [school.id for school in (lead, *others)]
    asked = {"supplied_on": clock.today()} | asked_for(request.args)
    form = cost_form(lead, others, schools=everybody, split=Split.PUPILS, **asked)
    if "change" not in request.form and form.validate_on_submit():
        with answering(form):
            parts = actions.split_cost(session, lead.id, form.terms())
            if "confirm" not in request.form or form.seen.data != seen(parts):
                return _check(form, lead, others, parts)
            actions.record_shared_cost(actor, form.id_to_make, lead.id, form.terms())
            flash("You recorded the cost. The invoices are drafts until you issue them.")
            return redirect(url_for(".show", cost_id=form.id_to_make))
    return page("shared_costs/record_shared_cost.html", form=form, lead=lead, others=others)


def _check(form: CostForm, lead: School, others: Iterable[School], parts: Sequence[Share]) -> Any:
    """The split as it would be recorded, with everything that was typed kept in the page."""
    names = {school.id: school.name for school in (lead, *others)}
    shares = [
        ShareView(
            school_id=part.school_id,
            school_name=names[part.school_id],
            is_lead=part.school_id == lead.id,
            weight=part.weight,
            exact=part.exact,
            amount=part.amount,
        )
        for part in parts
    ]
    again = "confirm" in request.form
    form.seen.data = seen(parts)
    terms = form.terms()
    return page(
        "shared_costs/check_split.html",
        form=form,
        terms=terms,
        lead=lead,
        shares=shares,
        whole=sum(share.weight for share in shares),
        drafts=sum(not share.is_lead and bool(share.amount) for share in shares),
        chart=_chart(shares, terms.amount, terms.split),
        kept=[(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT],
        weight_label=rules.WEIGHT_LABELS[terms.split],
        split_labels=rules.SPLIT_LABELS,
        changed_since=again,
    )


@shared_costs.get("/<uuid:cost_id>")
def show(cost_id: uuid.UUID) -> Any:
    """A cost, why each share is what it is, and the invoices made from it."""
    cost = queries.show_cost(db.session(), web.actor(), cost_id)
    return page(
        "shared_costs/show.html",
        cost=cost,
        whole=sum(share.weight for share in cost.shares),
        chart=_chart(cost.shares, cost.amount, cost.split),
        weight_label=rules.WEIGHT_LABELS[cost.split],
        split_labels=rules.SPLIT_LABELS,
        status_labels=invoicing.STATUS_LABELS,
        status_colours=invoicing.STATUS_COLOURS,
    )


def _chart(shares: Sequence[ShareView], amount: Money, split: Split) -> charts.ChartView:
    """The shares as bars, in the order of the schools."""
    words = {Split.PUPILS: "pupils", Split.EQUAL: "part", Split.USE: "used"}[split]
    bars = [
        charts.Bar(
            share.school_name, share.amount.pence, f"{share.amount}, {plain_number(share.weight)} {words}"
        )
        for share in shares
    ]
    return charts.bar_chart(
        "split", "Each school’s share", f"The shares of {len(bars)} schools add up to {amount}.", bars
    )
