"""Pages of settlements: the list, one with its picture, proposing, accepting, staying out, payments."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from invoicing.settlement import actions, queries, rules, shown
from invoicing.settlement.actions import Answer
from invoicing.settlement.forms import ReceivedForm, WithdrawForm
from invoicing.settlement.queries import Place
from invoicing.settlement.rules import SettlementStatus
from marketplace.alliance import queries as alliance
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.core.listing import page_address
from marketplace.core.money import Money
from marketplace.core.paging import page_links
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import NavigationItem, answering, page

settlement = Blueprint("settlement", __name__, url_prefix="/settlements")
SHORTCUTS = (NavigationItem("Settlements between schools", "settlement.index", queries.reads_settlements),)

SAID = {
    Answer.WAITS: "You accepted the settlement. It stands when every school has accepted.",
    Answer.AGREED: "You accepted the settlement, and so has every school. Its invoices are paid.",
    Answer.CHANGED: "You have not accepted: something in it was paid or disputed meanwhile. It was worked "
    "out again. Look at the new figure, then accept that.",
}
"""What a person is told about their answer."""


def _proposes_for(actor: Actor) -> frozenset[uuid.UUID]:
    return actor.organisations(Kind.ALLIANCE, *POLICY[Act.SETTLEMENT_PROPOSE].roles)


@settlement.get("")
def index() -> Any:
    """The settlements of the reader's schools, and whether each takes part."""
    actor, session = web.actor(), db.session()
    if not queries.reads_settlements(actor):
        raise Forbidden("Finance leads, bursars and headteachers read their school’s settlements.")
    query = queries.list_settlements(actor)
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    proposing = _proposes_for(actor)
    return page(
        "settlement/index.html",
        rows=list(session.scalars(query.limit(pages.size).offset(pages.offset))),
        pages=pages,
        places=queries.places(session, actor),
        proposing=[
            (alliance_id, name, queries.staying_out(session, alliance_id))
            for alliance_id, name in alliance.names(session, proposing).items()
        ],
        rules=rules,
    )


@settlement.route("/alliances/<uuid:alliance_id>/propose", methods=["GET", "POST"])
def propose(alliance_id: uuid.UUID) -> Any:
    """What would be netted today, and the button that proposes it to the schools."""
    actor, session = web.actor(), db.session()
    if alliance_id not in actor.alliance_ids:
        raise NotFound
    policy.require(actor, Act.SETTLEMENT_PROPOSE, alliance_id)
    form = NewThingForm()
    if form.validate_on_submit():
        with answering(form):
            actions.propose_settlement(actor, form.id_to_make, alliance_id)
            flash("You proposed the settlement. Every school in it was told.")
            return redirect(url_for(".show", settlement_id=form.id_to_make))
    debts = queries.due_debts(session, alliance_id, clock.today())
    figures = rules.figures(debts)
    return page(
        "settlement/propose.html",
        form=form,
        name=alliance.names(session, [alliance_id])[alliance_id],
        waiting=queries.open_of_alliance(session, alliance_id),
        invoices=len(debts),
        total=Money.total(debt.amount for debt in debts),
        schools=len(figures),
        payments=len(rules.plan(figures).payments),
        pairs=rules.pairs(debts),
        staying_out=queries.staying_out(session, alliance_id),
    )


@settlement.get("/<uuid:settlement_id>")
def show(settlement_id: uuid.UUID) -> Any:
    """A settlement: the picture before and after, each school's one figure, the reader's own lines."""
    actor, session = web.actor(), db.session()
    found = queries.get_settlement(session, actor, settlement_id)
    return page(
        "settlement/show.html",
        shown=shown.show(session, actor, found),
        settlement=found,
        changes=[
            change
            for school_id in sorted(queries.schools_of(actor))
            for change in queries.changes_of(session, settlement_id, school_id)
        ],
        rules=rules,
        SettlementStatus=SettlementStatus,
    )


