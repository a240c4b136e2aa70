"""Pages on which awards are recommended, approved, confirmed and read."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.core import listing, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.fields import choices
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page
from marketplace.tenders.interests.queries import latest_assessment, review_points
from marketplace.tenders.lots.queries import division_of
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import STATUS_COLOURS, STATUS_LABELS, TenderStatus
from suppliers.awards import actions, queries, shown
from suppliers.awards.by_schools.queries import prices_alone
from suppliers.awards.forms import ApproveForm, ConfirmForm, FindForm, RecommendForm, RejectForm
from suppliers.awards.related_parties import queries as related_parties
from suppliers.awards.rules import Recommendation
from suppliers.awards.shown import AwardView
from suppliers.awards.waiving.shown import worse_off_by_quote
from suppliers.evaluation import findings
from suppliers.evaluation.low_prices import queries as low_prices
from suppliers.evaluation.queries import get_comparison

awards = Blueprint("awards", __name__)
NAVIGATION = NavigationItem("Awards", "awards.index", lambda actor: bool(actor.alliance_ids))


@awards.route("/awards")
def index() -> Any:
    """Awards that the reader may see."""
    session = db.session()
    form = FindForm()
    form.validate()
    order = listing.sorting(dict.fromkeys(queries.ORDERS), "-recommended")
    query = queries.awarded_tenders(web.actor(), form.q.data or "", order)
    pages = page_links(queries.count(session, query), request.args.get("page"), listing.page_address)
    found = session.scalars(query.offset(pages.offset).limit(pages.size)).all()
    return page(
        "awards/index.html", filters=form, rows=queries.listed(session, found), pages=pages, order=order
    )


@awards.route("/tenders/<uuid:tender_id>/award")
def show_award(tender_id: uuid.UUID) -> Any:
    """The award: result, prices and savings, reasons, approvals, contracts, and where it stands."""
    session, actor = db.session(), web.actor()
    tender, comparison = get_comparison(session, actor, tender_id)
    accepted = low_prices.accepted_prices(session, tender_id)
    return page(
        "awards/award.html",
        tender=tender,
        status={"label": STATUS_LABELS[tender.status], "colour": STATUS_COLOURS.get(tender.status, "blue")},
        award=shown.view_award(session, actor, tender, comparison),
        accepted=accepted,
        findings=findings.find(comparison, accepted),
        choices=shown.choices_of(session, actor, tender),
        sent_back=shown.history(session, tender),
        related=related_parties.view(session, tender_id),
        reads_letters=policy.allows(actor, Act.LETTER_READ, tender.alliance_id),
        may_recommend=policy.allows(actor, Act.AWARD_RECOMMEND, tender.alliance_id)
        and tender.status is TenderStatus.PRICES_OPENED,
    )


@awards.route("/tenders/<uuid:tender_id>/award/recommend", methods=["GET", "POST"])
def recommend_award(tender_id: uuid.UUID) -> Any:
    """Recommend a quote to the schools."""
    session, actor = db.session(), web.actor()
    tender, comparison = get_comparison(session, actor, tender_id)
    _require(Act.AWARD_RECOMMEND, tender, tender.alliance_id)
    if division_of(session, tender_id).apart:
        return redirect(url_for("awards.recommend_lots", tender_id=tender_id))
    first = comparison.firsts[0].quote_id if len(comparison.firsts) == 1 else None
    form = RecommendForm(version=tender.version, quote_id=first)
    form.quote_id.choices = choices(
        (
            offer.quote_id,
            offer.supplier,
            f"Rank {offer.rank}, {offer.said}, {offer.total} before VAT",
        )
        for offer in comparison.offers
    )
    if form.validate_on_submit():
        with answering(form):
            wanted = Recommendation(form.quote_id.data, form.reasons.data or "", form.departure.data or "")
            actions.recommend_award(actor, tender_id, form.version.data or 0, wanted)
            flash("You recommended the award. Two people of two schools decide now.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    return page(
        "awards/recommend_award.html",
        form=form,
        tender=tender,
        comparison=comparison,
        findings=findings.find(comparison),
        held_up=low_prices.held_up(session, tender_id, comparison.firsts),
        worse_off=worse_off_by_quote(comparison, prices_alone(session, tender)),
        assessment=latest_assessment(session, tender_id),
        review=review_points(session, tender),
    )


@awards.route("/tenders/<uuid:tender_id>/award/approve", methods=["GET", "POST"])
def approve_award(tender_id: uuid.UUID) -> Any:
    """Approve the recommended award for one's school."""
    session, actor = db.session(), web.actor()
    tender, award = _shown(tender_id)
    if award is None:
        return _nothing_to_decide(tender_id)
    _require(Act.AWARD_APPROVE, tender, *queries.schools_approved_for(session, actor, tender))
    form = ApproveForm(version=tender.version)
    free = shown.schools_to_choose(session, actor, tender)
    form.school.choices = choices(free.items())
    if len(free) < 2:  # noqa: PLR2004  # nothing to choose
        del form.school
    if form.validate_on_submit():
        with answering(form):
            chosen = form.school.data if "school" in form else None
            actions.approve_award(actor, tender_id, form.version.data or 0, chosen)
            flash("You approved the award.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    choices_now = shown.choices_of(session, actor, tender)
    return page("awards/approve_award.html", form=form, tender=tender, award=award, choices=choices_now)


@awards.route("/tenders/<uuid:tender_id>/award/reject", methods=["GET", "POST"])
def reject_award(tender_id: uuid.UUID) -> Any:
    """Send a recommendation back with a reason."""
    session, actor = db.session(), web.actor()
    tender, award = _shown(tender_id)
    if award is None:
        return _nothing_to_decide(tender_id)
    _require(Act.AWARD_REJECT, tender, *queries.schools_approved_for(session, actor, tender))
    form = RejectForm(version=tender.version)
    if form.validate_on_submit():
        with answering(form):
            actions.reject_award(actor, tender_id, form.version.data or 0, form.reason.data or "")
            flash("You sent the recommendation back.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    return page("awards/reject_award.html", form=form, tender=tender, award=award)


@awards.route("/tenders/<uuid:tender_id>/award/confirm", methods=["GET", "POST"])
def confirm_award(tender_id: uuid.UUID) -> Any:
    """Confirm an approved award: contracts are registered and suppliers told."""
    session, actor = db.session(), web.actor()
    tender, award = _shown(tender_id)
    if award is None:
        return _nothing_to_decide(tender_id)
    _require(Act.AWARD_CONFIRM, tender, tender.alliance_id)
    form = ConfirmForm(version=tender.version)
    if form.validate_on_submit():
        with answering(form):
            actions.confirm_award(
                actor, tender_id, form.version.data or 0, related=form.related.data == "yes"
            )
            flash("You confirmed the award. Each school has its contract in its register.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    choices_now = shown.choices_of(session, actor, tender)
    return page(
        "awards/confirm_award.html",
        form=form,
        tender=tender,
        award=award,
        choices=choices_now,
        related=related_parties.view(session, tender_id),
    )


def _shown(tender_id: uuid.UUID) -> tuple[Tender, AwardView | None]:
    """A tender that the reader may compare, with its award if one is recommended."""
    session, actor = db.session(), web.actor()
    tender, comparison = get_comparison(session, actor, tender_id)
    return tender, shown.view_award(session, actor, tender, comparison)


def _nothing_to_decide(tender_id: uuid.UUID) -> Response:
    """Back to the award's page, as after a second click on a button that sent the award back."""
    flash("No award is recommended now.", "note")
    return redirect(url_for("awards.show_award", tender_id=tender_id))


def _require(act: Act, tender: Tender, *organisation_ids: uuid.UUID) -> None:
    """Show the page of an act only to those who may do it."""
    if not policy.allows(web.actor(), act, *organisation_ids):
        raise Forbidden(f"Your role does not allow you to decide this about {tender.title}.")
