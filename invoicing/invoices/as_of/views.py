"""An invoice as it stood on a day: a page, and its files of that day as one ZIP file."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import send_file, url_for
from werkzeug.wrappers import Response

from invoicing.invoices import downloads
from invoicing.invoices import queries as invoice_queries
from invoicing.invoices.as_of import queries
from invoicing.invoices.as_of.forms import DayForm
from invoicing.invoices.models import Invoice
from invoicing.invoices.views import invoices
from marketplace.core import clock, storage, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.web import day as in_words
from marketplace.core.web import page


def _not_yet(invoice: Invoice, form: DayForm) -> str:
    """Why there is no invoice on a day."""
    when = (
        f"It was issued on {in_words(invoice.issued_on)}" if invoice.issued_on else "It has not been issued"
    )
    return (
        f"On {in_words(form.day.data)} there was no such invoice. {when}: a draft has no number and no file."
    )


@invoices.get("/<uuid:invoice_id>/as-of")
def show_as_of(invoice_id: uuid.UUID) -> Any:
    """How an invoice stood at the end of a day: its files, and what was credited, paid and disputed."""
    session = db.session()
    invoice = invoice_queries.get_invoice(session, web.actor(), invoice_id)
    form = DayForm()
    form.validate()
    if not form.day.errors and form.day.data is None:
        form.day.data = clock.today()
    stood = None if form.day.errors else queries.stood(session, invoice, form.day.data)
    return page(
        "invoices/as_of.html",
        invoice=invoice,
        form=form,
        stood=stood,
        not_yet="" if stood or form.day.errors else _not_yet(invoice, form),
        zip_href="" if stood is None else _address_of_files(invoice, form),
    )


def _address_of_files(invoice: Invoice, form: DayForm) -> str:
    on = form.day.data
    parts = {"day-day": on.day, "day-month": on.month, "day-year": on.year}
    return url_for("invoices.download_as_of", invoice_id=invoice.id, **parts)


@invoices.get("/<uuid:invoice_id>/as-of/documents.zip")
def download_as_of(invoice_id: uuid.UUID) -> Response:
    """The files of an invoice that there were on a day, as stored: the same bytes whenever asked."""
    invoice = invoice_queries.get_invoice(db.session(), web.actor(), invoice_id)
    form = DayForm()
    if not form.validate() or form.day.data is None:
        raise NotFound("Choose a day, today or earlier, on the page of the invoice.")
    stood = queries.stood(db.session(), invoice, form.day.data)
    if stood is None:
        raise NotFound(_not_yet(invoice, form))
    packed = downloads.packed((file.name, storage.read(file.sha256), file.on) for file in stood.files)
    name = f"{invoice.number}-as-of-{form.day.data}.zip"
    return send_file(io.BytesIO(packed), "application/zip", as_attachment=True, download_name=name)
