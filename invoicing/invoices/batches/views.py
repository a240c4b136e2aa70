"""The pages of batches: choosing drafts, how far a batch is, the list of batches."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from invoicing.invoices import queries as invoices
from invoicing.invoices.batches import actions, queries, rules
from invoicing.invoices.batches.forms import BatchForm, DraftsFilter
from invoicing.invoices.batches.queries import Wanted
from invoicing.invoices.batches.rules import Which
from invoicing.invoices.documents import document_of
from invoicing.invoices.models import Invoice
from marketplace.alliance import queries as alliance
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.listing import page_address
from marketplace.core.money import Money
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

batches = Blueprint("batches", __name__, url_prefix="/invoices/batches")


@batches.get("")
def list_batches() -> Any:
    """The batches of the reader's schools."""
    actor, session = web.actor(), db.session()
    pages = page_links(queries.count_batches(session, actor), request.args.get("page"), page_address)
    rows = queries.list_batches(session, actor, offset=pages.offset, limit=pages.size)
    return page(
        "batches/list.html",
        rows=[(batch, queries.progress(session, batch.id)) for batch in rows],
        pages=pages,
        schools=alliance.names(session, {batch.school_id for batch in rows}),
    )


@batches.route("/start", methods=["GET", "POST"])
def start_batch() -> Any:
    """Look through the drafts of a school and have some or all of them issued."""
    actor, session = web.actor(), db.session()
    policy.require(actor, Act.INVOICE_BATCH, *invoices.issuing_schools(actor))
    school_id = _school_asked_for()
    if school_id is None:
        named = alliance.names(session, invoices.issuing_schools(actor))
        return page("invoices/choose_school.html", schools=named, endpoint="batches.start_batch")
    filtering = DraftsFilter()
    filtering.buyer.choices = choices(queries.buyers_of_drafts(session, actor, school_id))
    filtering.validate()
    wanted = Wanted(
        school_id, None if filtering.buyer.errors else filtering.buyer.data, filtering.q.data or ""
    )
    found = queries.drafts_found(session, actor, wanted)
    shares = queries.drafts_by_buyer(session, actor, wanted)
    pages = page_links(len(found), request.args.get("page"), page_address)
    drafts = queries.drafts_shown(
        session, [one for one, _ in found[pages.offset : pages.offset + pages.size]]
    )
    form = _offer(BatchForm(seen=rules.fingerprint(found)), drafts, shares)
    if form.validate_on_submit():
        with answering(form):
            actions.start_batch(
                actor, form.id_to_make, wanted, form.ticked.data, which=form.which.data, seen=form.seen.data
            )
            return redirect(url_for(".show", batch_id=form.id_to_make))
        form.seen.data = rules.fingerprint(found)
    return page(
        "batches/start.html",
        form=form,
        filtering=filtering,
        documents=[document_of(draft) for draft in drafts],
        shares=shares,
        count=len(found),
        total=Money.total(share.total for share in shares),
        pages=pages,
        running=queries.running(session, actor),
        here=url_for(".start_batch", school=school_id),
        school_id=school_id,
    )


@batches.get("/<uuid:batch_id>")
def show(batch_id: uuid.UUID) -> Any:
    """How far a batch is, and what was set aside."""
    actor, session = web.actor(), db.session()
    batch = queries.get_batch(session, actor, batch_id)
    return page(
        "batches/show.html",
        batch=batch,
        progress=queries.progress(session, batch.id),
        left_out=queries.set_aside(session, batch.id),
        school=alliance.names(session, {batch.school_id})[batch.school_id],
    )


@batches.post("/<uuid:batch_id>/stop")
def stop_batch(batch_id: uuid.UUID) -> Response:
    """Issue no more of a batch."""
    left = actions.stop_batch(web.actor(), batch_id)
    flash(
        f"You stopped the batch. {left:,} invoice{'s stay drafts' if left > 1 else ' stays a draft'}."
        if left
        else "The batch had finished before you stopped it."
    )
    return redirect(url_for(".show", batch_id=batch_id))


def _school_asked_for() -> uuid.UUID | None:
    """The school whose drafts are meant; None when its finance lead must choose. Raises NotFound."""
    issuing = invoices.issuing_schools(web.actor())
    if not (asked := request.args.get("school")):
        return next(iter(issuing)) if len(issuing) == 1 else None
    try:
        school_id = uuid.UUID(asked)
    except ValueError:
        raise NotFound from None
    if school_id not in issuing:
        raise NotFound
    return school_id


def _offer(form: BatchForm, drafts: list[Invoice], shares: list[queries.Share]) -> BatchForm:
    """Give the form its choices: the drafts of the page, or all that were found."""
    count, total = sum(share.count for share in shares), Money.total(share.total for share in shares)
    everything = (
        f"All {count:,} drafts found, {total} together" if count != 1 else f"The draft found, {total}"
    )
    form.which.choices = choices([(Which.ALL, everything), (Which.TICKED, "Only those ticked on this page")])
    form.ticked.choices = choices(
        (f"{draft.id}:{draft.version}", f"{draft.buyer.name}: {draft.total}", draft.lines[0].description)
        for draft in drafts
    )
    return form
