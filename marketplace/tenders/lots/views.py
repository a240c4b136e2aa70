"""The pages on which it is said why a tender is one lot, and what holds for several."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.web import answering, page
from marketplace.tenders.drafting.views import own_draft
from marketplace.tenders.forms import StepForm
from marketplace.tenders.lots import actions, forms, queries
from marketplace.tenders.lots.rules import Decided
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import PriceFormula

lots = Blueprint("lots", __name__)


@lots.route("/tenders/<uuid:tender_id>/edit/lots/limits", methods=["GET", "POST"])
def set_limits(tender_id: uuid.UUID) -> Any:
    """Why a tender is one lot; with several lots, how they are won and how many one supplier may have."""
    tender = own_draft(tender_id)
    return _undivided(tender) if len(tender.lots) <= 1 else _limits(tender)


def _undivided(tender: Tender) -> Any:
    row = queries.limits_of(db.session(), tender.id)
    form = forms.UndividedForm(
        data={"version": tender.version, "undivided_reason": row.undivided_reason if row else ""}
    )
    if form.validate_on_submit():
        with answering(form):
            actions.set_limits(
                web.actor(),
                tender.id,
                form.version.data,
                undivided_reason=form.undivided_reason.data or "",
            )
            return _back(tender.id, "You said why the tender is not divided into lots.")
    return page("lots/set_reason.html", form=form, tender=tender)


def _limits(tender: Tender) -> Any:
    session = db.session()
    row = queries.limits_of(session, tender.id)
    draft = queries.limits_draft(row)
    form = forms.limits_form(
        tender.lots,
        {
            "version": tender.version,
            "decided": row.decided if row else Decided.TOGETHER,
            "most_quoted": draft.most_quoted,
            "most_awarded": draft.most_awarded,
            "selection": draft.selection,
            "mechanism": draft.mechanism,
        },
        queries.bounds_of(session, tender.id),
        bounded=tender.price_formula is PriceFormula.CEILING_OPTIMUM,
    )
    if form.validate_on_submit():
        with answering(form):
            actions.set_limits(
                web.actor(),
                tender.id,
                form.version.data,
                limits=form.limits(),
                decided=form.decided.data,
                bounds=form.bounds(),
            )
            return _back(tender.id, "You saved how the lots are won.")
    return page("lots/set_limits.html", form=form, tender=tender)


@lots.route("/tenders/<uuid:tender_id>/edit/lots/<uuid:lot_id>/tiers", methods=["GET", "POST"])
def set_tiers(tender_id: uuid.UUID, lot_id: uuid.UUID) -> Any:
    """From where lower prices of a lot begin."""
    tender = own_draft(tender_id)
    lot = next((one for one in tender.lots if one.id == lot_id), None)
    if lot is None:
        raise NotFound
    present = queries.tiers_of(db.session(), lot_id)
    starts = present.starts if present else ()
    form = forms.TiersForm(
        data={
            "version": tender.version,
            "basis": present.basis if present else forms.NO_TIERS,
            **{f"start_{number}": start for number, start in enumerate(starts, start=1)},
        }
    )
    if form.validate_on_submit():
        with answering(form):
            actions.set_tiers(web.actor(), tender_id, form.version.data, lot_id, form.tiers())
            return _back(tender_id, f"You saved the tiers of lot {lot.number}.")
    return page("lots/set_tiers.html", form=form, tender=tender, lot=lot)


@lots.route("/tenders/<uuid:tender_id>/edit/lots/bundles/add", methods=["GET", "POST"])
def add_bundle(tender_id: uuid.UUID) -> Any:
    """Let suppliers price some lots together."""
    tender = own_draft(tender_id)
    bundles = queries.bundles_of(db.session(), tender_id)
    form = forms.BundleForm(data={"version": tender.version})
    form.parts.choices = choices(
        [
            *((str(lot.id), f"Lot {lot.number}: {lot.title}") for lot in tender.lots),
            *((str(one.id), f"The bundle “{one.title}”") for one in bundles),
        ]
    )
    if form.validate_on_submit():
        with answering(form):
            actions.add_bundle(web.actor(), tender_id, form.version.data, form.id_to_make, form.draft())
            return _back(tender_id, "You added a bundle.")
    return page("lots/add_bundle.html", form=form, tender=tender)


@lots.route("/tenders/<uuid:tender_id>/edit/lots/bundles/<uuid:bundle_id>/remove", methods=["POST"])
def remove_bundle(tender_id: uuid.UUID, bundle_id: uuid.UUID) -> Any:
    """Take a bundle out of a draft."""
    seen = StepForm().version.data
    actions.remove_bundle(web.actor(), tender_id, -1 if seen is None else int(seen), bundle_id)
    return _back(tender_id, "You removed a bundle.")


def _back(tender_id: uuid.UUID, done: str) -> Response:
    flash(done)
    return redirect(url_for("tenders.edit_lots", tender_id=tender_id))
