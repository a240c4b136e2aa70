"""The pages of invoices: the list, one invoice, drafting, checking and issuing, downloads."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.invoices import actions, downloads, queries, rules
from invoicing.invoices.credit_notes.queries import of_invoice as credit_notes_of
from invoicing.invoices.disputes.queries import of_invoice as disputes_of
from invoicing.invoices.documents import InvoiceDocument, document_of
from invoicing.invoices.forms import (
    EditInvoiceForm,
    InvoicesFilter,
    IssueForm,
    NewInvoiceForm,
    TermsForm,
    filled,
)
from invoicing.invoices.models import Invoice
from invoicing.invoices.offered import ways_to_pay
from invoicing.invoices.queries import Direction, Wanted
from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.queries import Posting
from invoicing.ledger.rules import ACCOUNT_LABELS, AccountKind
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import School
from marketplace.core import clock, policy, storage, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.forms import EditForm
from marketplace.core.listing import page_address, sorting
from marketplace.core.paging import page_links
from marketplace.core.policy import Act, Actor, Kind, Role
from marketplace.core.readings import reading, record_reading
from marketplace.core.web import NavigationItem, answering, page

invoices = Blueprint("invoices", __name__, url_prefix="/invoices")

LIST_QUESTIONS = (
    "direction",
    "q",
    "shown",
    "school",
    *(f"{name}-{part}" for name in ("since", "until") for part in ("day", "month", "year")),
    "sort",
)


SETTLES = frozenset(
    {
        AccountKind.BANK,
        AccountKind.PAYABLE,
        AccountKind.EXPENSE,
        AccountKind.CLEARING,
        AccountKind.AT_STRIPE,
    }
)
"""What settles an invoice in its issuer's books: money, money on account, a settlement, or a write-off."""


def _reads_invoices(actor: Actor) -> bool:
    return bool(actor.school_ids or actor.organisations(Kind.ALLIANCE, Role.AUDITOR))


NAVIGATION = (NavigationItem("Invoices", "invoices.list_invoices", _reads_invoices),)


@invoices.get("")
def list_invoices() -> Any:
    """The invoices that the reader's schools issued or received, or that they audit."""
    actor, session = web.actor(), db.session()
    filtering, wanted = _asked(actor)
    sums = queries.sums(session, actor, wanted)
    pages = page_links(sums.count, request.args.get("page"), page_address)
    return page(
        "invoices/list.html",
        rows=queries.list_invoices(session, actor, wanted, offset=pages.offset, limit=pages.size),
        filtering=filtering,
        sorting=sorting(queries.SORTS, f"-{queries.USUAL_SORT}"),
        sums=sums,
        pages=pages,
        direction=wanted.direction,
        directions=_directions(actor),
        rules=rules,
        may_draft=bool(queries.drafting_schools(actor)),
        to_issue=bool(queries.drafts_to_issue(session, actor)),
        logo_schools=alliance.names(session, queries.drafting_schools(actor)),
        csv_href=_same_list(".download_list"),
        zip_href=_same_list(".download_documents"),
    )


def _same_list(endpoint: str) -> str:
    """The address of a download of the list as it is filtered and sorted."""
    asked: dict[str, Any] = {name: request.args[name] for name in LIST_QUESTIONS if name in request.args}
    return url_for(endpoint, **asked)


@invoices.get("/list.csv")
@reading
def download_list() -> Response:
    """The list as it is filtered, as CSV."""
    actor = web.actor()
    rows = queries.list_invoices(db.session(), actor, _asked(actor)[1])
    content = downloads.list_as_csv(rows)
    _record(rows, "as CSV")
    return _download(content, "text/csv", "invoices.csv")


@invoices.get("/documents.zip")
@reading
def download_documents() -> Response:
    """The PDFs of the list as it is filtered, as one ZIP file."""
    actor = web.actor()
    rows = queries.list_invoices(db.session(), actor, _asked(actor)[1])
    content = downloads.documents_as_zip(rows)
    _record(rows, "as PDFs")
    return _download(content, "application/zip", "invoices.zip")


@invoices.get("/<uuid:invoice_id>")
def show(invoice_id: uuid.UUID) -> Any:
    """One invoice, what was paid of it, and the entries behind it in the reader's own books."""
    actor, session = web.actor(), db.session()
    invoice = queries.get_invoice(session, actor, invoice_id)
    postings = ledger.postings_from(session, invoice.id)
    audits = invoice.issuer_id not in actor.school_ids and invoice.buyer_id not in actor.school_ids
    return page(
        "invoices/show.html",
        invoice=invoice,
        document=document_of(invoice),
        overdue=rules.is_overdue(invoice.status, invoice.due_on, clock.today()),
        rules=rules,
        payments=list(_settling(invoice, postings)),
        ways_to_pay=ways_to_pay(session, actor, invoice),
        credit_notes=credit_notes_of(session, invoice.id),
        disputes=disputes_of(session, invoice.id),
        postings=[posting for posting in postings if audits or posting.holder_id in actor.school_ids],
        books=alliance.names(session, {invoice.issuer_id, invoice.buyer_id}),
        account_labels=ACCOUNT_LABELS,
    )