@settlement.route("/<uuid:settlement_id>/accept/<uuid:school_id>", methods=["GET", "POST"])
def accept(settlement_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """A last look at a school's figure and what follows from accepting it."""
    actor, session = web.actor(), db.session()
    found = queries.get_settlement(session, actor, settlement_id)
    own = next(
        (one for one in shown.show(session, actor, found).own if one.party.school_id == school_id), None
    )
    if own is None:
        raise NotFound
    policy.require(actor, Act.SETTLEMENT_ACCEPT, school_id)
    if request.method == "GET" and not own.may_accept:
        return redirect(url_for(".show", settlement_id=settlement_id))
    form = EditForm(version=found.version)
    if form.validate_on_submit():
        with answering(form):
            answer = actions.accept_settlement(actor, settlement_id, school_id, form.version.data)
            flash(SAID[answer])
            return redirect(url_for(".show", settlement_id=settlement_id))
    return page("settlement/accept.html", form=form, own=own, settlement=found)


@settlement.route("/<uuid:settlement_id>/withdraw", methods=["GET", "POST"])
def withdraw(settlement_id: uuid.UUID) -> Any:
    """Withdraw a settlement that waits for schools, with a reason."""
    actor = web.actor()
    found = queries.get_settlement(db.session(), actor, settlement_id)
    policy.require(actor, Act.SETTLEMENT_WITHDRAW, found.alliance_id)
    if request.method == "GET" and found.status is not SettlementStatus.PROPOSED:
        return redirect(url_for(".show", settlement_id=settlement_id))
    form = WithdrawForm(data={"version": found.version})
    if form.validate_on_submit():
        with answering(form):
            actions.withdraw_settlement(actor, settlement_id, form.version.data, form.reason.data or "")
            flash("You withdrew the settlement, and its schools were told.")
            return redirect(url_for(".show", settlement_id=settlement_id))
    return page("settlement/withdraw.html", form=form, settlement=found)


@settlement.route("/payments/<uuid:payment_id>/received", methods=["GET", "POST"])
def receive_payment(payment_id: uuid.UUID) -> Any:
    """Say that a payment of a settlement arrived."""
    actor, session = web.actor(), db.session()
    payment = queries.get_payment(session, actor, payment_id)
    policy.require(actor, Act.SETTLEMENT_RECEIVE, payment.payee_id)
    back = url_for(".show", settlement_id=payment.settlement_id)
    if request.method == "GET" and payment.paid_on is not None:
        return redirect(back)
    form = ReceivedForm(paid_on=clock.today())
    if form.validate_on_submit():
        with answering(form):
            actions.receive_payment(actor, payment_id, form.paid_on.data)
            flash(f"You recorded {payment.amount} from {payment.payer.name}.")
            return redirect(back)
    return page("settlement/receive_payment.html", form=form, payment=payment, back=back)


@settlement.route("/alliances/<uuid:alliance_id>/schools/<uuid:school_id>/stay-out", methods=["GET", "POST"])
def stay_out(alliance_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """Keep a school out of settlements."""
    place = _place(Act.SETTLEMENT_STAY_OUT, alliance_id, school_id)
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            actions.stay_out(web.actor(), alliance_id, school_id)
            flash(f"{place.school} stays out of settlements until you let it take part again.")
            return redirect(url_for(".index"))
    return page("settlement/stay_out.html", form=form, place=place)


@settlement.route("/alliances/<uuid:alliance_id>/schools/<uuid:school_id>/take-part", methods=["GET", "POST"])
def take_part(alliance_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """Let a school take part in settlements again."""
    place = _place(Act.SETTLEMENT_TAKE_PART, alliance_id, school_id)
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            actions.take_part(web.actor(), alliance_id, school_id)
            flash(f"{place.school} takes part in settlements again, from the next one on.")
            return redirect(url_for(".index"))
    return page("settlement/take_part.html", form=form, place=place)


def _place(act: Act, alliance_id: uuid.UUID, school_id: uuid.UUID) -> Place:
    """The membership that this is about. Raises NotFound and Forbidden."""
    actor, session = web.actor(), db.session()
    if school_id not in actor.school_ids or not queries.is_member(session, alliance_id, school_id):
        raise NotFound
    policy.require(actor, act, school_id)
    return next(
        one
        for one in queries.places(session, actor)
        if (one.alliance_id, one.school_id) == (alliance_id, school_id)
    )
