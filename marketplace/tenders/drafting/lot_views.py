"""The pages on which lots, price lines and documents of a draft are filled in."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import flash, redirect, send_file, url_for
from werkzeug.wrappers import Response

from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.web import answering, page
from marketplace.tenders import queries
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.drafting import lot_forms as forms
from marketplace.tenders.drafting import schedule_file
from marketplace.tenders.drafting.views import own_draft
from marketplace.tenders.forms import StepForm
from marketplace.tenders.lots import queries as lot_queries
from marketplace.tenders.lots.rules import why_it_cannot_be_quoted
from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from marketplace.tenders.views import tenders

__all__ = ["tenders"]


@tenders.route("/tenders/<uuid:tender_id>/edit/lots", methods=["GET", "POST"])
def edit_lots(tender_id: uuid.UUID) -> Any:
    """All lots and lines; they can also be replaced from a file."""
    session = db.session()
    tender = own_draft(tender_id)
    schools = queries.buyers(session, tender_id)
    form = forms.ScheduleForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            lots = schedule_file.read(form.schedule.data.read(), schools)
            drafting.set_schedule(web.actor(), tender_id, form.version.data, lots)
            flash(f"You read {sum(len(lot.lines) for lot in lots)} price lines from the file.")
            return _back(tender_id)
    return page(
        "tenders/edit_lots.html",
        form=form,
        tender=tender,
        schools=schools,
        lots=queries.schedule(session, tender_id),
        lot_words=lot_queries.in_words(session, tender),
        bundles=lot_queries.bundles_of(session, tender_id),
        cannot_be_quoted=why_it_cannot_be_quoted(lot_queries.terms_of(session, tender)),
    )


@tenders.route("/tenders/<uuid:tender_id>/edit/lots.csv")
def download_schedule(tender_id: uuid.UUID) -> Response:
    """The price schedule of a draft as a file to fill in."""
    session = db.session()
    tender = own_draft(tender_id)
    content = schedule_file.written(queries.schedule(session, tender_id), queries.buyers(session, tender_id))
    return send_file(
        io.BytesIO(content),
        mimetype="text/csv",
        as_attachment=True,
        download_name=f"{tender.reference} price lines.csv",
    )


@tenders.route("/tenders/<uuid:tender_id>/edit/lots/add", methods=["GET", "POST"])
def add_lot(tender_id: uuid.UUID) -> Any:
    """Add a lot."""
    tender = own_draft(tender_id)
    form = forms.LotForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            drafting.add_lot(
                web.actor(),
                tender_id,
                form.version.data,
                form.id_to_make,
                title=form.title.data or "",
                description=form.description.data or "",
            )
            flash("You added a lot.")
            return _back(tender_id)
    return page("tenders/edit_lot.html", form=form, tender=tender, lot=None)


@tenders.route("/tenders/<uuid:tender_id>/edit/lots/<uuid:lot_id>", methods=["GET", "POST"])
def edit_lot(tender_id: uuid.UUID, lot_id: uuid.UUID) -> Any:
    """Change a lot."""
    tender = own_draft(tender_id)
    lot = _lot(tender_id, lot_id)
    form = forms.LotForm(data={"version": tender.version, "title": lot.title, "description": lot.description})
    if form.validate_on_submit():
        with answering(form):
            drafting.edit_lot(
                web.actor(),
                tender_id,
                form.version.data,
                lot_id,
                title=form.title.data or "",
                description=form.description.data or "",
            )
            flash("You saved the lot.")
            return _back(tender_id)
    return page("tenders/edit_lot.html", form=form, tender=tender, lot=lot)


@tenders.route("/tenders/<uuid:tender_id>/edit/lots/<uuid:lot_id>/remove", methods=["POST"])
def remove_lot(tender_id: uuid.UUID, lot_id: uuid.UUID) -> Any:
    """Take a lot out of a draft."""
    drafting.remove_lot(web.actor(), tender_id, _version(), lot_id)
    flash("You removed a lot.")
    return _back(tender_id)


@tenders.route("/tenders/<uuid:tender_id>/edit/lots/<uuid:lot_id>/lines/add", methods=["GET", "POST"])
def add_line(tender_id: uuid.UUID, lot_id: uuid.UUID) -> Any:
    """Add a price line to a lot."""
    tender = own_draft(tender_id)
    lot = _lot(tender_id, lot_id)
    form = forms.LineForm.with_schools(
        queries.buyers(db.session(), tender_id), data={"version": tender.version, "paid": forms.EVERY_YEAR}
    )
    if form.validate_on_submit():
        with answering(form):
            drafting.add_line(
                web.actor(),
                tender_id,
                form.version.data,
                lot_id,
                line_id=form.id_to_make,
                draft=form.draft(),
            )
            flash("You added a price line.")
            return _back(tender_id)
    return page("tenders/edit_line.html", form=form, tender=tender, lot=lot, line=None)


@tenders.route(
    "/tenders/<uuid:tender_id>/edit/lots/<uuid:lot_id>/lines/<uuid:line_id>", methods=["GET", "POST"]
)
def edit_line(tender_id: uuid.UUID, lot_id: uuid.UUID, line_id: uuid.UUID) -> Any:
    """Change a price line and its volumes."""
    tender = own_draft(tender_id)
    lot = _lot(tender_id, lot_id)
    line = _line(lot, line_id)
    form = forms.LineForm.with_schools(
        queries.buyers(db.session(), tender_id),
        volumes={volume.school_id: volume.quantity for volume in line.volumes},
        data={
            "version": tender.version,
            "item": line.item,
            "unit": line.unit,
            "paid": forms.ONCE if line.once else forms.EVERY_YEAR,
        },
    )
    if form.validate_on_submit():
        with answering(form):
            drafting.edit_line(
                web.actor(), tender_id, form.version.data, lot_id, line_id=line_id, draft=form.draft()
            )
            flash("You saved the price line.")
            return _back(tender_id)
    return page("tenders/edit_line.html", form=form, tender=tender, lot=lot, line=line)


@tenders.route(
    "/tenders/<uuid:tender_id>/edit/lots/<uuid:lot_id>/lines/<uuid:line_id>/remove", methods=["POST"]
)
def remove_line(tender_id: uuid.UUID, lot_id: uuid.UUID, line_id: uuid.UUID) -> Any:
    """Take a price line out of a draft."""
    drafting.remove_line(web.actor(), tender_id, _version(), lot_id, line_id)
    flash("You removed a price line.")
    return _back(tender_id)


@tenders.route("/tenders/<uuid:tender_id>/edit/documents", methods=["GET", "POST"])
def edit_documents(tender_id: uuid.UUID) -> Any:
    """The documents of a draft, and a form that adds one."""
    tender = own_draft(tender_id)
    form = forms.DocumentForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            drafting.add_document(
                web.actor(),
                tender_id,
                form.version.data,
                form.id_to_make,
                name=form.document.data.filename or "",
                content=form.document.data.stream,
            )
            flash("You added a document.")
            return redirect(url_for("tenders.edit_documents", tender_id=tender_id))
    return page("tenders/edit_documents.html", form=form, tender=tender)


@tenders.route("/tenders/<uuid:tender_id>/edit/documents/<uuid:document_id>/remove", methods=["POST"])
def remove_document(tender_id: uuid.UUID, document_id: uuid.UUID) -> Any:
    """Take a document off a draft."""
    drafting.remove_document(web.actor(), tender_id, _version(), document_id)
    flash("You removed a document.")
    return redirect(url_for("tenders.edit_documents", tender_id=tender_id))


def _version() -> int:
    """The version that a button on the page was drawn with; -1, which no tender has, for none."""
    version = StepForm().version.data
    return -1 if version is None else int(version)


def _lot(tender_id: uuid.UUID, lot_id: uuid.UUID) -> ScheduleLot:
    lot = next((one for one in queries.schedule(db.session(), tender_id) if one.id == lot_id), None)
    if lot is None:
        raise NotFound
    return lot


def _line(lot: ScheduleLot, line_id: uuid.UUID) -> ScheduleLine:
    line = next((one for one in lot.lines if one.id == line_id), None)
    if line is None:
        raise NotFound
    return line


def _back(tender_id: uuid.UUID) -> Response:
    return redirect(url_for("tenders.edit_lots", tender_id=tender_id))
