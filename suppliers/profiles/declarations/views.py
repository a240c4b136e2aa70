"""The pages of a supplier's declarations, for the supplier itself."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from suppliers.profiles import queries as suppliers
from suppliers.profiles.declarations import actions, grounds, queries
from suppliers.profiles.declarations.forms import declaration_form


def show_declarations(supplier_id: uuid.UUID) -> Any:
    """What the supplier declares now, and every version before. Schools read what came with a quote."""
    supplier = suppliers.get_own_supplier(db.session(), web.actor(), supplier_id)
    return page(
        "profiles/declarations.html",
        supplier=supplier,
        versions=queries.versions(db.session(), supplier_id),
        outdated=_outdated(supplier_id),
    )


def make_declaration(supplier_id: uuid.UUID) -> Any:
    """Fill in the declarations once, or anew."""
    supplier = suppliers.get_own_supplier(db.session(), web.actor(), supplier_id)
    policy.require(web.actor(), Act.DECLARATION_MAKE, supplier_id)
    before = queries.latest(db.session(), supplier_id)
    form = declaration_form(
        grounds.edition_on(clock.today()),
        queries.declared_in(before) if before else None,
        before.number if before else 0,
        request.form.getlist("mandatory") + request.form.getlist("discretionary") if request.form else None,
    )
    target = web.local_path(request.args.get("next"))
    if form.validate_on_submit():
        with answering(form):
            actions.make_declaration(
                web.actor(), supplier_id, form.id_to_make, form.version.data or 0, form.declared()
            )
            flash("You made your declarations. You confirm them with each quote.", "success")
            return redirect(target or url_for("profiles.show_declarations", supplier_id=supplier_id))
    return page("profiles/make_declaration.html", form=form, supplier=supplier)


def _outdated(supplier_id: uuid.UUID) -> bool:
    """Was the law's list changed since the supplier declared?"""
    row = queries.latest(db.session(), supplier_id)
    return row is not None and row.holds_from != grounds.edition_on(clock.today()).holds_from
