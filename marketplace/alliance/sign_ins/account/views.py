"""The pages on which one changes one's own e-mail address and password."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.alliance.links import hash_of_token
from marketplace.alliance.sign_ins.account import actions, queries
from marketplace.alliance.sign_ins.account.forms import ChangeAddressForm, ChangePasswordForm
from marketplace.alliance.sign_ins.factors.queries import own_person
from marketplace.alliance.sign_ins.views import DEVICE, own_secret
from marketplace.alliance.views import people
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.forms import Form
from marketplace.core.policy import Act
from marketplace.core.web import answering, page, public


@people.route("/security/e-mail", methods=["GET", "POST"])
def change_address() -> Any:
    """Ask to sign in with another address."""
    policy.require(web.actor(), Act.EMAIL_ASK)
    person = own_person(db.session(), web.actor())
    form = ChangeAddressForm()
    if form.validate_on_submit():
        with answering(form):
            actions.ask_for_address(web.actor(), form.id_to_make, form.email.data or "")
            flash(
                f"We have sent a link to {form.email.data}. Open it to confirm that address. "
                "Until then you sign in with the one you have.",
                "success",
            )
            return redirect(url_for("people.security"))
    return page("account/change_address.html", form=form, email=person.email)


@people.route("/e-mail/confirm/<token>", methods=["GET", "POST"])
@public
def confirm_address(token: str) -> Any:
    """Confirm a new address, by the link that was sent to it."""
    change = queries.to_confirm(db.session(), hash_of_token(token))
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            email = change.new_email
            actions.confirm_address(token)
            flash(f"You sign in with {email} now.", "success")
            return redirect(url_for("people.security"))
    return page("account/confirm_address.html", form=form, change=change)


@people.route("/e-mail/undo/<token>", methods=["GET", "POST"])
@public
def undo_address(token: str) -> Any:
    """Stop a change of address, or take it back, by the link that was sent to the old one."""
    change = queries.to_undo(db.session(), hash_of_token(token))
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            if actions.undo_address(token):
                flash(
                    "You took the change back. Nobody is signed in as you any more. We have sent you a link "
                    "to choose a new password.",
                    "success",
                )
            else:
                flash("You stopped the change. Choose a new password if you had not asked for it.", "success")
            return redirect(url_for("people.sign_in"))
    return page("account/undo_address.html", form=form, change=change)


@people.route("/security/password", methods=["GET", "POST"])
def change_password() -> Any:
    """Choose another password, knowing the present one."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with answering(form):
            actions.change_password(
                web.actor(),
                own_secret(),
                form.present.data or "",
                form.password.data or "",
                device=request.cookies.get(DEVICE),
            )
            flash("You changed your password, and were signed out everywhere else.", "success")
            return redirect(url_for("people.security"))
    return page("account/change_password.html", form=form)
