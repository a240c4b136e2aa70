"""The pages on which the criteria of a draft are set."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.web import answering, page
from marketplace.tenders import methodology, queries
from marketplace.tenders.criteria import actions, forms, shown
from marketplace.tenders.criteria.forms import criterion_form, weights_form
from marketplace.tenders.criteria.queries import get_criterion, parts_of
from marketplace.tenders.criteria.tree import outline
from marketplace.tenders.drafting.views import own_draft
from marketplace.tenders.forms import StepForm
from marketplace.tenders.formulas import FORMULAS
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import CriterionKind

criteria = Blueprint("criteria", __name__)


@criteria.route("/tenders/<uuid:tender_id>/edit/criteria", methods=["GET", "POST"])
def set_weights(tender_id: uuid.UUID) -> Any:
    """All criteria, level by level, with their weights."""
    tender = own_draft(tender_id)
    form = weights_form([placed.criterion for placed in outline(tender.criteria)], tender.version)
    if form.validate_on_submit():
        with answering(form):
            actions.set_weights(web.actor(), tender_id, form.version.data, form.weights())
            flash("You saved the weights.")
            return redirect(url_for("tenders.edit_tender", tender_id=tender_id))
    return page(
        "criteria/set_weights.html",
        form=form,
        tender=tender,
        levels=shown.levels(tender),
        has_price=any(one.kind is CriterionKind.PRICE for one in tender.criteria),
        formula=FORMULAS[tender.price_formula],
        formula_figures=methodology.figures_of(tender),
        methodology=methodology.explain(tender),
    )


@criteria.route("/tenders/<uuid:tender_id>/edit/criteria/price", methods=["GET", "POST"])
def set_price(tender_id: uuid.UUID) -> Any:
    """What the price weighs and how price and quality are judged together."""
    tender = own_draft(tender_id)
    price = next((one for one in tender.criteria if one.kind is CriterionKind.PRICE), None)
    form = forms.PriceForm(
        data={
            "version": tender.version,
            "weight": price.weight if price else None,
            "formula": tender.price_formula,
            "ceiling": tender.ceiling,
            "optimum": tender.optimum,
            "steepness": Decimal(1) if tender.steepness is None else tender.steepness,
            "worth_of_a_point": tender.worth_of_a_point,
            "indexation": tender.indexation,
            "discount_rate": tender.discount_rate,
        }
    )
    if form.validate_on_submit():
        with answering(form):
            actions.set_price(
                web.actor(),
                tender_id,
                form.version.data,
                weight=form.weight.data,
                pricing=form.pricing(),
            )
            return _back(tender_id, "You saved the price and its formula.")
    return page("criteria/set_price.html", form=form, tender=tender, spend=_spend(tender))


def _spend(tender: Tender) -> Any:
    """What all schools would pay over the whole term at today's spend; None unless known for each."""
    if tender.contract_starts_on is None or tender.contract_ends_on is None:
        return None
    baselines = list(queries.baselines_for_term(db.session(), tender).values())
    return sum(baselines[1:], baselines[0]) if baselines and all(baselines) else None


@criteria.route("/tenders/<uuid:tender_id>/edit/criteria/add", methods=["GET", "POST"])
def add_criterion(tender_id: uuid.UUID) -> Any:
    """Add a criterion, or a sub-criterion of the group named in the address."""
    tender = own_draft(tender_id)
    under = _under()
    parent = get_criterion(tender, under) if under else None
    kinds = shown.kinds_at(parent.depth + 2 if parent else 1)
    scale = _scale(forms.USUAL_SCALE)
    usual = forms.USUAL_GUIDANCE if scale == forms.USUAL_SCALE else ()
    form = criterion_form(
        kinds,
        scale,
        version=tender.version,
        kind=CriterionKind.QUALITY,
        word_limit=Decimal(500),
        highest_score=scale,
        lowest_score=Decimal(0),
        **{f"mark_{mark}": words for mark, words in enumerate(usual)},
    )
    if not _only_scale() and form.validate_on_submit():
        with answering(form):
            actions.add_criterion(
                web.actor(),
                tender_id,
                form.version.data,
                form.id_to_make,
                parent_id=under,
                draft=form.draft(),
            )
            return _back(tender_id, "You added a criterion.")
    return page(
        "criteria/edit_criterion.html",
        form=form,
        tender=tender,
        parent=parent.criterion.title if parent else "",
        criterion=None,
        parts=0,
    )


@criteria.route("/tenders/<uuid:tender_id>/edit/criteria/<uuid:criterion_id>", methods=["GET", "POST"])
def edit_criterion(tender_id: uuid.UUID, criterion_id: uuid.UUID) -> Any:
    """Change a criterion other than the price."""
    tender = own_draft(tender_id)
    placed = get_criterion(tender, criterion_id)
    one = placed.criterion
    if one.kind is CriterionKind.PRICE:
        raise NotFound
    scale = _scale(one.highest_score if one.kind is CriterionKind.QUALITY else forms.USUAL_SCALE)
    form = criterion_form(
        shown.kinds_at(placed.depth + 1),
        scale,
        version=tender.version,
        kind=one.kind,
        title=one.title,
        weight=one.weight or None,
        question=one.question,
        word_limit=Decimal(one.word_limit),
        highest_score=scale,
        lowest_score=Decimal(one.lowest_score if one.kind is CriterionKind.QUALITY else 0),
        **{f"mark_{mark}": words for mark, words in enumerate(one.guidance[: scale + 1])},
    )
    if not _only_scale() and form.validate_on_submit():
        with answering(form):
            actions.edit_criterion(
                web.actor(), tender_id, form.version.data, criterion_id, draft=form.draft()
            )
            return _back(tender_id, "You saved the criterion.")
    return page(
        "criteria/edit_criterion.html",
        form=form,
        tender=tender,
        parent=placed.within[-1].title if placed.within else "",
        criterion=one,
        parts=len(parts_of(tender, criterion_id)),
    )


@criteria.route("/tenders/<uuid:tender_id>/edit/criteria/<uuid:criterion_id>/remove", methods=["POST"])
def remove_criterion(tender_id: uuid.UUID, criterion_id: uuid.UUID) -> Any:
    """Take a criterion and its parts out of a draft."""
    seen = StepForm().version.data
    actions.remove_criterion(web.actor(), tender_id, -1 if seen is None else int(seen), criterion_id)
    return _back(tender_id, "You removed a criterion.")


def _under() -> uuid.UUID | None:
    """The group named in the address. Raises NotFound for what is no id."""
    try:
        return uuid.UUID(request.args["under"]) if request.args.get("under") else None
    except ValueError:
        raise NotFound from None


def _scale(present: int) -> int:
    """The highest mark for which words are asked: as sent by the form, or as it is."""
    sent = request.form.get("highest_score", "")
    return int(sent) if sent.isdigit() and int(sent) in forms.SCALES else present


def _only_scale() -> bool:
    """Was the form sent only to see the marks of another scale?"""
    return bool(request.form.get("show_scale"))


def _back(tender_id: uuid.UUID, done: str) -> Response:
    flash(done)
    return redirect(url_for("criteria.set_weights", tender_id=tender_id))
