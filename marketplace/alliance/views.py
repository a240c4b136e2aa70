"""Signing in and out."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, request, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from marketplace.alliance import actions, queries
from marketplace.alliance.forms import SignInForm
from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.policy import Actor
from marketplace.core.web import answering, page, public

people = Blueprint("people", __name__)
logins = LoginManager()


class SignedIn:
    """What Flask-Login keeps for a session: the person's id, and for a request, the actor."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """The person's id, as the session holds it."""
        return str(self.actor.person_id)


def set_up(app: Flask) -> None:
    """Find out who is asking before each request."""
    logins.init_app(app)
    logins.user_loader(_load)

    @app.before_request
    def who_asks() -> None:
        if isinstance(current_user._get_current_object(), SignedIn):  # noqa: SLF001  # the proxy's own way
            g.actor = current_user.actor


def _load(person_id: str) -> SignedIn | None:
    actor = queries.actor_for(db.session(), uuid.UUID(person_id))
    return SignedIn(actor) if actor else None


@people.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Sign in with an e-mail address and a password."""
    target = web.local_path(request.args.get("next"))
    if web.actor().signed_in:
        return redirect(target or url_for("home"))
    form = SignInForm()
    if form.validate_on_submit():
        with answering(form):
            person_id = actions.check_password(form.email.data or "", form.password.data or "")
            actor = queries.actor_for(db.session(), person_id)
            if actor:
                login_user(SignedIn(actor))
                return redirect(target or url_for("home"))
    return page("people/sign_in.html", form=form)


@people.route("/sign-out", methods=["POST"])
@public
def sign_out() -> Response:
    """End the session."""
    logout_user()
    flash("You have signed out.")
    return redirect(url_for("home"))
