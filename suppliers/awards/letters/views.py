"""Pages of the letters to bidders: the drafts, their sending, and what a bidder reads."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from typing import Any

from flask import flash, redirect, send_file, url_for
from werkzeug.wrappers import Response

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders.models import Tender
from suppliers.awards.letters import actions, documents, drafting, queries, rules
from suppliers.awards.letters.content import from_json
from suppliers.awards.letters.forms import ReadAllForm, ReadForm, SendForm
from suppliers.awards.views import awards
from suppliers.evaluation import queries as evaluation
from suppliers.quotes.queries import get_own_quote


def _tender(tender_id: uuid.UUID) -> Tender:
    actor = web.actor()
    tender = evaluation.get_tender(db.session(), tender_id, evaluation.visible_to(actor))
    policy.require(actor, Act.LETTER_READ, tender.alliance_id)
    return tender


@awards.route("/tenders/<uuid:tender_id>/award/letters", methods=["GET", "POST"])
def list_letters(tender_id: uuid.UUID) -> Any:
    """What each bidder is told: the drafts, which are read, and the button that sends all of them."""
    session, actor = db.session(), web.actor()
    tender = _tender(tender_id)
    told = queries.sent_at(session, tender_id)
    drafts = {} if told else drafting.drafts(session, tender)
    kept = queries.letters_of(session, tender_id)
    form = ReadAllForm()
    if form.validate_on_submit():
        with answering(form):
            actions.read_drafts(actor, tender_id, list(drafts))
            flash(f"You have read all {len(drafts)} drafts. Nothing was sent yet.", "success")
            return redirect(url_for("awards.list_letters", tender_id=tender_id))
    return page(
        "awards/letters.html",
        form=form,
        send_form=SendForm(version=tender.version),
        tender=tender,
        told=told,
        drafts=drafts,
        kept=kept,
        contents={quote_id: from_json(letter.content) for quote_id, letter in kept.items()},
        labels=rules.KIND_LABELS,
        all_read=bool(drafts) and drafts.keys() <= kept.keys(),
    )


@awards.route("/tenders/<uuid:tender_id>/award/letters/<uuid:quote_id>", methods=["GET", "POST"])
def read_letter(tender_id: uuid.UUID, quote_id: uuid.UUID) -> Any:
    """One draft, as its bidder will read it."""
    session, actor = db.session(), web.actor()
    tender = _tender(tender_id)
    kept = queries.letters_of(session, tender_id).get(quote_id)
    if kept is not None and kept.sent_at is not None:
        return page(
            "awards/read_letter.html",
            form=None,
            tender=tender,
            letter=from_json(kept.content),
            kept=kept,
            subject=rules.SUBJECTS[kept.kind],
        )
    draft = drafting.drafts(session, tender).get(quote_id)
    if draft is None:
        raise NotFound
    form = ReadForm(note=kept.note if kept else "")
    if form.validate_on_submit():
        with answering(form):
            actions.read_drafts(actor, tender_id, [quote_id], form.note.data or "")
            flash(f"You have read the draft for {draft.supplier}. Nothing was sent yet.", "success")
            return redirect(url_for("awards.list_letters", tender_id=tender_id))
    return page(
        "awards/read_letter.html",
        form=form,
        tender=tender,
        letter=replace(draft, note=form.note.data or ""),
        kept=kept,
        subject=rules.SUBJECTS[draft.kind],
    )


@awards.post("/tenders/<uuid:tender_id>/award/letters/send")
def send_results(tender_id: uuid.UUID) -> Any:
    """Send every bidder its result, at the same moment."""
    _tender(tender_id)
    form = SendForm()
    if form.validate_on_submit():
        actions.send_results(web.actor(), tender_id, form.version.data or 0)
        flash("You sent every bidder its result, all at the same moment.", "success")
    return redirect(url_for("awards.show_award", tender_id=tender_id))


@awards.route("/quotes/<uuid:quote_id>/summary")
def show_summary(quote_id: uuid.UUID) -> Any:
    """What a supplier was told about its own quote, as it was sent."""
    session = db.session()
    quote = get_own_quote(session, web.actor(), quote_id)
    letters = queries.sent_letters(session, web.actor(), quote_id)
    results = [letter for letter in letters if letter.kind in rules.RESULTS] or letters
    result = results[-1]
    confirmed = next((letter for letter in letters if letter.kind not in rules.RESULTS), None)
    return page(
        "awards/summary.html",
        tender=quote.tender,
        quote_id=quote_id,
        kept=result,
        earlier=results[:-1],
        letter=from_json(result.content),
        subject=rules.SUBJECTS[result.kind],
        confirmed=confirmed,
        confirmation=from_json(confirmed.content) if confirmed else None,
    )


@awards.get("/letters/<uuid:letter_id>/pdf")
def download_letter(letter_id: uuid.UUID) -> Response:
    """A letter as PDF."""
    letter = queries.get_sent(db.session(), web.actor(), letter_id)
    return send_file(
        io.BytesIO(documents.pdf_of(letter)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{from_json(letter.content).reference}-{letter.kind}.pdf",
    )
