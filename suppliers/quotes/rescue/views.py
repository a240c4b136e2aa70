"""Pages for when the usual way fails: printed recovery keys, opening with them, putting a quote right."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, url_for

from marketplace.alliance import queries as alliance
from marketplace.core import clock, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind, Role
from marketplace.core.web import NavigationItem, answering, page
from marketplace.tenders import queries as tenders
from suppliers.quotes import opening, queries
from suppliers.quotes import rules as quote_rules
from suppliers.quotes.copies import read_copy
from suppliers.quotes.keys import boxes
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.rules import PAPER_LABELS, Paper
from suppliers.quotes.opening_views import envelope_named
from suppliers.quotes.rescue import actions
from suppliers.quotes.rescue.forms import DiscloseForm, MakeKeyForm, RecoveryKeyForm
from suppliers.quotes.rescue.queries import keeping

rescue = Blueprint("rescue", __name__)


def _concerned(actor: Actor) -> bool:
    """Whom recovery keys concern: coordinators, auditors and headteachers."""
    officers = actor.organisations(Kind.ALLIANCE, Role.COORDINATOR, Role.AUDITOR)
    return bool(officers or (actor.alliance_ids and actor.organisations(Kind.SCHOOL, Role.HEADTEACHER)))


SHORTCUTS = (NavigationItem("Recovery keys", "rescue.recovery_keys", _concerned),)


@rescue.route("/recovery-keys")
def recovery_keys() -> Any:
    """The two printed keys of each alliance of the reader: since when, and who made them."""
    session, actor = db.session(), web.actor()
    if not _concerned(actor):
        raise NotFound
    return page(
        "rescue/recovery_keys.html",
        alliances=[
            (
                one,
                [
                    (
                        paper,
                        keys.printed_key(session, one.id, paper),
                        bool(keeping(session, actor, one.id, paper)),
                    )
                    for paper in Paper
                ],
            )
            for one in alliance.alliances_of(session, actor)
        ],
        labels=PAPER_LABELS,
        fingerprint=boxes.fingerprint,
    )


@rescue.route("/recovery-keys/<uuid:alliance_id>/<paper>/make", methods=["GET", "POST"])
def make_recovery_key(alliance_id: uuid.UUID, paper: str) -> Any:
    """Make one of the two keys, and show it once, to be printed."""
    session, actor = db.session(), web.actor()
    wanted = _paper(paper)
    if alliance_id not in actor.alliance_ids or not keeping(session, actor, alliance_id, wanted):
        raise NotFound
    form = MakeKeyForm()
    name = alliance.names(session, [alliance_id])[alliance_id]
    if form.validate_on_submit():
        with answering(form):
            printed = actions.make_recovery_key(actor, form.id_to_make, alliance_id, wanted)
            made = keys.printed_key(db.session(), alliance_id, wanted)
            return page(
                "rescue/sheet.html",
                groups=printed.split("-"),
                alliance=name,
                holder=PAPER_LABELS[wanted],
                made=made,
                fingerprint=boxes.fingerprint(made.public_key) if made else "",
            )
    before = keys.printed_key(session, alliance_id, wanted)
    return page(
        "rescue/make_recovery_key.html",
        form=form,
        alliance=name,
        holder=PAPER_LABELS[wanted],
        before=before,
        needed=keys.tenders_that_need(session, [before.id]) if before else [],
    )


@rescue.route("/tenders/<uuid:tender_id>/opening/<envelope>/recovery", methods=["GET", "POST"])
def recover(tender_id: uuid.UUID, envelope: str) -> Any:
    """Open an envelope with the two printed keys: start with one, complete with the other."""
    session, actor = db.session(), web.actor()
    tender = tenders.get_tender_of_alliance(session, actor, tender_id)
    if not _concerned(actor):
        raise NotFound
    part, form = envelope_named(envelope), RecoveryKeyForm()
    begun = opening.opening_of(session, tender_id, part)
    moment = clock.database_now(session)
    started = bool(
        begun
        and begun.by_recovery
        and not begun.opened_at
        and quote_rules.start_is_live(begun.started_at, moment)
    )
    if form.validate_on_submit():
        with answering(form):
            typed = form.recovery_key.data or ""
            if started:
                actions.complete_recovery(actor, tender_id, part, typed)
                flash("You opened the quotes with the recovery keys.", "success")
            else:
                actions.start_recovery(actor, tender_id, part, typed)
                flash("You started. Now the holder of the other recovery key completes it.", "success")
            return redirect(url_for("quotes.show_opening", tender_id=tender_id))
    return page(
        "rescue/recover.html",
        form=form,
        tender=tender,
        envelope=part,
        begun=begun if started else None,
        sheets=[
            (PAPER_LABELS[key.paper], boxes.fingerprint(key.public_key))
            for key in keys.printed_keys_of(session, tender_id, part)
            if key.paper
        ],
        you=actor.person_id,
    )


@rescue.route("/quotes/<uuid:quote_id>/disclose", methods=["GET", "POST"])
def disclose(quote_id: uuid.UUID) -> Any:
    """A supplier puts a quote right that did not open, with its own copy."""
    quote = queries.get_own_quote(db.session(), web.actor(), quote_id)
    form = DiscloseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.disclose_quote(web.actor(), quote_id, read_copy(form.copy.data.read()))
            flash("You put your quote right: your copy is exactly what you submitted.", "success")
            return redirect(url_for("quotes.show", quote_id=quote_id))
    return page("rescue/disclose.html", form=form, quote=quote, tender=quote.tender)


def _paper(name: str) -> Paper:
    """The paper of an address. Raises NotFound."""
    try:
        return Paper(name)
    except ValueError:
        raise NotFound from None
