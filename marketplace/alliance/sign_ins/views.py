"""The pages of signing in and out, and of where one is signed in; and who is asking, for every other page."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response as Answer

from marketplace.alliance.forms import SignInForm
from marketplace.alliance.sign_ins import actions, queries, rules
from marketplace.alliance.views import people
from marketplace.core import clock, web
from marketplace.core.db import db
from marketplace.core.forms import Form
from marketplace.core.policy import Actor
from marketplace.core.web import answering, page, public

logins = LoginManager()
DEVICE = "device"
DEVICE_KEPT = timedelta(days=400)
SEEN = "seen"
OFTEN_ENOUGH = timedelta(minutes=1)


class SignedIn:
    """What Flask-Login keeps: for a session the sign-in's secret, and for a request the actor."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, secret: str, actor: Actor) -> None:
        self.secret = secret
        self.actor = actor

    def get_id(self) -> str:
        """The secret of the sign-in, as the session holds it."""
        return self.secret


def set_up(app: Flask) -> None:
    """Find out who is asking before each request."""
    logins.init_app(app)
    logins.user_loader(_load)
    app.before_request(_who_asks)


def _load(secret: str) -> SignedIn | None:
    actor = queries.who_asks(db.session(), secret, clock.machine_now())
    return SignedIn(secret, actor) if actor else None


def _who_asks() -> None:
    """Let a browser that was used lately be whose it is, and sign one out that lay unused."""
    if not isinstance(current_user._get_current_object(), SignedIn):  # noqa: SLF001  # the proxy's own way
        return
    moment = clock.machine_now()
    seen = session.get(SEEN)
    seen_at = datetime.fromtimestamp(seen, UTC) if isinstance(seen, int) else None
    if rules.is_idle(seen_at, moment):
        logout_user()
        session.clear()
        flash("You were signed out, because nothing was done here for half an hour.")
        return
    g.actor = current_user.actor
    if seen_at is None or moment - seen_at > OFTEN_ENOUGH:
        session[SEEN] = int(moment.timestamp())


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
            return sign_in_here(form.email.data or "", form.password.data or "", target or url_for("home"))
    return page("people/sign_in.html", form=form)


def sign_in_here(email: str, password: str, target: str) -> Answer:
    """Sign somebody in with the browser that asks, and send it to a path. Raises RuleBroken.

    The browser keeps two secrets: its session for this sign-in, and a cookie that shows next time that its
    owner has signed in with it before.
    """
    begun = actions.sign_in(
        email,
        password,
        device=request.cookies.get(DEVICE),
        browser=rules.browser_named(request.user_agent.string),
    )
    signed_in = _load(begun.secret)
    session.clear()
    session[SEEN] = int(clock.machine_now().timestamp())
    login_user(signed_in)
    answer = redirect(target)
    answer.set_cookie(
        DEVICE,
        begun.device,
        max_age=DEVICE_KEPT,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


@people.route("/sign-out", methods=["POST"])
@public
def sign_out() -> Any:
    """End the sign-in, and have the browser forget what it kept of Weald."""
    actions.sign_out(web.actor(), _secret())
    logout_user()
    session.clear()
    flash("You have signed out.")
    answer = redirect(url_for("home"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@people.route("/sign-ins", methods=["GET", "POST"])
def sign_ins() -> Any:
    """Where one is signed in; a form ends all of it but this browser."""
    form = Form()
    if form.validate_on_submit():
        actions.end_others(web.actor(), _secret())
        flash("You are signed in only here now.", "success")
        return redirect(url_for("people.sign_ins"))
    rows = queries.running(db.session(), _own_id(), clock.machine_now())
    return page("sign_ins/sign_ins.html", rows=rows, here=rules.hash_of(_secret()), form=form)


@people.route("/sign-ins/<uuid:sign_in_id>/end", methods=["POST"])
def end_sign_in(sign_in_id: uuid.UUID) -> Any:
    """End one's sign-in in another browser."""
    actions.end_sign_in(web.actor(), sign_in_id)
    flash("You are signed out there.", "success")
    return redirect(url_for("people.sign_ins"))


def _secret() -> str:
    return current_user.get_id() or ""


def _own_id() -> uuid.UUID:
    return web.actor().person_id or uuid.UUID(int=0)
