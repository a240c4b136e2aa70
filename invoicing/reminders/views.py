"""Pages of reminders: which went, holding one, what a school chooses, and interest on what is late."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from invoicing.accounts import queries as accounts
from invoicing.invoices.rules import is_overdue
from invoicing.reminders import actions, queries, rules
from invoicing.reminders.forms import ChoiceForm, HoldForm
from invoicing.reminders.interest import actions as interest_actions
from invoicing.reminders.interest import queries as interest_queries
from invoicing.reminders.interest.rules import Interest, law_in_words
from invoicing.reminders.models import ReminderHold
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.forms import Form, NewThingForm
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page

reminders = Blueprint("reminders", __name__, url_prefix="/reminders")
SHORTCUTS = (NavigationItem("Reminders of invoices", "reminders.index", accounts.reads_accounts),)


@reminders.get("")
def index() -> Any:
    """The reminders of the reader's only school, or a choice of schools."""
    actor = web.actor()
    if not accounts.reads_accounts(actor):
        raise Forbidden(
            "Finance leads, bursars and headteachers read the reminders of their school’s invoices."
        )
    schools = accounts.schools(db.session(), actor)
    if len(schools) == 1:
        return redirect(url_for(".show_school", school_id=schools[0].id))
    return page("reminders/index.html", schools=schools)


@reminders.get("/<uuid:school_id>")
def show_school(school_id: uuid.UUID) -> Any:
    """The unpaid invoices of a school, the reminders that went and the next."""
    session = db.session()
    school = accounts.get_school(session, web.actor(), school_id)
    choice = queries.choice_of(session, school_id)
    rows = queries.reminded(session, school_id)
    return page(
        "reminders/show_school.html",
        school=school,
        choice=choice,
        sequence=queries.sequence_of(choice),
        rows=rows,
        late=[
            row.invoice for row in rows if is_overdue(row.invoice.status, row.invoice.due_on, clock.today())
        ],
        rules=rules,
    )


@reminders.route("/<uuid:school_id>/choose", methods=["GET", "POST"])
def choose_reminders(school_id: uuid.UUID) -> Any:
    """Choose whether and when the school's buyers are reminded, and whether it charges interest."""
    actor, session = web.actor(), db.session()
    school = accounts.get_school(session, actor, school_id)
    policy.require(actor, Act.REMINDER_CHOOSE, school_id)
    choice = queries.choice_of(session, school_id)
    sequence = queries.sequence_of(choice)
    form = ChoiceForm(
        data={
            "version": choice.version if choice else 0,
            "reminds": choice.reminds if choice else True,
            "before": -sequence.before,
            "first": sequence.first,
            "second": sequence.second,
            "last": sequence.last,
            "charges_interest": bool(choice and choice.charges_interest),
        }
    )
    if form.validate_on_submit():
        with answering(form):
            actions.choose_reminders(
                actor,
                school_id,
                form.version.data or 0,
                reminds=form.reminds.data,
                sequence=form.sequence(),
                charges_interest=form.charges_interest.data,
            )
            flash("You chose how your school reminds of its invoices.")
            return redirect(url_for(".show_school", school_id=school_id))
    return page("reminders/choose.html", form=form, school=school, law=law_in_words(clock.today()))


@reminders.route("/invoices/<uuid:invoice_id>/hold", methods=["GET", "POST"])
def hold_reminders(invoice_id: uuid.UUID) -> Any:
    """Remind nobody of an invoice for now."""
    actor, session = web.actor(), db.session()
    invoice = queries.get_invoice(session, actor, invoice_id)
    policy.require(actor, Act.REMINDER_HOLD, invoice.issuer_id)
    back = url_for(".show_school", school_id=invoice.issuer_id)
    if request.method == "GET" and session.get(ReminderHold, invoice_id) is not None:
        return redirect(back)
    form = HoldForm()
    if form.validate_on_submit():
        with answering(form):
            actions.hold_reminders(actor, invoice_id, form.reason.data or "")
            flash(f"Nobody is reminded of invoice {invoice.number} until you say so.")
            return redirect(back)
    return page("reminders/hold.html", form=form, invoice=invoice, back=back)


@reminders.route("/invoices/<uuid:invoice_id>/release", methods=["GET", "POST"])
def release_reminders(invoice_id: uuid.UUID) -> Any:
    """Remind of an invoice again."""
    actor, session = web.actor(), db.session()
    invoice = queries.get_invoice(session, actor, invoice_id)
    policy.require(actor, Act.REMINDER_RELEASE, invoice.issuer_id)
    back = url_for(".show_school", school_id=invoice.issuer_id)
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            actions.release_reminders(actor, invoice_id)
            flash(f"The school is reminded of invoice {invoice.number} again.")
            return redirect(back)
    return page("reminders/release.html", form=form, invoice=invoice, back=back)


@reminders.route("/invoices/<uuid:invoice_id>/interest", methods=["GET", "POST"])
def draft_interest(invoice_id: uuid.UUID) -> Any:
    """What interest a late invoice has come to, and the button that drafts an invoice of it."""
    actor, session = web.actor(), db.session()
    invoice = queries.get_invoice(session, actor, invoice_id)
    policy.require(actor, Act.LATE_INTEREST_DRAFT, invoice.issuer_id)
    form = NewThingForm()
    if form.validate_on_submit():
        with answering(form):
            interest_actions.draft_interest(actor, form.id_to_make, invoice_id)
            charge = interest_queries.charges_of(db.session(), invoice_id)[0]
            flash("You drafted the invoice of interest. Check it, then issue it.")
            return redirect(url_for("invoices.show", invoice_id=charge.draft_id))
    choice = queries.choice_of(session, invoice.issuer_id)
    interest, why_not = _interest(invoice_id)
    return page(
        "reminders/draft_interest.html",
        form=form,
        invoice=invoice,
        charges=bool(choice and choice.charges_interest),
        interest=interest,
        why_not=why_not,
        charged=interest_queries.charges_of(session, invoice_id),
        back=url_for(".show_school", school_id=invoice.issuer_id),
    )


def _interest(invoice_id: uuid.UUID) -> tuple[Interest | None, str]:
    """What may be charged, or why nothing may."""
    try:
        invoice = queries.get_invoice(db.session(), web.actor(), invoice_id)
        return interest_queries.interest_now(db.session(), invoice), ""
    except RuleBroken as refusal:
        return None, refusal.message


@reminders.get("/interest/<uuid:charge_id>")
def show_charge(charge_id: uuid.UUID) -> Any:
    """From an invoice of interest to the invoice that was paid late."""
    found = interest_queries.invoice_of_charge(db.session(), web.actor(), charge_id)
    if found is None:
        raise NotFound
    return redirect(url_for("invoices.show", invoice_id=found))
