"""The pages of a supplier's bank account."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.forms import EditForm
from marketplace.core.policy import Act, Kind, Role
from marketplace.core.web import answering, page
from suppliers.profiles import queries as suppliers
from suppliers.profiles.bank import actions, queries, rules
from suppliers.profiles.bank.forms import AccountForm, CalledForm, StopForm
from suppliers.profiles.bank.models import BankChange
from suppliers.profiles.models import Supplier


def show_bank(supplier_id: uuid.UUID) -> Any:
    """The account that holds, the change under way, and every change before."""
    supplier = _readable(supplier_id)
    session, actor = db.session(), web.actor()
    change = queries.open_change(session, supplier_id)
    own = supplier_id in actor.supplier_ids
    alone = rules.needs_a_school(queries.colleagues(session, supplier_id))
    return page(
        "profiles/bank.html",
        supplier=supplier,
        own=own,
        account=queries.account_of(session, supplier_id),
        change=change,
        approve=EditForm(data={"version": change.version}) if change and own else None,
        alone=alone,
        you=actor.person_id,
        leads=bool(actor.organisations(Kind.SCHOOL, Role.FINANCE_LEAD)) and not own,
        checkers=len(queries.finance_leads(session, supplier_id)) if alone else 0,
        history=queries.history(session, supplier_id),
    )


def propose_account(supplier_id: uuid.UUID) -> Any:
    """Propose an account."""
    supplier = suppliers.get_own_supplier(db.session(), web.actor(), supplier_id)
    policy.require(web.actor(), Act.BANK_PROPOSE, supplier_id)
    form = AccountForm()
    if form.validate_on_submit():
        with answering(form):
            actions.propose_account(web.actor(), supplier_id, form.id_to_make, form.account())
            flash(
                "You proposed the account. It holds a day after a second person has approved it.", "success"
            )
            return _back(supplier_id)
    return page("profiles/propose_account.html", form=form, supplier=supplier)


def approve_account(supplier_id: uuid.UUID) -> Any:
    """Approve a colleague's change."""
    suppliers.get_own_supplier(db.session(), web.actor(), supplier_id)
    form = EditForm()
    actions.approve_account(web.actor(), supplier_id, form.version.data or 0)
    flash("You approved the new account. It holds in 24 hours unless somebody stops it.", "success")
    return _back(supplier_id)


def check_account(supplier_id: uuid.UUID) -> Any:
    """Check the change of a firm of one by telephone, as a school's finance lead."""
    supplier = _readable(supplier_id)
    policy.require(web.actor(), Act.BANK_CHECK, *web.actor().school_ids)
    change = _open(supplier_id)
    form = CalledForm(data={"version": change.version})
    if form.validate_on_submit():
        with answering(form):
            actions.check_account(
                web.actor(),
                supplier_id,
                form.version.data or 0,
                spoke_to=form.spoke_to.data or "",
                number_from=form.number_from.data or "",
            )
            flash("You approved the new account. It holds in 24 hours unless somebody stops it.", "success")
            return _back(supplier_id)
    return page("profiles/check_account.html", form=form, supplier=supplier, change=change)


def stop_change(supplier_id: uuid.UUID) -> Any:
    """Stop a change, with a reason."""
    supplier = _readable(supplier_id)
    policy.require(web.actor(), Act.BANK_STOP, supplier_id, *web.actor().school_ids)
    change = _open(supplier_id)
    form = StopForm(data={"version": change.version})
    if form.validate_on_submit():
        with answering(form):
            actions.stop_change(web.actor(), supplier_id, form.version.data or 0, form.reason.data or "")
            flash("You stopped the change. The account stays as it is.", "success")
            return _back(supplier_id)
    return page("profiles/stop_change.html", form=form, supplier=supplier, change=change)


def _back(supplier_id: uuid.UUID) -> Any:
    return redirect(url_for("profiles.show_bank", supplier_id=supplier_id))


def _open(supplier_id: uuid.UUID) -> BankChange:
    change = queries.open_change(db.session(), supplier_id)
    if change is None:
        raise NotFound("There is no change of the bank account to decide about.")
    return change


def _readable(supplier_id: uuid.UUID) -> Supplier:
    """The supplier, for those who may see its account. Raises NotFound."""
    supplier = suppliers.get_supplier(db.session(), web.actor(), supplier_id)
    if not queries.may_read(db.session(), web.actor(), supplier_id):
        raise NotFound
    return supplier
