"""Pages on which openers look after their passphrases."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, url_for

from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.permissions.permission import SCHOOL_PEOPLE
from marketplace.core.policy import Kind
from marketplace.core.web import NavigationItem, answering, page
from suppliers.quotes.keys import actions, boxes, queries
from suppliers.quotes.keys.forms import ChangePassphraseForm, ChoosePassphraseForm, PassphraseForm
from suppliers.quotes.keys.models import OpeningKey

keys = Blueprint("keys", __name__)
SHORTCUTS = (
    NavigationItem(
        "Your opening passphrase",
        "keys.show",
        lambda actor: bool(actor.organisations(Kind.SCHOOL, *SCHOOL_PEOPLE)),
    ),
)


@keys.route("/opening-passphrase")
def show() -> Any:
    """One's own key: since when, when the passphrase was proved, and what it is for."""
    session, actor = db.session(), web.actor()
    if not actor.school_ids:
        raise NotFound
    key = queries.key_of(session, actor.person_id)
    return page(
        "keys/show.html",
        key=key,
        fingerprint=boxes.fingerprint(key.public_key) if key else "",
        named_for=queries.tenders_named_for(session, actor.person_id),
        needed_for=queries.tenders_that_need(session, [key.id]) if key else [],
    )


@keys.route("/opening-passphrase/choose", methods=["GET", "POST"])
def choose() -> Any:
    """Set up a passphrase, typed twice."""
    if not web.actor().school_ids:
        raise NotFound
    form = ChoosePassphraseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.choose_passphrase(web.actor(), form.id_to_make, form.passphrase.data or "")
            flash("You set up your opening passphrase. You can open quotes with it from now on.", "success")
            return redirect(url_for("keys.show"))
    elif _own_key() is not None:
        return redirect(url_for("keys.show"))
    return page("keys/choose.html", form=form)


@keys.route("/opening-passphrase/prove", methods=["GET", "POST"])
def prove() -> Any:
    """Show that one still knows it."""
    if _own_key() is None:
        return redirect(url_for("keys.choose"))
    form = PassphraseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.prove_passphrase(web.actor(), form.passphrase.data or "")
            flash("You proved your opening passphrase.", "success")
            return redirect(url_for("keys.show"))
    return page("keys/prove.html", form=form)


@keys.route("/opening-passphrase/change", methods=["GET", "POST"])
def change() -> Any:
    """Choose another passphrase for the same key."""
    if _own_key() is None:
        return redirect(url_for("keys.choose"))
    form = ChangePassphraseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.change_passphrase(web.actor(), form.present.data or "", form.passphrase.data or "")
            flash("You changed your opening passphrase. Use the new one from now on.", "success")
            return redirect(url_for("keys.show"))
    return page("keys/change.html", form=form)


@keys.route("/opening-passphrase/replace", methods=["GET", "POST"])
def replace() -> Any:
    """Set up a new key in the place of one whose passphrase is forgotten, having read what is lost."""
    key = _own_key()
    if key is None:
        return redirect(url_for("keys.choose"))
    form = ChoosePassphraseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.replace_passphrase(web.actor(), form.id_to_make, form.passphrase.data or "")
            flash("You have a new opening passphrase. The old one opens nothing any more.", "success")
            return redirect(url_for("keys.show"))
    return page("keys/replace.html", form=form, lost=queries.tenders_that_need(db.session(), [key.id]))


def _own_key() -> OpeningKey | None:
    """The reader's key. Raises NotFound for people of no school."""
    if not web.actor().school_ids:
        raise NotFound
    return queries.key_of(db.session(), web.actor().person_id)
