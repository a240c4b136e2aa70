"""The pages of suppliers' e-invoices: take one, see what was read, decide, share it with other schools."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.incoming import actions, parties, queries, rules
from invoicing.incoming.forms import AcceptCreditForm, AcceptForm, DisputeForm, ReceiveForm, RejectForm
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.payments import queries as payments
from invoicing.incoming.payments import rules as payment_rules
from invoicing.incoming.payments import views as payment_views
from invoicing.incoming.rules import DocumentStatus, Kind
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import ACCOUNT_LABELS
from marketplace.alliance import queries as alliance
from marketplace.core import clock, policy, storage, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.fields import choices
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page

incoming = Blueprint("incoming", __name__, url_prefix="/supplier-invoices")
SHORTCUTS = (
    NavigationItem(
        "Upload a supplier’s e-invoice",
        "incoming.receive_invoice",
        lambda actor: bool(queries.receiving_schools(actor)),
    ),
    NavigationItem("See suppliers’ invoices", "incoming.list_invoices", queries.reads_any),
)
BOTH = ("GET", "POST")
for _rule, _view in (
    ("/<uuid:invoice_id>/pay", payment_views.record_payment),
    ("/payments/<uuid:payment_id>/undo", payment_views.undo_payment),
    ("/lines/<uuid:line_id>", payment_views.match_line),
):
    incoming.add_url_rule(_rule, view_func=_view, methods=BOTH)


@incoming.get("")
def list_invoices() -> Any:
    """The suppliers' invoices of the reader's schools, those that wait first."""
    actor, session = web.actor(), db.session()
    if not queries.reads_any(actor):
        raise Forbidden("Finance leads, bursars and headteachers read what suppliers sent their school.")
    pages = page_links(queries.count_invoices(session, actor), request.args.get("page"), page_address)
    rows = queries.list_invoices(session, actor, offset=pages.offset, limit=pages.size)
    return page(
        "incoming/list.html",
        rows=rows,
        pages=pages,
        several_schools=len({row.school_id for row in rows}) > 1,
        may_receive=bool(queries.receiving_schools(actor)),
        rules=rules,
    )


@incoming.route("/receive", methods=BOTH)
def receive_invoice() -> Any:
    """Choose the file that the supplier sent."""
    actor = web.actor()
    schools = alliance.names(db.session(), queries.receiving_schools(actor))
    if not schools:
        raise Forbidden("Only a finance lead or a bursar takes invoices of suppliers.")
    form = ReceiveForm()
    form.school.choices = choices(schools.items())
    only = next(iter(schools)) if len(schools) == 1 else None
    if only is not None:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            sent = form.document.data
            actions.receive_invoice(
                actor, form.id_to_make, only or form.school.data, sent.filename or "", sent.read()
            )
            flash("You took the invoice. Its figures add up; now decide about it.")
            return redirect(url_for(".show", invoice_id=form.id_to_make))
    return page("incoming/receive_invoice.html", form=form)


@incoming.get("/<uuid:invoice_id>")
def show(invoice_id: uuid.UUID) -> Any:
    """What was read from an invoice, what it may be for, and what was decided."""
    actor, session = web.actor(), db.session()
    invoice = queries.get_invoice(session, actor, invoice_id)
    waits = invoice.status in rules.UNDECIDED and invoice.kind is Kind.INVOICE
    matches = (
        queries.suggested(invoice, queries.contracts_of(session, actor, invoice.school_id)) if waits else []
    )
    return page(
        "incoming/show.html",
        invoice=invoice,
        matches=matches,
        others=queries.others_of_order(session, actor, invoice),
        shared=queries.shared_cost_from(session, actor, invoice.id),
        recharge=_recharge(invoice),
        credit_notes=queries.credit_notes_of(session, invoice.id),
        payments=payments.payments_of(session, invoice.id),
        decisions=queries.postings_of(session, invoice.id),
        entries=ledger.postings_from(session, invoice.id),
        late=bool(invoice.outstanding and invoice.pay_by and invoice.pay_by < clock.today()),
        account_labels=ACCOUNT_LABELS,
        payment_rules=payment_rules,
        letter=_letter(invoice) if invoice.status is DocumentStatus.REJECTED else "",
        rules=rules,
    )


def _recharge(invoice: SupplierInvoice) -> str:
    """The form of a shared cost, filled in from an invoice: what it costs before VAT."""
    return url_for(
        "shared_costs.record_shared_cost",
        school=invoice.school_id,
        id=rules.recharge_id(invoice.id),
        title=invoice.lines[0].name if len(invoice.lines) == 1 else f"Invoice {invoice.number}",
        supplier=invoice.supplier_name,
        on=invoice.supplied_on or invoice.issued_on,
        amount=invoice.net.pounds,
    )


def _letter(invoice: SupplierInvoice) -> str:
    return rules.rejection_letter(
        invoice.kind,
        supplier=invoice.supplier_name,
        school=invoice.school.name,
        number=invoice.number,
        issued_on=web.day(invoice.issued_on),
        total=str(invoice.total),
        reason=invoice.reason,
    )


@incoming.get("/<uuid:invoice_id>/file")
def download_file(invoice_id: uuid.UUID) -> Response:
    """The file as the supplier sent it, to be saved and never shown in the browser."""
    invoice = queries.get_invoice(db.session(), web.actor(), invoice_id)
    return send_file(
        io.BytesIO(storage.read(invoice.sha256)),
        actions.MEDIA_TYPES[invoice.format],
        as_attachment=True,
        download_name=invoice.file_name,
    )


@incoming.route("/<uuid:invoice_id>/accept", methods=BOTH)
def accept_invoice(invoice_id: uuid.UUID) -> Any:
    """Accept an invoice for a contract and an order, or a credit note for an invoice."""
    invoice = _deciding(Act.SUPPLIER_INVOICE_ACCEPT, invoice_id)
    if request.method == "GET" and invoice.status not in rules.UNDECIDED:
        return redirect(url_for(".show", invoice_id=invoice_id))
    if invoice.kind is Kind.CREDIT_NOTE:
        return _accept_credit_note(invoice)
    return _accept_invoice(invoice)


def _accept_invoice(invoice: SupplierInvoice) -> Any:
    offered = queries.contracts_of(db.session(), web.actor(), invoice.school_id)
    matches = queries.suggested(invoice, offered)
    best = matches[0].id if matches and not matches[0].doubts else None
    form = AcceptForm(
        version=invoice.version,
        contract=best,
        order_number=invoice.order_said,
        posted_on=actions.usual_day(db.session(), invoice),
    )
    first = {match.id: match.title for match in matches}
    form.contract.choices = choices((first | {one.id: one.title for one in offered}).items())
    if form.validate_on_submit():
        with answering(form):
            actions.accept_invoice(
                web.actor(),
                invoice.id,
                form.version.data,
                contract_id=form.contract.data,
                order_number=form.order_number.data or "",
                reason=form.reason.data,
                posted_on=form.posted_on.data,
            )
            flash("You accepted the invoice. It stands in your school’s books now, to be paid.")
            return redirect(url_for(".show", invoice_id=invoice.id))
    return page("incoming/accept_invoice.html", form=form, invoice=invoice, matches=matches)


def _accept_credit_note(note: SupplierInvoice) -> Any:
    offered = queries.can_be_credited(db.session(), note)
    named = [one for one in offered if one.number_key == parties.number_key(note.preceding)]
    form = AcceptCreditForm(
        version=note.version,
        credits=named[0].id if named else None,
        posted_on=actions.usual_day(db.session(), note),
    )
    form.credits.choices = choices(
        (one.id, f"{one.number} of {web.day(one.issued_on)}: {one.creditable} can be taken back")
        for one in offered
    )
    if form.validate_on_submit():
        with answering(form):
            actions.accept_credit_note(
                web.actor(),
                note.id,
                form.version.data,
                invoice_id=form.credits.data,
                reason=form.reason.data,
                posted_on=form.posted_on.data,
            )
            flash("You accepted the credit note. Your school owes that much less now.")
            return redirect(url_for(".show", invoice_id=note.id))
    return page("incoming/accept_credit_note.html", form=form, invoice=note, offered=offered)


@incoming.route("/<uuid:invoice_id>/dispute", methods=BOTH)
def dispute_invoice(invoice_id: uuid.UUID) -> Any:
    """Say that an accepted document is not right after all."""
    invoice = _deciding(Act.SUPPLIER_INVOICE_DISPUTE, invoice_id)
    if request.method == "GET" and invoice.status is not DocumentStatus.ACCEPTED:
        return redirect(url_for(".show", invoice_id=invoice_id))
    form = DisputeForm(version=invoice.version)
    if form.validate_on_submit():
        with answering(form):
            actions.dispute_invoice(web.actor(), invoice_id, form.version.data, reason=form.reason.data)
            flash("You disputed it. It is out of your school’s books until you decide again.")
            return redirect(url_for(".show", invoice_id=invoice_id))
    return page("incoming/dispute_or_reject.html", form=form, invoice=invoice, rules=rules, verb="Dispute")


@incoming.route("/<uuid:invoice_id>/reject", methods=BOTH)
def reject_invoice(invoice_id: uuid.UUID) -> Any:
    """Reject an invoice, with what the supplier is told."""
    invoice = _deciding(Act.SUPPLIER_INVOICE_REJECT, invoice_id)
    if request.method == "GET" and invoice.status not in rules.UNDECIDED:
        return redirect(url_for(".show", invoice_id=invoice_id))
    form = RejectForm(version=invoice.version)
    if form.validate_on_submit():
        with answering(form):
            actions.reject_invoice(web.actor(), invoice_id, form.version.data, reason=form.reason.data)
            flash("You rejected the invoice. Send the supplier the text below.")
            return redirect(url_for(".show", invoice_id=invoice_id))
    return page("incoming/dispute_or_reject.html", form=form, invoice=invoice, rules=rules, verb="Reject")


def _deciding(act: Act, invoice_id: uuid.UUID) -> SupplierInvoice:
    """An invoice that the reader may do this to."""
    invoice = queries.get_invoice(db.session(), web.actor(), invoice_id)
    policy.require(web.actor(), act, invoice.school_id)
    return invoice
