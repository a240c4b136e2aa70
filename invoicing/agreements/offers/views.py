"""The pages of what schools offer one another."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from invoicing.agreements.offers import actions, queries, rules
from invoicing.agreements.offers.forms import AskForm, EditOfferForm, NewOfferForm, filled
from invoicing.agreements.offers.models import Offer
from invoicing.agreements.offers.rules import OfferStatus
from invoicing.agreements.rules import SERVICE_LABELS
from invoicing.agreements.views import agreements
from marketplace.alliance import queries as alliance
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page

__all__ = ["agreements"]
SHORTCUTS = (
    NavigationItem(
        "What schools offer one another", "agreements.list_offers", lambda actor: bool(actor.alliance_ids)
    ),
)


@agreements.get("/offers")
def list_offers() -> Any:
    """What the schools of the reader's alliances offer one another."""
    actor, session = web.actor(), db.session()
    if not (actor.alliance_ids or actor.school_ids):
        raise NotFound
    return page(
        "agreements/offers.html",
        rows=[
            (
                offer,
                rules.price_words(offer.offered.price, offer.schedule),
                bool(queries.asking_schools(actor, offer)),
            )
            for offer in queries.offers(session, actor)
        ],
        labels=SERVICE_LABELS,
        offering=bool(queries.offering_schools(actor)),
    )


@agreements.route("/offers/make", methods=["GET", "POST"])
def make_offer() -> Any:
    """Offer something to the other schools."""
    actor, session = web.actor(), db.session()
    schools = queries.offering_schools(actor)
    policy.require(actor, Act.OFFER_MAKE, *schools)
    asked = request.args.get("school")
    if asked is None and len(schools) > 1:
        named = alliance.names(session, schools)
        return page("agreements/choose_school.html", schools=named, endpoint="agreements.make_offer")
    school_id = _one_of(schools, asked)
    form = NewOfferForm()
    if form.validate_on_submit():
        with answering(form):
            actions.make_offer(actor, form.id_to_make, school_id, form.offered())
            flash("Your offer stands on the list of every school of your alliance.", "success")
            return redirect(url_for(".list_offers"))
    school = alliance.names(session, [school_id])[school_id]
    return page("agreements/make_offer.html", form=form, school=school)


def _one_of(schools: frozenset[uuid.UUID], asked: str | None) -> uuid.UUID:
    """The school asked for, else the only one. Raises NotFound for another."""
    found = next((one for one in schools if asked is None or str(one) == asked), None)
    if found is None:
        raise NotFound
    return found


@agreements.route("/offers/<uuid:offer_id>/edit", methods=["GET", "POST"])
def edit_offer(offer_id: uuid.UUID) -> Any:
    """Change what is offered."""
    offer = _own(Act.OFFER_EDIT, offer_id)
    if request.method == "GET" and offer.status is not OfferStatus.OFFERED:
        return redirect(url_for(".list_offers"))
    form = EditOfferForm(data=filled(offer))
    if form.validate_on_submit():
        with answering(form):
            actions.edit_offer(web.actor(), offer_id, form.version.data, form.offered())
            flash("You changed the offer.", "success")
            return redirect(url_for(".list_offers"))
    return page("agreements/edit_offer.html", form=form, offer=offer)


@agreements.post("/offers/<uuid:offer_id>/withdraw")
def withdraw_offer(offer_id: uuid.UUID) -> Any:
    """Take an offer off the list."""
    _own(Act.OFFER_WITHDRAW, offer_id)
    actions.withdraw_offer(web.actor(), offer_id)
    flash("You took the offer off the list. Agreements begun from it stay as they are.", "success")
    return redirect(url_for(".list_offers"))


@agreements.route("/offers/<uuid:offer_id>/ask", methods=["GET", "POST"])
def ask_for_agreement(offer_id: uuid.UUID) -> Any:
    """Begin an agreement from an offer, for the school that buys."""
    actor, session = web.actor(), db.session()
    offer = queries.get_offer(session, actor, offer_id)
    schools = queries.asking_schools(actor, offer)
    policy.require(actor, Act.AGREEMENT_ASK, *schools)
    form = AskForm()
    names = alliance.names(session, schools)
    form.school.choices = choices(names.items())
    if len(schools) == 1:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            buyer_id = form.school.data if "school" in form else schools[0]
            actions.ask_for_agreement(actor, form.id_to_make, offer_id, buyer_id, form.wish())
            flash(
                f"You asked {offer.school.name}. It completes the terms and proposes them to both heads.",
                "success",
            )
            return redirect(url_for(".show", agreement_id=form.id_to_make))
    return page(
        "agreements/ask_for_agreement.html",
        form=form,
        offer=offer,
        price=rules.price_words(offer.offered.price, offer.schedule),
    )


def _own(act: Act, offer_id: uuid.UUID) -> Offer:
    """An offer that the reader may do this to, for the school that makes it."""
    offer = queries.get_offer(db.session(), web.actor(), offer_id)
    policy.require(web.actor(), act, offer.school_id)
    return offer
