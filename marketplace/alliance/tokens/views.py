"""The pages of one's own tokens; and whose token a program's request came with."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import Flask, flash, g, redirect, request, url_for

from marketplace.alliance.tokens import actions, queries, rules
from marketplace.alliance.tokens.forms import MakeTokenForm
from marketplace.alliance.views import people
from marketplace.core import clock, policy, web
from marketplace.core.actors import Proof
from marketplace.core.api.bearers import Bearer
from marketplace.core.api.scopes import SCOPE_LABELS
from marketplace.core.db import db
from marketplace.core.forms import Form
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

__all__ = ["people"]


def set_up(app: Flask) -> None:
    """Find out whose token a program came with, before each of its requests."""
    app.before_request(_whose_token)


def _whose_token() -> None:
    """Let a program act for the owner of its token. Without a token that holds, it is nobody."""
    credentials = request.authorization
    secret = (credentials.token or "") if credentials and credentials.type == "bearer" else ""
    if not web.asked_by_program() or not rules.is_token(secret):
        return
    session, moment = db.session(), clock.machine_now()
    token = queries.find_live(session, secret, moment)
    acting = queries.actor_of(session, token) if token else None
    if token is None or acting is None:
        return
    g.bearer = Bearer(token.id, queries.scopes_of(token), secret)
    g.actor = acting
    if not rules.is_noted(token.used_at, moment):
        actions.note_use(replace(acting, token_id=None, acts=None, proof=Proof.FRESH), token.id)


@people.route("/tokens")
def tokens() -> Any:
    """One's own tokens: what each may do, until when, and when it was used last."""
    rows = queries.live(db.session(), web.actor(), clock.machine_now())
    return page(
        "tokens/tokens.html", rows=rows, scopes_of=queries.scopes_of, labels=SCOPE_LABELS, form=Form()
    )


@people.route("/tokens/make", methods=["GET", "POST"])
def make_token() -> Any:
    """Make a token, and see it this once."""
    actor = web.actor()
    policy.require(actor, Act.TOKEN_MAKE, *(seat.organisation_id for seat in actor.seats))
    form = MakeTokenForm()
    if form.validate_on_submit():
        with answering(form):
            secret = actions.make_token(
                actor, form.id_to_make, form.name.data or "", form.scopes.data or (), form.days.data
            )
            if secret is None:
                flash("The token was shown already, and only once. Make a new one if you did not keep it.")
                return redirect(url_for("people.tokens"))
            return page("tokens/made.html", secret=secret, name=form.name.data)
    return page("tokens/make_token.html", form=form)


@people.route("/tokens/<uuid:token_id>/revoke", methods=["POST"])
def revoke_token(token_id: uuid.UUID) -> Any:
    """End one's own token."""
    name = actions.revoke_token(web.actor(), token_id)
    flash(f"You revoked the token “{name}”. A program that has it gets nothing more.", "success")
    return redirect(url_for("people.tokens"))