def _settling(invoice: Invoice, postings: Iterable[Posting]) -> Iterator[Posting]:
    """What settled an invoice in its issuer's books; negative where it went back."""
    for posting in postings:
        if posting.holder_id != invoice.issuer_id:
            continue
        if posting.credit is AccountKind.RECEIVABLE and posting.debit in SETTLES:
            yield posting
        elif posting.debit is AccountKind.RECEIVABLE and posting.credit in SETTLES:
            yield replace(posting, amount=-posting.amount)


@invoices.get("/<uuid:invoice_id>/pdf")
def download_invoice(invoice_id: uuid.UUID) -> Response:
    """The document of an issued invoice, as it was stored."""
    invoice = queries.get_invoice(db.session(), web.actor(), invoice_id)
    if invoice.document_sha256 is None:
        raise NotFound("This invoice is a draft: it gets its PDF when it is issued.")
    return _download(storage.read(invoice.document_sha256), "application/pdf", f"{invoice.number}.pdf")


@invoices.get("/<uuid:invoice_id>/xml")
def download_xml(invoice_id: uuid.UUID) -> Response:
    """The e-invoice of an issued invoice, as it was stored: UBL 2.1 for the program of its reader."""
    invoice = queries.get_invoice(db.session(), web.actor(), invoice_id)
    if invoice.xml_sha256 is None:
        raise NotFound("This invoice has no e-invoice: it is a draft, or was issued before there were any.")
    return _download(storage.read(invoice.xml_sha256), "application/xml", f"{invoice.number}.xml")


@invoices.route("/draft", methods=["GET", "POST"])
def draft_invoice() -> Any:
    """Draft an invoice to another school of the alliance."""
    actor, session = web.actor(), db.session()
    issuer = queries.school_to_draft_for(session, actor, request.args.get("school"))
    if issuer is None:
        named = alliance.names(session, queries.drafting_schools(actor))
        return page("invoices/choose_school.html", schools=named, endpoint="invoices.draft_invoice")
    form = NewInvoiceForm(supplied_on=clock.today())
    if _ready(form, issuer) and form.validate_on_submit():
        with answering(form):
            terms = form.terms(registered=bool(issuer.vat_number))
            actions.draft_invoice(actor, form.id_to_make, issuer.id, terms)
            flash("You saved the draft. Check it, then issue it.")
            return redirect(url_for(".show", invoice_id=form.id_to_make))
    return page("invoices/draft_invoice.html", form=form, issuer=issuer)


@invoices.route("/<uuid:invoice_id>/edit", methods=["GET", "POST"])
def edit_invoice(invoice_id: uuid.UUID) -> Any:
    """Change a draft."""
    invoice = _draft_for(Act.INVOICE_EDIT, invoice_id)
    if request.method == "GET" and invoice.status is not InvoiceStatus.DRAFT:
        return redirect(url_for(".show", invoice_id=invoice_id))
    form = EditInvoiceForm(data=filled(invoice))
    if _ready(form, invoice.issuer) and form.validate_on_submit():
        with answering(form):
            registered = rules.charges_vat(invoice.source, registered=bool(invoice.issuer.vat_number))
            terms = form.terms(registered=registered)
            actions.edit_invoice(web.actor(), invoice_id, form.version.data, terms)
            flash("You changed the draft.")
            return redirect(url_for(".show", invoice_id=invoice_id))
    return page("invoices/edit_invoice.html", form=form, invoice=invoice, issuer=invoice.issuer, rules=rules)


@invoices.route("/<uuid:invoice_id>/discard", methods=["GET", "POST"])
def discard_invoice(invoice_id: uuid.UUID) -> Any:
    """Put a draft aside for good, after a last look."""
    invoice = _draft_for(Act.INVOICE_DISCARD, invoice_id)
    if request.method == "GET" and invoice.status is not InvoiceStatus.DRAFT:
        return redirect(url_for(".show", invoice_id=invoice_id))
    form = EditForm(version=invoice.version)
    if form.validate_on_submit():
        with answering(form):
            actions.discard_invoice(web.actor(), invoice_id, form.version.data)
            flash("You discarded the draft.")
            return redirect(url_for(".list_invoices"))
    return page("invoices/discard_invoice.html", form=form, invoice=invoice)


