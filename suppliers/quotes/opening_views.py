"""Pages on which two people from two schools open the quotes of a tender."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import clock, policy, web
from marketplace.core.clock import LONDON
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act, Kind, Role
from marketplace.core.web import answering, page
from marketplace.tenders import queries as tenders
from suppliers.quotes import actions, opening, rules
from suppliers.quotes.declarations.queries import confirmed_with
from suppliers.quotes.keys.forms import PassphraseForm
from suppliers.quotes.openers.rules import STANDING_LABELS
from suppliers.quotes.receipt_views import quotes
from suppliers.quotes.rules import Envelope

__all__ = ["quotes"]


@quotes.route("/tenders/<uuid:tender_id>/opening")
def show_opening(tender_id: uuid.UUID) -> Any:
    """What is opened, what waits, and who may open it."""
    return _show(tender_id, PassphraseForm())


@quotes.route("/tenders/<uuid:tender_id>/opening/<envelope>/start", methods=["POST"])
def start_opening(tender_id: uuid.UUID, envelope: str) -> Any:
    """Start as the first of two openers."""
    form, part = PassphraseForm(), envelope_named(envelope)
    if form.validate_on_submit():
        with answering(form):
            actions.start_opening(web.actor(), tender_id, part, form.passphrase.data or "")
            flash("You started the opening. Now an opener from another school completes it.", "success")
            return redirect(url_for("quotes.show_opening", tender_id=tender_id))
    return _show(tender_id, form)


@quotes.route("/tenders/<uuid:tender_id>/opening/<envelope>/complete", methods=["POST"])
def complete_opening(tender_id: uuid.UUID, envelope: str) -> Any:
    """Complete as the second: the envelope is open from now on."""
    form, part = PassphraseForm(), envelope_named(envelope)
    if form.validate_on_submit():
        with answering(form):
            actions.complete_opening(web.actor(), tender_id, part, form.passphrase.data or "")
            flash("You opened the quotes.", "success")
            return redirect(url_for("quotes.show_opening", tender_id=tender_id))
    return _show(tender_id, form)


@quotes.route("/tenders/<uuid:tender_id>/opening/end", methods=["POST"])
def end_without_quotes(tender_id: uuid.UUID) -> Any:
    """End a tender for which no quote came."""
    form = PassphraseForm()
    with answering(form):
        actions.end_without_quotes(web.actor(), tender_id)
        flash("You ended the tender: no quote was received.", "success")
        return redirect(url_for("quotes.show_opening", tender_id=tender_id))
    return _show(tender_id, form)


def _show(tender_id: uuid.UUID, form: PassphraseForm) -> Any:
    session, actor = db.session(), web.actor()
    tender = tenders.get_tender_of_alliance(session, actor, tender_id)
    view = opening.view_for(session, actor, tender, clock.database_now(session))
    return page(
        "quotes/show_opening.html",
        form=form,
        tender=tender,
        view=view,
        confirmed=confirmed_with(session, view.quotes),
        until=f"{view.until.astimezone(LONDON):%H:%M}" if view.until else "",
        you=actor.person_id,
        may_recover=policy.allows(
            actor,
            Act.OPENING_RECOVER,
            tender.alliance_id,
            *actor.organisations(Kind.SCHOOL, Role.HEADTEACHER),
        ),
        labels=STANDING_LABELS,
        rules=rules,
    )


def envelope_named(name: str) -> Envelope:
    """The envelope of an address. Raises NotFound."""
    try:
        return Envelope(name)
    except ValueError:
        raise NotFound from None
