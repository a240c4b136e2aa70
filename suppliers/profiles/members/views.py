"""The pages of a supplier's people."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.forms import Form
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from suppliers.profiles import queries as suppliers
from suppliers.profiles.members import actions, queries
from suppliers.profiles.members.forms import RoleForm
from suppliers.profiles.members.queries import Member
from suppliers.profiles.models import Supplier


def show_members(supplier_id: uuid.UUID) -> Any:
    """Who acts for the supplier, for its own people."""
    supplier = _own(supplier_id)
    return page(
        "profiles/members.html",
        supplier=supplier,
        members=queries.members(db.session(), supplier_id),
        you=web.actor().person_id,
    )


def change_member(supplier_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    """Make a colleague administrator or bidder."""
    supplier, member = _own(supplier_id), _member(supplier_id, person_id)
    policy.require(web.actor(), Act.MEMBER_CHANGE, supplier_id)
    form = RoleForm(data={"role": member.role})
    if form.validate_on_submit():
        with answering(form):
            actions.change_member(web.actor(), supplier_id, person_id, form.role.data)
            flash(f"You changed what {member.name} may do.", "success")
            return redirect(url_for("profiles.show_members", supplier_id=supplier_id))
    return page("profiles/change_member.html", form=form, supplier=supplier, member=member)


def remove_member(supplier_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    """Remove a colleague, after asking once more."""
    supplier, member = _own(supplier_id), _member(supplier_id, person_id)
    policy.require(web.actor(), Act.MEMBER_REMOVE, supplier_id)
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            actions.remove_member(web.actor(), supplier_id, person_id)
            flash(f"You removed {member.name}. We have told them by e-mail.", "success")
            return redirect(url_for("profiles.show_members", supplier_id=supplier_id))
    return page("profiles/remove_member.html", form=form, supplier=supplier, member=member)


def leave_supplier(supplier_id: uuid.UUID) -> Any:
    """Leave the supplier, after asking once more."""
    supplier = _own(supplier_id)
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            name = supplier.name
            actions.leave_supplier(web.actor(), supplier_id)
            flash(f"You left {name}. Its quotes and papers stay with it.", "success")
            return redirect(url_for("home"))
    return page("profiles/leave_supplier.html", form=form, supplier=supplier)


def _own(supplier_id: uuid.UUID) -> Supplier:
    return suppliers.get_own_supplier(db.session(), web.actor(), supplier_id)


def _member(supplier_id: uuid.UUID, person_id: uuid.UUID) -> Member:
    for member in queries.members(db.session(), supplier_id):
        if member.person_id == person_id:
            return member
    raise NotFound
