"""The page of a school's logo."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from invoicing.invoices.logos import actions, queries
from invoicing.invoices.logos.forms import LogoForm
from invoicing.invoices.views import invoices
from marketplace.alliance.queries import get_school
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page


@invoices.route("/logo/<uuid:school_id>", methods=["GET", "POST"])
def set_logo(school_id: uuid.UUID) -> Any:
    """See the logo on a school's invoices, and put another there."""
    actor, session = web.actor(), db.session()
    school = get_school(session, actor, school_id)
    policy.require(actor, Act.LOGO_SET, school.id)
    form = LogoForm()
    if form.validate_on_submit():
        with answering(form):
            actions.set_logo(actor, school_id, form.picture.data.read(), form.words.data)
            flash("The picture stands on every invoice and credit note that your school issues from now on.")
            return redirect(url_for(".set_logo", school_id=school_id))
    return page("invoices/logo.html", form=form, school=school, logo=queries.logo_of(session, school_id))


@invoices.post("/logo/<uuid:school_id>/remove")
def remove_logo(school_id: uuid.UUID) -> Response:
    """Take the logo off a school's invoices."""
    actions.remove_logo(web.actor(), school_id)
    flash(
        "Invoices that your school issues from now on have no picture. Those already issued stay as they are."
    )
    return redirect(url_for(".set_logo", school_id=school_id))
