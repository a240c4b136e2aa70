"""Pages on which suppliers register and describe themselves, and schools find them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from marketplace.alliance.sign_ins.views import sign_in_here
from marketplace.contracts import categories
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page, public
from suppliers.profiles import actions, queries
from suppliers.profiles.alerts import queries as alerts
from suppliers.profiles.alerts import views as alert_views
from suppliers.profiles.bank import queries as bank
from suppliers.profiles.bank import views as bank_views
from suppliers.profiles.debarment import queries as debarment
from suppliers.profiles.debarment import rules as debarment_rules
from suppliers.profiles.debarment import views as debarment_views
from suppliers.profiles.declarations import queries as declarations
from suppliers.profiles.declarations import views as declaration_views
from suppliers.profiles.documents import queries as documents
from suppliers.profiles.documents import rules as document_rules
from suppliers.profiles.documents import views as document_views
from suppliers.profiles.forms import (
    EditSupplierForm,
    FindSuppliersForm,
    RegisterSupplierForm,
    area_choices,
)
from suppliers.profiles.members import views as member_views
from suppliers.profiles.queries import Wanted

profiles = Blueprint("profiles", __name__)
BOTH = ("GET", "POST")
_SUPPLIER = "/suppliers/<uuid:supplier_id>"
for _path, _view, _methods in (
    ("/alerts/stop/<token>", alert_views.stop_alerts, BOTH),
    ("/alerts/stop", alert_views.stop_own_alerts, ("POST",)),
    ("/alerts/resume", alert_views.resume_alerts, ("POST",)),
    (f"{_SUPPLIER}/declarations", declaration_views.show_declarations, ("GET",)),
    (f"{_SUPPLIER}/declarations/make", declaration_views.make_declaration, BOTH),
    (f"{_SUPPLIER}/debarment", debarment_views.record_look_up, BOTH),
    (f"{_SUPPLIER}/documents", document_views.show_documents, ("GET",)),
    (f"{_SUPPLIER}/documents/add", document_views.add_document, BOTH),
    (f"{_SUPPLIER}/documents/use", document_views.use_documents, ("POST",)),
    (f"{_SUPPLIER}/documents/stop-using", document_views.stop_using_documents, ("POST",)),
    (f"{_SUPPLIER}/documents/<uuid:document_id>", document_views.download_document, ("GET",)),
    (f"{_SUPPLIER}/documents/<uuid:document_id>/check", document_views.check_document, BOTH),
    (f"{_SUPPLIER}/documents/<uuid:document_id>/retire", document_views.retire_document, ("POST",)),
    (f"{_SUPPLIER}/bank", bank_views.show_bank, ("GET",)),
    (f"{_SUPPLIER}/bank/propose", bank_views.propose_account, BOTH),
    (f"{_SUPPLIER}/bank/approve", bank_views.approve_account, ("POST",)),
    (f"{_SUPPLIER}/bank/check", bank_views.check_account, BOTH),
    (f"{_SUPPLIER}/bank/stop", bank_views.stop_change, BOTH),
    (f"{_SUPPLIER}/people", member_views.show_members, ("GET",)),
    (f"{_SUPPLIER}/people/leave", member_views.leave_supplier, BOTH),
    (f"{_SUPPLIER}/people/<uuid:person_id>", member_views.change_member, BOTH),
    (f"{_SUPPLIER}/people/<uuid:person_id>/remove", member_views.remove_member, BOTH),
):
    profiles.add_url_rule(_path, view_func=_view, methods=_methods)

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
    form.areas.choices = area_choices(queries.other_areas(db.session()))
    if form.validate_on_submit():
        with answering(form):
            actions.register_supplier(
                web.actor(),
                form.id_to_make,
                form.details(),
                person_name=form.person_name.data or "",
                email=form.email.data or "",
                password=form.password.data or "",
            )
            answer = sign_in_here(form.email.data or "", form.password.data or "", url_for("quotes.index"))
            flash(f"You registered {form.name.data}. You can quote at once.", "success")
            return answer
    return page("profiles/register_supplier.html", form=form)


@profiles.route("/suppliers/guide")
@public
def guide() -> Any:
    """How suppliers take part, for anybody."""
    return page("profiles/guide.html")


@profiles.route("/suppliers")
def index() -> Any:
    """Suppliers, for people of schools and alliances; of other suppliers nobody sees any."""
    session, actor = db.session(), web.actor()
    form = FindSuppliersForm()
    form.area.choices = area_choices(queries.other_areas(session))
    form.validate()
    wanted = Wanted(
        form.q.data or "",
        form.category.data,
        form.area.data,
        sme=bool(form.sme.data),
        vcse=bool(form.vcse.data),
    )
    query = queries.matching(actor, wanted)
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    found = session.scalars(query.offset(pages.offset).limit(pages.size)).all()
    return page(
        "profiles/index.html",
        filters=form,
        filtered=form.used,
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
    session, actor = db.session(), web.actor()
    supplier = queries.get_supplier(session, actor, supplier_id)
    own = supplier_id in actor.supplier_ids
    of_supplier = documents.of_supplier(session, supplier_id)
    return page(
        "profiles/show.html",
        supplier=supplier,
        declaration=declarations.latest(session, supplier_id) if own else None,
        documents=of_supplier,
        checkers=documents.checkers(session, actor, of_supplier),
        document_labels=document_rules.KIND_LABELS,
        today=clock.today(),
        sees_account=bank.may_read(session, actor, supplier_id),
        alerts_stopped=alerts.has_stopped(session, actor.person_id) if own else False,
        colleagues=queries.people_who_bid(session, supplier_id),
        own=own,
        look_ups=debarment.look_ups(session, actor, supplier_id),
        looks_up=bool(debarment.schools_looking(actor)),
        debarment_section=debarment_rules.SECTION,
        label=categories.label,
    )


@profiles.route("/suppliers/<uuid:supplier_id>/edit", methods=["GET", "POST"])
def edit_supplier(supplier_id: uuid.UUID) -> Any:
    """Change a supplier's details."""
    supplier = queries.get_supplier(db.session(), web.actor(), supplier_id)
    if not policy.allows(web.actor(), Act.SUPPLIER_EDIT, supplier_id):
        raise Forbidden("Only the supplier's administrator changes its details.")
    form = EditSupplierForm(obj=supplier)
    form.areas.choices = area_choices(queries.other_areas(db.session()))
    if form.validate_on_submit():
        with answering(form):
            actions.edit_supplier(web.actor(), supplier_id, form.version.data, form.details())
            flash(f"You changed the details of {form.name.data}.", "success")
            return redirect(url_for("profiles.show", supplier_id=supplier_id))
    return page("profiles/edit_supplier.html", form=form, supplier_id=supplier_id)
