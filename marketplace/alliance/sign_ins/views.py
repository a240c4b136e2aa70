"""The pages of signing in and out, and of where one is signed in; and who is asking, for every other page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict, TypeVar

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response as Answer

from marketplace.alliance.forms import SignInForm
from marketplace.alliance.sign_ins import actions, queries, rules
from marketplace.alliance.sign_ins.actions import Begun, FactorNeeded
from marketplace.alliance.sign_ins.passkeys.forms import PasskeyForm
from marketplace.alliance.sign_ins.providers.rules import Provider, offered
from marketplace.alliance.views import people
from marketplace.core import clock, web
from marketplace.core.db import db
from marketplace.core.policy import Actor, Proof
from marketplace.core.web import answering, page, public

logins = LoginManager()
DEVICE = "device"
DEVICE_KEPT = timedelta(days=400)
SEEN = "seen"
OFTEN_ENOUGH = timedelta(minutes=1)
HALFWAY = "halfway"

View = TypeVar("View", bound=Callable[..., Any])


class Browser(TypedDict):
    """The secret by which a browser was known before, and what its owner would call it."""

    device: str | None
    browser: str


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


def before_factor(view: View) -> View:
    """Let somebody see this view who has still to set up the second factor that their role asks for."""
    view.is_before_factor = True  # type: ignore[attr-defined]  # a mark on the function, read below
    return view


def set_up(app: Flask) -> None:
    """Find out who is asking before each request."""
    logins.init_app(app)
    logins.user_loader(load)
    app.before_request(_who_asks)


def load(secret: str) -> SignedIn | None:
    """Whose sign-in this secret is; None when it has ended."""
    actor = queries.who_asks(db.session(), secret, clock.machine_now())
    return SignedIn(secret, actor) if actor else None


def _who_asks() -> Answer | None:
    """Let a browser that was used lately be whose it is, and sign one out that lay unused.

    Somebody whose role asks for a second factor, and who has none, is sent to set one up first. A program
    is never known by a cookie, so that no page elsewhere can have a browser ask in its place.
    """
    if web.asked_by_program():
        return None
    if not isinstance(current_user._get_current_object(), SignedIn):  # noqa: SLF001  # the proxy's own way
        return None
    moment = clock.machine_now()
    seen = session.get(SEEN)
    seen_at = datetime.fromtimestamp(seen, UTC) if isinstance(seen, int) else None
    if rules.is_idle(seen_at, moment):
        logout_user()
        session.clear()
        flash("You were signed out, because nothing was done here for half an hour.")
        return None
    g.actor = current_user.actor
    if seen_at is None or moment - seen_at > OFTEN_ENOUGH:
        session[SEEN] = int(moment.timestamp())
    if g.actor.proof is not Proof.HALF or request.endpoint in (None, "static"):
        return None
    view = current_app.view_functions[request.endpoint]
    return None if getattr(view, "is_before_factor", False) else redirect(url_for("people.security"))


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
    return page(
        "people/sign_in.html", form=form, passkey=PasskeyForm(), target=target, providers=providers_offered()
    )


def sign_in_here(email: str, password: str, target: str) -> Answer:
    """Sign somebody in with the browser that asks, and send it to a path. Raises RuleBroken.

    Whoever has a second factor is sent to give it first.
    """
    person_id = actions.check_password(email, password, device=this_device())
    return let_in(person_id, target)


def let_in(
    person_id: uuid.UUID, target: str, *, proof: str = actions.PASSWORD, two_factors: bool = False
) -> Answer:
    """Send a browser on whose person was proven by a first factor, a password or a provider.

    To the second factor where there is one and the provider asked for none, and otherwise to a path here.
    """
    try:
        begun = actions.admit(person_id, **this_browser(), proof=proof, two_factors=two_factors)
    except FactorNeeded as needed:
        session.clear()
        session[HALFWAY] = [str(needed.person_id), int(clock.machine_now().timestamp())]
        return redirect(url_for("people.second_factor", next=target))
    return keep(begun, target)


def this_browser() -> Browser:
    """What a sign-in notes of the browser that asks."""
    return {
        "device": this_device(),
        "browser": rules.browser_named(request.user_agent.string),
    }


def this_device() -> str | None:
    """The secret by which the browser that asks was known before."""
    return request.cookies.get(_device_cookie())


def _device_cookie() -> str:
    return web.cookie_name(DEVICE, by_https=current_app.config["SESSION_COOKIE_SECURE"])


def who_is_halfway() -> uuid.UUID | None:
    """Whose password was right in this browser a moment ago; None when nobody's was, or too long ago."""
    person_id, at = session.get(HALFWAY) or (None, 0)
    fresh = clock.machine_now() - datetime.fromtimestamp(at, UTC) <= rules.HALFWAY_LASTS
    return uuid.UUID(person_id) if person_id and fresh else None


def keep(begun: Begun, target: str) -> Answer:
    """Have the browser keep a sign-in that was begun, and send it to a path.

    It keeps two secrets: its session for this sign-in, and a cookie that shows next time that its owner has
    signed in with it before.
    """
    signed_in = load(begun.secret)
    session.clear()
    session[SEEN] = int(clock.machine_now().timestamp())
    login_user(signed_in)
    answer = redirect(target)
    answer.set_cookie(
        _device_cookie(),
        begun.device,
        max_age=DEVICE_KEPT,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


@people.route("/sign-out", methods=["POST"])
@public
@before_factor
def sign_out() -> Any:
    """End the sign-in, and have the browser forget what it kept of Weald."""
    actions.sign_out(web.actor(), own_secret())
    logout_user()
    session.clear()
    flash("You have signed out.")
    answer = redirect(url_for("home"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@people.route("/sign-ins", methods=["POST"])
def end_others() -> Any:
    """End every sign-in but that of this browser."""
    actions.end_others(web.actor(), own_secret())
    flash("You are signed in only here now.", "success")
    return redirect(url_for("people.security"))


@people.route("/sign-ins/<uuid:sign_in_id>/end", methods=["POST"])
def end_sign_in(sign_in_id: uuid.UUID) -> Any:
    """End one's sign-in in another browser."""
    actions.end_sign_in(web.actor(), sign_in_id)
    flash("You are signed out there.", "success")
    return redirect(url_for("people.security"))


def providers_offered() -> tuple[Provider, ...]:
    """With whose accounts people can sign in here."""
    return offered(current_app.extensions["settings"])


def own_secret() -> str:
    """The secret of this browser's sign-in; blank when there is none."""
    return current_user.get_id() or ""
