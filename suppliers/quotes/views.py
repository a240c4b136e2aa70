"""Pages on which suppliers prepare, submit, replace and withdraw quotes, and a quote's own page."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from marketplace.core import clock, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.forms import EditForm, Form
from marketplace.core.paging import page_links
from marketplace.core.policy import Kind, Role
from marketplace.core.requests import keep_uploads_in_memory
from marketplace.core.web import NavigationItem, answering, page
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import accepts_quotes
from suppliers.profiles import queries as profiles
from suppliers.profiles.declarations import queries as declarations
from suppliers.quotes import actions, copies, offers, opened, queries, results, rules, shown
from suppliers.quotes.declarations.rules import DECLARATIONS
from suppliers.quotes.files.queries import opened_files
from suppliers.quotes.filled_schedule import Reading, read_schedule
from suppliers.quotes.forms import FindQuotesForm, ReplaceForm, SubmitForm, UploadForm, prepare_form
from suppliers.quotes.offers import Offer
from suppliers.quotes.price_schedule import MEDIA_TYPE, price_schedule
from suppliers.quotes.rules import QuoteStatus

quotes = Blueprint("quotes", __name__)
keep_uploads_in_memory(quotes)
NAVIGATION = NavigationItem("Quotes", "quotes.index", lambda actor: bool(actor.supplier_ids))
MOST_TENDERS_SHOWN = 10
MOST_PROBLEMS_SHOWN = 100
NEXT = {"check": "quotes.check", "preview": "quotes.preview", "files": "quotes.attach_file"}
"""Where a button of the draft leads once it is saved; anywhere else it stays."""


@quotes.route("/quotes")
def index() -> Any:
    """A supplier's home: tenders to quote for, drafts, and what was submitted."""
    session, actor = db.session(), web.actor()
    if not actor.supplier_ids:
        raise NotFound
    form = FindQuotesForm(request.args)
    form.validate()
    order = request.args.get("sort", "-received")
    query = queries.sent(actor, search=form.q.data or "", stage=form.stage.data, order=order)
    kept = {"q": form.q.data or None, "stage": form.stage.data}
    pages = page_links(
        queries.count(session, query),
        request.args.get("page"),
        lambda number: url_for("quotes.index", page=number, sort=order, **kept),
    )
    asked = queries.tenders_to_quote_for(session, actor)
    begun = queries.begun(session, actor, [tender.id for tender in asked])
    return page(
        "quotes/index.html",
        suppliers=profiles.own_suppliers(session, actor),
        tenders=asked[:MOST_TENDERS_SHOWN],
        begun=begun,
        more=max(0, len(asked) - MOST_TENDERS_SHOWN),
        drafts=queries.drafts(session, actor),
        quotes=session.scalars(query.offset(pages.offset).limit(pages.size)).all(),
        pages=pages,
        filters=form,
        filtered=any(kept.values()),
        sort=order,
        sort_href=lambda key: url_for("quotes.index", sort=_turned(key, order), **kept),
        now=clock.now(),
        rules=rules,
    )


@quotes.route("/tenders/<uuid:tender_id>/quote", methods=["GET", "POST"])
def prepare(tender_id: uuid.UUID) -> Any:
    """Fill in a quote: a unit price for each line, an answer to each question. Kept as a draft."""
    session = db.session()
    tender, supplier_id = asked_of(tender_id)
    draft = queries.draft_of(session, tender_id, supplier_id)
    if request.method == "GET":
        submitted = queries.submitted_of(session, tender_id, supplier_id)
        if draft is None and submitted is not None:
            return redirect(url_for("quotes.show", quote_id=submitted.id))
        rules.check_deadline(tender.status, tender.closes_at, clock.database_now(session))
    schedule = queries.schedule_of(session, tender)
    offer = queries.offer_in_draft(draft) if draft else Offer()
    form = prepare_form(schedule, offer, draft.version if draft else 0)
    if form.validate_on_submit():
        with answering(form):
            actions.save_draft(web.actor(), tender_id, supplier_id, form.version.data or 0, form.offer())
            if following := NEXT.get(request.form.get("next", "")):
                return redirect(url_for(following, tender_id=tender_id, supplier=supplier_id))
            flash("You saved the draft. Nobody but your colleagues can see it.", "success")
            return redirect(url_for("quotes.prepare", tender_id=tender_id, supplier=supplier_id))
    return page(
        "quotes/prepare.html",
        form=form,
        tender=tender,
        schedule=schedule,
        supplier=profiles.get_supplier(session, web.actor(), supplier_id),
        others=[one for one in profiles.own_suppliers(session, web.actor()) if one.id != supplier_id],
        offer=shown.view(schedule, offer),
        files=offer.files,
        draft=draft,
        price_field=offers.price_field,
        tier_field=offers.tier_field,
        answer_field=offers.answer_field,
    )


