"""Pages on which suppliers register and describe themselves, and schools find them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import login_user

from marketplace.alliance import queries as people
from marketplace.alliance.views import SignedIn
from marketplace.contracts import categories
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page, public
from suppliers.profiles import actions, queries
from suppliers.profiles.forms import EditSupplierForm, FindSuppliersForm, RegisterSupplierForm

profiles = Blueprint("profiles", __name__)
NAVIGATION = (
    NavigationItem("Suppliers", "profiles.index", lambda actor: bool(actor.alliance_ids)),
    NavigationItem("Your organisation", "profiles.show_own", lambda actor: bool(actor.supplier_ids)),
)


@profiles.route("/suppliers/register", methods=["GET", "POST"])
@public
def register_supplier() -> Any:
    """Register a supplier and sign its first person in. Free of charge, and nobody has to approve it."""
    if web.actor().signed_in:
        flash("You are signed in. To register another supplier, sign out first.", "note")
        return redirect(url_for("home"))
    form = RegisterSupplierForm()
    if form.validate_on_submit():
        with answering(form):
            person_id = actions.register_supplier(
                web.actor(),
                form.id_to_make,
                form.details(),
                person_name=form.person_name.data or "",
                email=form.email.data or "",
                password=form.password.data or "",
            )
            actor = people.actor_for(db.session(), person_id)
            if actor:
                login_user(SignedIn(actor))
                flash(f"You registered {form.name.data}. You can quote at once.", "success")
                return redirect(url_for("quotes.index"))
    return page("profiles/register_supplier.html", form=form)


@profiles.route("/suppliers")
def index() -> Any:
    """Suppliers, for people of schools and alliances; of other suppliers nobody sees any."""
    session, actor = db.session(), web.actor()
    form = FindSuppliersForm(request.args)
    form.validate()
    query = queries.matching(actor, form.q.data or "", form.category.data)
    filters = {"q": form.q.data or None, "category": form.category.data}
    pages = page_links(
        queries.count(session, query),
        request.args.get("page"),
        lambda number: url_for("profiles.index", page=number, **filters),
    )
    found = session.scalars(query.offset(pages.offset).limit(pages.size)).all()
    return page(
        "profiles/index.html",
        filters=form,
        filtered=any(filters.values()),
        suppliers=found,
        pages=pages,
        label=categories.label,
    )


@profiles.route("/suppliers/own")
def show_own() -> Any:
    """The page of the reader's own supplier; the first by name of several."""
    own = queries.own_suppliers(db.session(), web.actor())
    if not own:
        raise NotFound
    return redirect(url_for("profiles.show", supplier_id=own[0].id))


@profiles.route("/suppliers/<uuid:supplier_id>")
def show(supplier_id: uuid.UUID) -> Any:
    """A supplier's page, for itself and for schools."""
    supplier = queries.get_supplier(db.session(), web.actor(), supplier_id)
    return page(
        "profiles/show.html",
        supplier=supplier,
        colleagues=queries.people_who_bid(db.session(), supplier_id),
        own=supplier_id in web.actor().supplier_ids,
        label=categories.label,
    )


@profiles.route("/suppliers/<uuid:supplier_id>/edit", methods=["GET", "POST"])
def edit_supplier(supplier_id: uuid.UUID) -> Any:
    """Change a supplier's details."""
    supplier = queries.get_supplier(db.session(), web.actor(), supplier_id)
    if not policy.allows(web.actor(), Act.SUPPLIER_EDIT, supplier_id):
        raise Forbidden("Only the supplier's administrator changes its details.")
    form = EditSupplierForm(obj=supplier)
    if form.validate_on_submit():
        with answering(form):
            actions.edit_supplier(web.actor(), supplier_id, form.version.data, form.details())
            flash(f"You changed the details of {form.name.data}.", "success")
            return redirect(url_for("profiles.show", supplier_id=supplier_id))
    return page("profiles/edit_supplier.html", form=form, supplier_id=supplier_id)
