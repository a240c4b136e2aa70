"""Pages of joint tenders for the people of an alliance: the list, one tender, and each of its steps."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for

from marketplace.core import documents, paging, policy, storage, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Kind
from marketplace.core.web import NavigationItem, answering, page, public
from marketplace.tenders import actions, audience, queries, rules, shown
from marketplace.tenders.drafting.queries import readiness
from marketplace.tenders.drafting.rules import missing
from marketplace.tenders.forms import FilterForm, ReasonForm, StepForm
from marketplace.tenders.interests.queries import open_points
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.specification.queries import asked_of_suppliers
from marketplace.tenders.uk_notices.queries import must_wait

tenders = Blueprint("tenders", __name__)
APPROVED = (
    "You approved the tender. It opens when its notice stands on Find a Tender; the coordinator is told."
)
KEPT = ("search", "status", "category", "sort", "order")
NAVIGATION = NavigationItem("Tenders", "tenders.index", lambda actor: bool(actor.alliance_ids))
SHORTCUTS = (
    NavigationItem(
        "Draft a joint tender",
        "tenders.draft_tender",
        lambda actor: bool(actor.organisations(Kind.ALLIANCE, *POLICY[Act.TENDER_DRAFT].roles)),
    ),
)


@tenders.route("/tenders")
def index() -> Any:
    """The tenders of the reader's alliances; for others, what is open to anybody."""
    acting, session = web.actor(), db.session()
    if not acting.alliance_ids:
        return redirect(url_for("opportunities.index"))
    given = request.args
    status = given.get("status") if given.get("status") in set(TenderStatus) else None
    sort = given.get("sort") if given.get("sort") in queries.SORTS else "drafted"
    descending = given.get("order", "descending" if sort == "drafted" else "ascending") == "descending"
    found = queries.search(
        acting,
        text=given.get("search", "").strip(),
        status=TenderStatus(status) if status else None,
        category_id=given.get("category", ""),
    )
    kept: dict[str, Any] = {name: given[name] for name in KEPT if given.get(name)}
    pages = paging.page_links(
        queries.count(session, found),
        given.get("page"),
        lambda number: url_for("tenders.index", **kept, page=number),
    )
    rows = queries.page_of(
        session, found, sort or "drafted", descending=descending, offset=pages.offset, size=pages.size
    )
    return page(
        "tenders/index.html",
        rows=shown.listed(rows),
        pages=pages,
        form=FilterForm(formdata=given),
        columns=shown.sortable(kept, sort or "drafted", descending=descending),
        filtered=bool(kept.keys() - {"sort", "order"}),
        may_draft=policy.allows(acting, Act.TENDER_DRAFT, *acting.alliance_ids),
    )


@tenders.route("/tenders/<uuid:tender_id>")
def show(tender_id: uuid.UUID) -> Any:
    """One tender, whole, for the people of its alliance."""
    acting, session = web.actor(), db.session()
    tender = queries.get_tender_of_alliance(session, acting, tender_id)
    return page("tenders/show.html", **shown.whole_tender(session, acting, tender))


@tenders.route("/tenders/<uuid:tender_id>/invite", methods=["GET", "POST"])
def invite_schools(tender_id: uuid.UUID) -> Any:
    """Check a draft and invite its schools."""
    session = db.session()
    tender = own_tender(tender_id, Act.TENDER_INVITE)
    if request.method == "GET" and tender.status is not TenderStatus.DRAFT:
        return redirect(url_for("tenders.show", tender_id=tender_id))
    form = StepForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.invite_schools(web.actor(), tender_id, form.version.data)
            flash("You invited the schools. We have written to their headteachers and bursars.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page(
        "tenders/invite_schools.html",
        form=form,
        tender=tender,
        missing=missing(readiness(session, tender)),
        invited=queries.buyers(session, tender_id),
        **shown.terms(session, tender),
    )


@tenders.route("/tenders/<uuid:tender_id>/publish", methods=["GET", "POST"])
def publish_tender(tender_id: uuid.UUID) -> Any:
    """What is about to be published, and the button that approves and publishes it."""
    acting, session = web.actor(), db.session()
    tender = queries.get_tender_of_alliance(session, acting, tender_id)
    policy.require(acting, Act.TENDER_PUBLISH, *queries.approving_schools(session, tender))
    waits = must_wait(session, tender)
    form = StepForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.publish_tender(acting, tender_id, form.version.data)
            flash(APPROVED if waits else f"You published {tender.title}. Suppliers can quote for it now.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page(
        "tenders/publish_tender.html",
        form=form,
        tender=tender,
        may_publish=queries.may_publish(session, acting, tender),
        must_wait=waits,
        suppliers=audience.suppliers(session, tender),
        buyers=queries.buyers(session, tender_id),
        lots=queries.schedule(session, tender_id),
        interests=open_points(session, tender),
        requirements=asked_of_suppliers(session, tender_id),
        **shown.terms(session, tender),
    )


@tenders.route("/tenders/<uuid:tender_id>/return", methods=["GET", "POST"])
def return_tender(tender_id: uuid.UUID) -> Any:
    """Take a tender back to draft, with a reason."""
    acting, session = web.actor(), db.session()
    tender = queries.get_tender_of_alliance(session, acting, tender_id)
    policy.require(acting, Act.TENDER_RETURN, tender.alliance_id, *queries.approving_schools(session, tender))
    form = ReasonForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.return_tender(acting, tender_id, form.version.data, form.reason.data or "")
            flash("You took the tender back to draft. Its coordinator and schools are told why.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/return_tender.html", form=form, tender=tender)


@tenders.route("/tenders/<uuid:tender_id>/cancel", methods=["GET", "POST"])
def cancel_tender(tender_id: uuid.UUID) -> Any:
    """End a tender without an award, with a reason."""
    tender = own_tender(tender_id, Act.TENDER_CANCEL)
    if request.method == "GET" and tender.status not in rules.STILL_OPEN:
        return redirect(url_for("tenders.show", tender_id=tender_id))
    form = ReasonForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.cancel_tender(web.actor(), tender_id, form.version.data, form.reason.data or "")
            flash("You cancelled the tender. Its schools are told why, and their needs are free again.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/cancel_tender.html", form=form, tender=tender)


@tenders.route("/tenders/<uuid:tender_id>/documents/<uuid:document_id>")
@public
def download_document(tender_id: uuid.UUID, document_id: uuid.UUID) -> Any:
    """A stored document of a tender that the reader may see: everybody's, once it is published."""
    session = db.session()
    document = queries.get_document(session, web.actor(), tender_id, document_id)
    if document.sha256 is None:
        raise NotFound
    return send_file(
        io.BytesIO(storage.read(document.sha256)),
        mimetype=documents.media_type(document.name),
        as_attachment=True,
        download_name=document.name,
    )


def own_tender(tender_id: uuid.UUID, act: Act) -> Tender:
    """A tender of the reader's alliance, to which they may do this."""
    tender = queries.get_tender_of_alliance(db.session(), web.actor(), tender_id)
    policy.require(web.actor(), act, tender.alliance_id)
    return tender