@quotes.route("/tenders/<uuid:tender_id>/quote/price-schedule.xlsx")
def download_schedule(tender_id: uuid.UUID) -> Any:
    """The price schedule as a workbook to fill in, with the prices of the draft so far."""
    tender, supplier_id = asked_of(tender_id)
    schedule = queries.schedule_of(db.session(), tender)
    draft = queries.draft_of(db.session(), tender_id, supplier_id)
    offer = queries.offer_in_draft(draft) if draft else Offer()
    name = f"{tender.reference}-price-schedule.xlsx"
    return Response(
        price_schedule(schedule, offer),
        mimetype=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@quotes.route("/tenders/<uuid:tender_id>/quote/upload", methods=["GET", "POST"])
def upload_schedule(tender_id: uuid.UUID) -> Any:
    """Read a filled-in price schedule into the draft: good prices are kept, each problem is named."""
    tender, supplier_id = asked_of(tender_id)
    schedule = queries.schedule_of(db.session(), tender)
    form, reading = UploadForm(), None
    if form.validate_on_submit():
        with answering(form):
            reading = read_schedule(form.schedule.data.read(), schedule)
            if reading.prices or reading.tier_prices or reading.discounts:
                actions.take_prices(web.actor(), tender_id, supplier_id, reading.offer)
            if not reading.problems:
                flash(f"You uploaded {_prices(reading)}. Check them below.", "success")
                return redirect(url_for("quotes.prepare", tender_id=tender_id, supplier=supplier_id))
            form.schedule.errors = [_result(reading)]
    return page(
        "quotes/upload_schedule.html",
        form=form,
        tender=tender,
        supplier_id=supplier_id,
        problems=reading.problems[:MOST_PROBLEMS_SHOWN] if reading else [],
        unshown=max(0, len(reading.problems) - MOST_PROBLEMS_SHOWN) if reading else 0,
        kept=shown.view(schedule, reading.offer) if reading else None,
    )


@quotes.route("/tenders/<uuid:tender_id>/quote/check", methods=["GET", "POST"])
def check(tender_id: uuid.UUID) -> Any:
    """Read the draft once more, make the declarations, and submit."""
    session = db.session()
    tender, supplier_id = asked_of(tender_id)
    form = SubmitForm()
    if form.validate_on_submit():
        with answering(form):
            quote_id = _id(request.form.get("quote_id"))
            copy = _copy_before_sealing(tender, supplier_id)
            actions.submit_quote(
                web.actor(),
                quote_id,
                form.version.data or 0,
                form.confirmed(),
                free_confirmed=bool(form.free_confirmed.data),
            )
            return _show(quote_id, just_submitted=True, copy=copy)
    draft = queries.draft_of(session, tender_id, supplier_id)
    if draft is None:
        return redirect(url_for("quotes.prepare", tender_id=tender_id, supplier=supplier_id))
    if form.version.data is None:
        form.version.data = draft.version
    standing = declarations.latest(session, supplier_id)
    if standing and not form.is_submitted():
        form.sub_contractors.data = "\n".join(declarations.declared_in(standing).sub_contractors)
    schedule, offer = queries.schedule_of(session, tender), queries.offer_in_draft(draft)
    return page(
        "quotes/check.html",
        form=form,
        tender=tender,
        supplier=profiles.get_supplier(session, web.actor(), supplier_id),
        offer=shown.view(schedule, offer),
        files=offer.files,
        draft=draft,
        gaps=offers.gaps(schedule, offer),
        free=offers.free_lines(schedule, offer),
        standing=declarations.view(standing) if standing else None,
    )


@quotes.route("/tenders/<uuid:tender_id>/quote/copy")
def download_copy(tender_id: uuid.UUID) -> Any:
    """The supplier's own copy of the draft, to keep before it is sealed."""
    tender, supplier_id = asked_of(tender_id)
    copy = _copy_before_sealing(tender, supplier_id)
    if not copy:
        raise NotFound
    return _as_copy(tender, copy)


@quotes.route("/quotes/<uuid:quote_id>/copy", methods=["POST"])
def save_copy(quote_id: uuid.UUID) -> Any:
    """Give the copy back that the answer to the submission holds, as a file: Weald itself keeps none."""
    quote = queries.get_own_quote(db.session(), web.actor(), quote_id)
    content = request.form.get("copy", "").encode()
    queries.check_copy(quote, copies.read_copy(content))
    return _as_copy(quote.tender, content)


def _copy_before_sealing(tender: Tender, supplier_id: uuid.UUID) -> bytes:
    """The copy of the draft as it is now; empty when there is none."""
    session = db.session()
    draft = queries.draft_of(session, tender.id, supplier_id)
    if draft is None:
        return b""
    supplier = profiles.get_supplier(session, web.actor(), supplier_id)
    return copies.write_copy(
        queries.copy_of(queries.schedule_of(session, tender), draft), tender.title, supplier.name
    )


def _as_copy(tender: Tender, content: bytes) -> Response:
    name = f"{tender.reference}-your-quote.json"
    return Response(
        content,
        mimetype=copies.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@quotes.route("/tenders/<uuid:tender_id>/quote/preview")
def preview(tender_id: uuid.UUID) -> Any:
    """The draft as the schools will see it: first the answers, then the prices."""
    session = db.session()
    tender, supplier_id = asked_of(tender_id)
    draft = queries.draft_of(session, tender_id, supplier_id)
    if draft is None:
        return redirect(url_for("quotes.prepare", tender_id=tender_id, supplier=supplier_id))
    offer = queries.offer_in_draft(draft)
    return page(
        "quotes/preview.html",
        tender=tender,
        supplier=profiles.get_supplier(session, web.actor(), supplier_id),
        offer=shown.view(queries.schedule_of(session, tender), offer),
        files=offer.files,
    )


@quotes.route("/quotes/<uuid:quote_id>")
def show(quote_id: uuid.UUID) -> Any:
    """A quote's page for its supplier: the receipt, and once it is opened, what it holds."""
    return _show(quote_id)


def _show(quote_id: uuid.UUID, *, just_submitted: bool = False, copy: bytes = b"") -> Any:
    session = db.session()
    quote = queries.get_own_quote(session, web.actor(), quote_id)
    if quote.status is QuoteStatus.DRAFT:
        return redirect(url_for("quotes.prepare", tender_id=quote.tender_id, supplier=quote.supplier_id))
    schedule = queries.schedule_of(session, quote.tender)
    return page(
        "quotes/show.html",
        form=Form(),
        quote=quote,
        tender=quote.tender,
        just_submitted=just_submitted,
        copy=copy.decode(),
        can_change=quote.status is QuoteStatus.SUBMITTED and _is_open(quote.tender),
        draft=queries.draft_of(session, quote.tender_id, quote.supplier_id),
        event=queries.receipt_of(session, quote_id),
        files=opened_files(session, quote_id),
        received=rules.in_england(quote.received_at) if quote.received_at else "",
        offer=shown.view(schedule, opened.offer_of(session, quote_id)),
        declarations=list(DECLARATIONS.values()),
        stage=rules.stage_of(quote.status),
        rules=rules,
        is_told=results.is_known(session, quote),
        outdated=quote.status is QuoteStatus.SUBMITTED
        and rules.is_outdated(quote.schedule_version, quote.tender.schedule_version),
    )


@quotes.route("/quotes/<uuid:quote_id>/replace", methods=["GET", "POST"])
def replace(quote_id: uuid.UUID) -> Any:
    """Start a replacement, filled in from the supplier's own copy or empty; the quote stays in meanwhile."""
    quote = queries.get_own_quote(db.session(), web.actor(), quote_id)
    tender, supplier_id = quote.tender, quote.supplier_id
    form = ReplaceForm()
    if form.validate_on_submit():
        with answering(form):
            chosen = form.copy.data
            actions.start_replacement(
                web.actor(), quote_id, copies.read_copy(chosen.read()) if chosen else None
            )
            flash("You started a replacement. Your quote stays in until you submit the new one.", "note")
            return redirect(url_for("quotes.prepare", tender_id=tender.id, supplier=supplier_id))
    rules.check_deadline(tender.status, tender.closes_at, clock.database_now(db.session()))
    return page("quotes/replace.html", form=form, quote=quote, tender=tender)


@quotes.route("/quotes/<uuid:quote_id>/withdraw", methods=["GET", "POST"])
def withdraw(quote_id: uuid.UUID) -> Any:
    """Take a quote back, or discard a draft, after asking once more."""
    quote = queries.get_own_quote(db.session(), web.actor(), quote_id)
    form = EditForm(data={"version": quote.version})
    is_draft = quote.status is QuoteStatus.DRAFT
    reference = quote.reference
    if form.validate_on_submit():
        with answering(form):
            actions.withdraw_quote(web.actor(), quote_id, form.version.data or 0)
            flash("You discarded the draft." if is_draft else f"You withdrew {reference}.", "success")
            return redirect(url_for("quotes.index"))
    return page("quotes/withdraw.html", form=form, quote=quote, is_draft=is_draft)


def asked_of(tender_id: uuid.UUID) -> tuple[Tender, uuid.UUID]:
    """The tender and the supplier that the reader quotes for; the address says which if there are several.

    Raises NotFound for a tender that was never published, and Forbidden for people of no supplier.
    """
    actor = web.actor()
    tender = tenders.get_tender(db.session(), actor, tender_id)
    if tender.published_at is None:
        raise NotFound
    mine = actor.organisations(Kind.SUPPLIER, Role.SUPPLIER_ADMIN, Role.BIDDER)
    if not mine:
        raise Forbidden("Only suppliers quote. Register as one to take part; it costs nothing.")
    wanted = request.args.get("supplier", "")
    chosen = next((one for one in mine if str(one) == wanted), None)
    if wanted and chosen is None:
        raise NotFound
    return tender, chosen or min(mine)


def _is_open(tender: Tender) -> bool:
    return accepts_quotes(tender.status, tender.closes_at, clock.database_now(db.session()))


def _turned(key: str, order: str) -> str:
    """The order that a click on a column's heading asks for: the other direction if it is sorted by it."""
    return f"-{key}" if order == key else key


def _prices(reading: Reading) -> str:
    number = len(reading.prices) + len(reading.tier_prices)
    return "1 price" if number == 1 else f"{number:,} prices"


def _result(reading: Reading) -> str:
    """What became of a file with problems in it."""
    wrong = len(reading.problems)
    problems = "There is 1 problem" if wrong == 1 else f"There are {wrong:,} problems"
    return (
        f"{problems} in the file, listed below. {_prices(reading)} without a problem went into "
        "your draft. Put the others right and upload the file again, or enter them on the page."
    )


def _id(text: str | None) -> uuid.UUID:
    """An id sent by a form. Raises NotFound for anything else."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise NotFound from None
