"""The page on which a school records what the debarment list said about a supplier."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from suppliers.profiles import queries as suppliers
from suppliers.profiles.debarment import actions, queries, rules
from suppliers.profiles.debarment.forms import LookUpForm


def record_look_up(supplier_id: uuid.UUID) -> Any:
    """Record a look-up; the earlier ones are shown below."""
    session, actor = db.session(), web.actor()
    supplier = suppliers.get_supplier(session, actor, supplier_id)
    policy.require(actor, Act.DEBARMENT_LOOK_UP, *queries.schools_looking(actor))
    form = LookUpForm(looked_on=clock.today())
    if form.validate_on_submit():
        with answering(form):
            actions.record_look_up(actor, supplier_id, form.id_to_make, form.look_up())
            flash(
                "You recorded what the debarment list said. Other schools of your alliance read it.",
                "success",
            )
            return redirect(url_for("profiles.show", supplier_id=supplier_id))
    return page(
        "profiles/record_look_up.html",
        form=form,
        supplier=supplier,
        look_ups=queries.look_ups(session, actor, supplier_id),
        section=rules.SECTION,
    )
