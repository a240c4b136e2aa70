"""The page that asks for a proof, and then goes on with what was being done, form and all."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Flask, redirect, request, url_for
from flask_login import login_user
from werkzeug.wrappers import Response as Answer

from marketplace.alliance.sign_ins.factors.queries import factors_of, own_person
from marketplace.alliance.sign_ins.passkeys import challenges
from marketplace.alliance.sign_ins.proving import actions
from marketplace.alliance.sign_ins.proving.forms import (
    OWN_FIELDS,
    PasskeyProofForm,
    PasswordProofForm,
    ProofForm,
)
from marketplace.alliance.sign_ins.views import load, own_secret, this_device
from marketplace.alliance.views import people
from marketplace.core import web
from marketplace.core.api import problems
from marketplace.core.db import db
from marketplace.core.errors import ProofNeeded
from marketplace.core.web import answering, page

Other = TypeVar("Other", bound=ProofForm)
SENT_AGAIN = 307
SEEN_NEXT = 303


def set_up(app: Flask) -> None:
    """Ask for a proof wherever an action needs one."""
    app.register_error_handler(ProofNeeded, _ask)


def _ask(refusal: ProofNeeded) -> tuple[Any, int] | Answer:
    """Ask, and keep what was sent in the page, to be sent again when it is proven."""
    if web.asked_by_program():
        return problems.answer(403, f"This needs a person at a browser: {refusal.message}.")
    form, passkey = PasswordProofForm(formdata=None), PasskeyProofForm(formdata=None)
    for each in (form, passkey):
        each.proof_next.data = request.full_path.rstrip("?")
        each.proof_method.data = request.method
    text, _ = _page(form, passkey, refusal.message)
    return text, 403


def _page(form: PasswordProofForm, passkey: PasskeyProofForm, doing: str = "") -> tuple[str, int]:
    session = db.session()
    person = own_person(session, web.actor())
    return page(
        "proving/prove.html",
        form=form,
        passkey=passkey,
        doing=doing,
        person=person,
        held=factors_of(session, person.id),
        files=[file.filename for file in request.files.values() if file.filename],
        kept=[
            (name, value)
            for name, values in request.form.lists()
            if name not in OWN_FIELDS
            for value in values
        ],
    )


@people.route("/prove", methods=["POST"])
def prove() -> Any:
    """Prove oneself by password and code, and go on."""
    form = PasswordProofForm()
    if own_person(db.session(), web.actor()).password_hash is None:
        form.proof_password.validators = []
    if form.validate_on_submit():
        with answering(form):
            renewed = actions.prove(
                web.actor(),
                own_secret(),
                form.proof_password.data or "",
                form.proof_code.data or "",
                device=this_device(),
            )
            return _go_on(renewed, form)
    return _page(form, _of_the_other_kind(PasskeyProofForm, form))


@people.route("/prove/passkey", methods=["POST"])
def prove_by_passkey() -> Any:
    """Prove oneself by a passkey, and go on."""
    form = PasskeyProofForm()
    if form.validate_on_submit():
        with answering(form):
            renewed = actions.prove_by_passkey(
                web.actor(),
                own_secret(),
                form.proof_credential.data or "",
                challenge=challenges.take(),
                site=challenges.site(),
            )
            return _go_on(renewed, form)
    form.proof_credential.data = ""
    return _page(_of_the_other_kind(PasswordProofForm, form), form)


def _of_the_other_kind(kind: type[Other], form: ProofForm) -> Other:
    other = kind(formdata=None)
    other.proof_next.data, other.proof_method.data = form.proof_next.data, form.proof_method.data
    return other


def _go_on(renewed: str, form: ProofForm) -> Answer:
    """Keep the renewed sign-in, and have the browser send what it had sent before once more."""
    login_user(load(renewed))
    target = web.local_path(form.proof_next.data) or url_for("home")
    return redirect(target, SENT_AGAIN if form.proof_method.data == "POST" else SEEN_NEXT)
