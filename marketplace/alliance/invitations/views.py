"""The list of invitations that wait."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.alliance.invitations import actions, queries
from marketplace.alliance.rules import ROLE_LABELS
from marketplace.alliance.views import people
from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.errors import RuleBroken
from marketplace.core.web import page


@people.route("/people/invitations")
def invitations() -> Any:
    """Who was added where the reader adds people, and has not chosen a password yet."""
    rows = queries.waiting(db.session(), queries.organisations_of(web.actor()))
    return page("invitations/invitations.html", rows=rows, role_labels=ROLE_LABELS)


@people.route("/people/<uuid:organisation_id>/invitations/<uuid:person_id>/send", methods=["POST"])
def send_invitation(organisation_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    """Send a new link."""
    try:
        name = actions.send_again(web.actor(), organisation_id, person_id)
    except RuleBroken as refused:
        flash(refused.message)
    else:
        flash(f"We have sent {name} a new link. It works once, for a week.", "success")
    return redirect(url_for("people.invitations"))


@people.route("/people/<uuid:organisation_id>/invitations/<uuid:person_id>/withdraw", methods=["POST"])
def withdraw_invitation(organisation_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    """Take an invitation back."""
    name = actions.withdraw(web.actor(), organisation_id, person_id)
    flash(f"You withdrew the invitation of {name}.", "success")
    return redirect(url_for("people.invitations"))
