"""Signing in by a passkey; adding, naming and removing passkeys."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.alliance.forms import SignInForm
from marketplace.alliance.sign_ins.factors.queries import factors_of, own_person
from marketplace.alliance.sign_ins.passkeys import actions, ceremony, challenges, queries
from marketplace.alliance.sign_ins.passkeys.ceremony import Owner
from marketplace.alliance.sign_ins.passkeys.forms import AddPasskeyForm, PasskeyForm, RenamePasskeyForm
from marketplace.alliance.sign_ins.views import before_factor, keep, this_browser
from marketplace.alliance.views import people
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.forms import Form
from marketplace.core.policy import Act
from marketplace.core.web import answering, page, public


@people.route("/sign-in/passkey/challenge", methods=["POST"])
@public
@before_factor
def passkey_challenge() -> Any:
    """What a browser needs to prove somebody by a passkey that they have here. For the script."""
    return ceremony.options_to_prove(challenges.site(), challenges.give())


@people.route("/sign-in/passkey", methods=["POST"])
@public
def sign_in_with_passkey() -> Any:
    """Sign in by a passkey alone: the device has checked its owner, which makes it two factors."""
    target = web.local_path(request.args.get("next"))
    if web.actor().signed_in:
        return redirect(target or url_for("home"))
    form = PasskeyForm()
    if form.validate_on_submit():
        with answering(form):
            begun = actions.sign_in_with_passkey(
                form.credential.data or "", challenges.take(), challenges.site(), **this_browser()
            )
            return keep(begun, target or url_for("home"))
    return page("people/sign_in.html", form=SignInForm(formdata=None), passkey=form, target=target)


@people.route("/security/passkeys/challenge", methods=["POST"])
@before_factor
def new_passkey_challenge() -> Any:
    """What a browser needs to make a passkey. For the script."""
    session = db.session()
    person = own_person(session, web.actor())
    owner = Owner(person.id.bytes, person.name, person.email)
    held = [one.credential_id for one in queries.passkeys_of(session, person.id)]
    return ceremony.options_to_make(challenges.site(), owner, challenges.give(), held)


@people.route("/security/passkeys/add", methods=["GET", "POST"])
@before_factor
def add_passkey() -> Any:
    """Make a passkey on this device or another, and give it a name."""
    policy.require(web.actor(), Act.PASSKEY_ADD)
    form = AddPasskeyForm()
    if form.validate_on_submit():
        with answering(form):
            actor = web.actor()
            actions.add_passkey(
                actor,
                form.id_to_make,
                form.name.data or "",
                form.credential.data or "",
                challenge=challenges.take(),
                site=challenges.site(),
            )
            flash(f"You added the passkey {form.name.data}. You can sign in with it from now on.", "success")
            held = factors_of(db.session(), own_person(db.session(), actor).id)
            return redirect(url_for("people.security" if held.has_codes else "people.recovery_codes"))
    form.credential.data = ""
    return page("passkeys/add_passkey.html", form=form)


@people.route("/security/passkeys/<uuid:passkey_id>", methods=["GET", "POST"])
def rename_passkey(passkey_id: uuid.UUID) -> Any:
    """Call a passkey something else."""
    session = db.session()
    passkey = queries.get_own(session, own_person(session, web.actor()).id, passkey_id)
    form = RenamePasskeyForm(obj=passkey)
    if form.validate_on_submit():
        with answering(form):
            actions.rename_passkey(web.actor(), passkey_id, form.name.data or "")
            flash(f"The passkey is called {form.name.data} now.", "success")
            return redirect(url_for("people.security"))
    return page("passkeys/rename_passkey.html", form=form, passkey=passkey)


@people.route("/security/passkeys/<uuid:passkey_id>/remove", methods=["GET", "POST"])
def remove_passkey(passkey_id: uuid.UUID) -> Any:
    """Take a passkey away, after a look at what that means."""
    policy.require(web.actor(), Act.PASSKEY_REMOVE)
    session = db.session()
    passkey = queries.get_own(session, own_person(session, web.actor()).id, passkey_id)
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            name = passkey.name
            actions.remove_passkey(web.actor(), passkey_id)
            flash(f"You removed the passkey {name}.", "success")
            return redirect(url_for("people.security"))
    return page("passkeys/remove_passkey.html", form=form, passkey=passkey)
