"""The Security page of a person, their authenticator app, recovery codes; the second step of signing in."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from marketplace.alliance.sign_ins import queries as sign_ins
from marketplace.alliance.sign_ins.factors import actions, pictures, queries, required, rules
from marketplace.alliance.sign_ins.factors.forms import AuthenticatorForm, SecondFactorForm
from marketplace.alliance.sign_ins.passkeys import queries as passkeys
from marketplace.alliance.sign_ins.passkeys.forms import PasskeyForm
from marketplace.alliance.sign_ins.providers.queries import links_of
from marketplace.alliance.sign_ins.providers.rules import LABELS
from marketplace.alliance.sign_ins.rules import hash_of
from marketplace.alliance.sign_ins.views import (
    before_factor,
    keep,
    own_secret,
    providers_offered,
    this_browser,
    who_is_halfway,
)
from marketplace.alliance.views import people
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.forms import Form, NewThingForm
from marketplace.core.policy import Act, Proof
from marketplace.core.web import answering, page, public

SEALED_FOR_SECONDS = 1800


@people.route("/sign-in/second-factor", methods=["GET", "POST"])
@public
def second_factor() -> Any:
    """The second step of signing in, after a password or a provider."""
    target = web.local_path(request.args.get("next")) or url_for("home")
    person_id = who_is_halfway()
    if person_id is None:
        return redirect(url_for("people.sign_in", next=target))
    form = SecondFactorForm()
    if form.validate_on_submit():
        with answering(form):
            begun = actions.sign_in_with_code(person_id, form.code.data or "", **this_browser())
            return keep(begun, target)
    held = queries.factors_of(db.session(), person_id)
    return page("factors/second_factor.html", form=form, passkey=PasskeyForm(), held=held, target=target)


@people.route("/security")
@before_factor
def security() -> Any:
    """How one signs in, and where one is signed in: all in one place."""
    actor, reading = web.actor(), db.session()
    person = queries.own_person(reading, actor)
    return page(
        "factors/security.html",
        person=person,
        held=queries.factors_of(reading, person.id),
        passkeys=passkeys.passkeys_of(reading, person.id),
        few=rules.FEW_CODES,
        is_half=actor.proof is Proof.HALF,
        asks=required.asks(reading, actor),
        is_demonstration=required.is_demonstration(),
        rows=sign_ins.running(reading, person.id, clock.machine_now()),
        here=hash_of(own_secret()),
        accounts=links_of(reading, person.id),
        labels=LABELS,
        providers=providers_offered(),
        form=Form(),
    )


@people.route("/security/authenticator", methods=["GET", "POST"])
@before_factor
def add_authenticator() -> Any:
    """Set up an authenticator app: read the picture, enter a code."""
    actor, reading = web.actor(), db.session()
    person = queries.own_person(reading, actor)
    policy.require(actor, Act.FACTOR_ADD)
    form = AuthenticatorForm()
    secret = _secret_of(form.sealed.data, person.id) or rules.new_secret()
    form.sealed.data = _serializer().dumps([str(person.id), secret])
    if form.validate_on_submit():
        with answering(form):
            actions.add_authenticator(actor, secret, form.code.data or "")
            flash("You set up an authenticator app.", "success")
            return redirect(_codes_next(person.id))
    return page(
        "factors/add_authenticator.html",
        form=form,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        picture=pictures.drawn(
            rules.address_of(secret, person.email), "QR code for your app; the letters below say the same"
        ),
    )


def _codes_next(person_id: uuid.UUID) -> str:
    """After a first factor come recovery codes; after another one, the Security page."""
    held = queries.factors_of(db.session(), person_id)
    return url_for("people.security" if held.has_codes else "people.recovery_codes")


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="authenticator")


def _secret_of(sealed: str | None, person_id: uuid.UUID) -> str | None:
    """The secret that a form of this person carries, as we made it; None for any other, and an old one."""
    try:
        whose, secret = _serializer().loads(sealed or "", max_age=SEALED_FOR_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(secret) if whose == str(person_id) else None


@people.route("/security/authenticator/remove", methods=["GET", "POST"])
def remove_authenticator() -> Any:
    """Take the app away, after a look at what that means."""
    form = Form()
    policy.require(web.actor(), Act.FACTOR_REMOVE)
    held = queries.factors_of(db.session(), queries.own_person(db.session(), web.actor()).id)
    if held.app_added_at is None:
        return redirect(url_for("people.security"))
    if form.validate_on_submit():
        with answering(form):
            actions.remove_authenticator(web.actor())
            flash("You removed the authenticator app.", "success")
            return redirect(url_for("people.security"))
    return page("factors/remove_authenticator.html", form=form, held=held)


@people.route("/security/recovery-codes", methods=["GET", "POST"])
@before_factor
def recovery_codes() -> Any:
    """Make recovery codes, which are shown this once."""
    form = NewThingForm()
    policy.require(web.actor(), Act.FACTOR_MAKE_CODES)
    held = queries.factors_of(db.session(), queries.own_person(db.session(), web.actor()).id)
    if form.validate_on_submit():
        with answering(form):
            codes = actions.make_codes(web.actor(), form.id_to_make)
            return page("factors/codes_made.html", codes=codes, at=clock.now())
    return page("factors/recovery_codes.html", form=form, held=held, count=rules.CODES_ON_A_SHEET)
