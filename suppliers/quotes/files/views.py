"""Pages on which a supplier puts files into its draft, and from which they are read once they are open."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.http import dump_options_header

from marketplace.core import clock, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.readings import reading, record_reading
from marketplace.core.web import answering, page
from marketplace.tenders.models import Tender
from suppliers.profiles import queries as profiles
from suppliers.quotes import queries
from suppliers.quotes.files import actions, rules
from suppliers.quotes.files import queries as files
from suppliers.quotes.files.forms import AttachForm
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import Offer
from suppliers.quotes.rules import check_deadline
from suppliers.quotes.views import asked_of, quotes

__all__ = ["quotes"]


@quotes.route("/tenders/<uuid:tender_id>/quote/files", methods=["GET", "POST"])
def attach_file(tender_id: uuid.UUID) -> Any:
    """The files of the draft, and one more; the script that shows the upload gets JSON."""
    session = db.session()
    tender, supplier_id = asked_of(tender_id)
    form = AttachForm()
    here = url_for("quotes.attach_file", tender_id=tender_id, supplier=supplier_id)
    if form.validate_on_submit():
        with answering(form):
            chosen = form.file.data
            actions.attach_file(web.actor(), tender_id, supplier_id, chosen.filename or "", chosen.stream)
            flash(
                "You added a file. It is sealed: from now on nobody can read it before your quote is opened."
            )
            return {"address": here} if _by_script() else redirect(here)
    if _by_script():
        return {"message": " ".join([*form.file.errors, *form.form_errors])}, 422
    check_deadline(tender.status, tender.closes_at, clock.database_now(session))
    draft = queries.draft_of(session, tender_id, supplier_id)
    schedule = queries.schedule_of(session, tender)
    rules.check_answers_asked(schedule.envelopes)
    return page(
        "quotes/attach_file.html",
        form=form,
        tender=tender,
        supplier=profiles.get_supplier(session, web.actor(), supplier_id),
        files=(queries.offer_in_draft(draft) if draft else Offer()).files,
        most=rules.MOST_FILES,
    )


@quotes.route("/tenders/<uuid:tender_id>/quote/files/<sha256>/remove", methods=["POST"])
def detach_file(tender_id: uuid.UUID, sha256: str) -> Any:
    """Take a file out of the draft."""
    _, supplier_id = asked_of(tender_id)
    actions.detach_file(web.actor(), tender_id, supplier_id, sha256)
    flash("You removed the file.")
    return redirect(url_for("quotes.attach_file", tender_id=tender_id, supplier=supplier_id))


@quotes.route("/quotes/<uuid:quote_id>/files/<sha256>")
@reading
def download_file(quote_id: uuid.UUID, sha256: str) -> Any:
    """A file of a quote whose answers are open, for whoever may read them."""
    session = db.session()
    query = select(Quote).where(Quote.id == quote_id, queries.visible_to(web.actor()))
    quote = session.scalars(query).one_or_none()
    if quote is None:
        raise NotFound
    file = files.get_opened_file(session, quote_id, sha256)
    content, kind, name = files.content(quote, file), file.media_type, file.name
    owned = quote.supplier_id in web.actor().supplier_ids
    whose = quote.supplier_id if owned else session.get_one(Tender, quote.tender_id).alliance_id
    record_reading(web.actor(), quote_id, "A file of an opened quote", [whose])
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": name})
    return answer


def _by_script() -> bool:
    """Is this sent by the script that shows how far an upload is?"""
    return request.method == "POST" and request.accept_mimetypes.best == "application/json"
