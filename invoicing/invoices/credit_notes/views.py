"""The pages of credit notes: the list, one credit note, writing, checking and issuing it, its PDF."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.invoices import queries as invoices
from invoicing.invoices.credit_notes import actions, documents, queries, rules
from invoicing.invoices.credit_notes.forms import NOT_KEPT, CreditNoteForm, credit_note_form
from invoicing.invoices.credit_notes.rules import CreditableLine
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SENT, InvoiceStatus
from marketplace.core import policy, storage, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

credit_notes = Blueprint("credit_notes", __name__)


@credit_notes.get("/credit-notes")
def list_credit_notes() -> Any:
    """The credit notes of the invoices that the reader may read."""
    actor, session = web.actor(), db.session()
    pages = page_links(queries.count_credit_notes(session, actor), request.args.get("page"), page_address)
    return page(
        "credit_notes/list.html",
        rows=queries.list_credit_notes(session, actor, offset=pages.offset, limit=pages.size),
        pages=pages,
    )


@credit_notes.get("/credit-notes/<uuid:credit_note_id>")
def show(credit_note_id: uuid.UUID) -> Any:
    """One credit note."""
    note = queries.get_credit_note(db.session(), web.actor(), credit_note_id)
    return page("credit_notes/show.html", note=note, document=documents.document_of(note))


@credit_notes.get("/credit-notes/<uuid:credit_note_id>/pdf")
def download_credit_note(credit_note_id: uuid.UUID) -> Response:
    """The document of a credit note, as it was stored."""
    note = queries.get_credit_note(db.session(), web.actor(), credit_note_id)
    return _download(storage.read(note.document_sha256), "application/pdf", f"{note.number}.pdf")


@credit_notes.get("/credit-notes/<uuid:credit_note_id>/xml")
def download_xml(credit_note_id: uuid.UUID) -> Response:
    """The e-invoice of a credit note, as it was stored: UBL 2.1 for the program of its reader."""
    note = queries.get_credit_note(db.session(), web.actor(), credit_note_id)
    if note.xml_sha256 is None:
        raise NotFound("This credit note was issued before there were e-invoices.")
    return _download(storage.read(note.xml_sha256), "application/xml", f"{note.number}.xml")


@credit_notes.route("/invoices/<uuid:invoice_id>/credit-notes/issue", methods=["GET", "POST"])
def issue_credit_note(invoice_id: uuid.UUID) -> Any:
    """Write a credit note for an issued invoice; it is shown as it will be before it is issued."""
    actor, session = web.actor(), db.session()
    invoice = invoices.get_invoice(session, actor, invoice_id)
    policy.require(actor, Act.CREDIT_NOTE_ISSUE, invoice.issuer_id)
    if request.method == "GET" and (invoice.status not in SENT or invoice.status is InvoiceStatus.CREDITED):
        return redirect(url_for("invoices.show", invoice_id=invoice_id))
    lines = queries.creditable_lines(session, invoice)
    form = credit_note_form(lines)
    if "change" not in request.form and form.validate_on_submit():
        with answering(form):
            return _checked(form, invoice, lines)
    return page("credit_notes/issue_credit_note.html", form=form, invoice=invoice, lines=lines)


def _checked(form: CreditNoteForm, invoice: Invoice, lines: Sequence[CreditableLine]) -> Any:
    """Issue what its author has seen as it will be; anything else is shown first. Raises RuleBroken."""
    amounts = form.amounts()
    if "confirm" in request.form and _is_issued(form.id_to_make):
        return redirect(url_for(".show", credit_note_id=form.id_to_make))
    credit = rules.credit(lines, amounts)
    if "confirm" in request.form and form.seen.data == str(credit.total.pence):
        actions.issue_credit_note(
            web.actor(), form.id_to_make, invoice.id, amounts=amounts, reason=form.reason.data
        )
        note = queries.get_credit_note(db.session(), web.actor(), form.id_to_make)
        flash(f"You issued credit note {note.number} and sent it to {invoice.buyer_name}.")
        return redirect(url_for(".show", credit_note_id=note.id))
    form.seen.data = str(credit.total.pence)
    return page(
        "credit_notes/check_credit_note.html",
        form=form,
        invoice=invoice,
        document=documents.document_to_be(invoice, credit, form.reason.data),
        kept=[(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT],
        owed_back=max(invoice.outstanding, credit.total) - invoice.outstanding,
    )


def _is_issued(credit_note_id: uuid.UUID) -> bool:
    """Was this made by the first of two clicks?"""
    return queries.is_issued(db.session(), web.actor(), credit_note_id)


def _download(content: bytes, media_type: str, name: str) -> Response:
    return send_file(io.BytesIO(content), media_type, as_attachment=True, download_name=name)