@invoices.route("/issue", methods=["GET", "POST"])
def issue_invoices() -> Any:
    """Check drafts and issue those that are ticked: all that wait, those of one source, or one."""
    actor, session = web.actor(), db.session()
    policy.require(actor, Act.INVOICE_ISSUE, *queries.issuing_schools(actor))
    found = queries.drafts_to_issue(
        session, actor, source_id=_id_asked("source"), invoice_id=_id_asked("invoice")
    )
    drafts = found[: rules.MOST_AT_ONCE]
    offered = [document_of(draft) for draft in drafts]
    form = IssueForm(chosen=[(draft.id, draft.version) for draft in drafts])
    form.chosen.choices = choices(
        (f"{draft.id}:{draft.version}", _summary(document), _hint(document))
        for draft, document in zip(drafts, offered, strict=True)
    )
    if form.validate_on_submit():
        with answering(form):
            actions.issue_invoices(actor, form.chosen.data)
            return _issued(form)
    return page("invoices/issue_invoices.html", form=form, offered=offered, count=len(found))


def _issued(form: IssueForm) -> Response:
    """Say what was issued, and go on to it."""
    ids = [invoice_id for invoice_id, _ in form.chosen.data]
    if len(ids) == 1:
        invoice = queries.get_invoice(db.session(), web.actor(), ids[0])
        flash(f"You issued invoice {invoice.number} and sent it to {invoice.buyer_name}.")
        return redirect(url_for(".show", invoice_id=ids[0]))
    flash(f"You issued {len(ids)} invoices and sent each to its school.")
    return redirect(url_for(".list_invoices", direction=Direction.ISSUED))


def _summary(document: InvoiceDocument) -> str:
    return f"{document.particulars.buyer.name}: {document.total}"


def _hint(document: InvoiceDocument) -> str:
    more = len(document.lines) - 1
    return document.lines[0].description + (f", and {more} more" if more else "")


def _ready(form: TermsForm, issuer: School) -> bool:
    """Set up the form of a draft. False while only more lines are asked for, or nothing was sent."""
    form.offer((school.id, school.name) for school in queries.possible_buyers(db.session(), issuer.id))
    if not form.is_submitted():
        form.add_blank_lines()
        return False
    if "add_lines" in request.form:
        form.add_blank_lines()
        return False
    return True


def _draft_for(act: Act, invoice_id: uuid.UUID) -> Invoice:
    """An invoice that the reader may do this to while it is a draft."""
    invoice = queries.get_invoice(db.session(), web.actor(), invoice_id)
    policy.require(web.actor(), act, invoice.issuer_id)
    return invoice


def _asked(actor: Actor) -> tuple[InvoicesFilter, Wanted]:
    """What the address asks the list for; what makes no sense is left out."""
    asked = request.args.get("direction")
    direction = (
        Direction(asked) if asked in _directions(actor) else queries.usual_direction(db.session(), actor)
    )
    filtering = InvoicesFilter()
    schools = queries.counterparties(db.session(), actor, direction)
    filtering.school.choices = choices(schools)
    filtering.validate()
    chosen = sorting(queries.SORTS, f"-{queries.USUAL_SORT}")
    right = {field.name: None if field.errors else field.data for field in filtering}
    return filtering, Wanted(
        direction=direction,
        shown=right["shown"],
        school_id=right["school"],
        since=right["since"],
        until=right["until"],
        search=right["q"] or "",
        sort=chosen.by,
        descending=chosen.descending,
    )


def _directions(actor: Actor) -> list[Direction]:
    """The lists there are for this reader."""
    if not actor.school_ids:
        return [Direction.ALL]
    return [Direction.ISSUED, Direction.RECEIVED]


def _id_asked(name: str) -> uuid.UUID | None:
    """An id from the address. Raises NotFound for what is none."""
    if not (asked := request.args.get(name)):
        return None
    try:
        return uuid.UUID(asked)
    except ValueError:
        raise NotFound from None


def _record(rows: Sequence[queries.InvoiceRow], how: str) -> None:
    """Put a download of the list on record: for the reader's schools, or for those that they audit."""
    actor = web.actor()
    whose = sorted(actor.school_ids or {row.issuer_id for row in rows})
    if whose:
        named = "1 invoice" if len(rows) == 1 else f"{len(rows):,} invoices"
        record_reading(actor, whose[0], f"{named} {how}", whose)


def _download(content: bytes, media_type: str, name: str) -> Response:
    return send_file(io.BytesIO(content), media_type, as_attachment=True, download_name=name)
