"""What people do about offers: make, change, withdraw; and ask for what another school offers."""

from __future__ import annotations

import uuid

from invoicing.agreements.actions import add_draft
from invoicing.agreements.models import Agreement
from invoicing.agreements.offers import notices, queries, rules
from invoicing.agreements.offers.models import Offer
from invoicing.agreements.offers.rules import Offered, OfferStatus, Wish
from invoicing.agreements.rules import check_terms
from invoicing.invoices.queries import possible_buyers
from marketplace.alliance import queries as alliance
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor


def make_offer(actor: Actor, offer_id: uuid.UUID, school_id: uuid.UUID, offered: Offered) -> None:
    """Offer something to the other schools of the school's alliances. Raises RuleBroken."""
    with transaction() as session:
        school = alliance.get_school(session, actor, school_id)
        policy.require(actor, Act.OFFER_MAKE, school.id)
        known = session.get(Offer, offer_id)
        if known is not None:
            if known.school_id != school.id:
                raise NotFound
            return
        rules.check_offer(offered)
        offer = Offer(id=offer_id, school_id=school.id, made_by=_person(actor), made_at=clock.now())
        _write(offer, offered)
        session.add(offer)
        session.flush()
        events.record(session, actor, Act.OFFER_MAKE, offer.id, organisation_id=school.id)


def edit_offer(actor: Actor, offer_id: uuid.UUID, version: int, offered: Offered) -> None:
    """Change what is offered. Agreements begun from it stay as they are. Raises RuleBroken or Stale."""
    with transaction() as session:
        offer = queries.get_offer(session, actor, offer_id, lock=True)
        policy.require(actor, Act.OFFER_EDIT, offer.school_id)
        _expect_offered(offer)
        if offer.offered == offered:
            return
        expect_version(offer, version)
        rules.check_offer(offered)
        _write(offer, offered)
        session.flush()
        events.record(session, actor, Act.OFFER_EDIT, offer.id, organisation_id=offer.school_id)


def withdraw_offer(actor: Actor, offer_id: uuid.UUID) -> None:
    """Take an offer off the list. Agreements begun from it stay as they are."""
    with transaction() as session:
        offer = queries.get_offer(session, actor, offer_id, lock=True)
        policy.require(actor, Act.OFFER_WITHDRAW, offer.school_id)
        if offer.status is OfferStatus.WITHDRAWN:
            return
        offer.status = rules.move(offer.status, OfferStatus.WITHDRAWN)
        session.flush()
        events.record(session, actor, Act.OFFER_WITHDRAW, offer.id, organisation_id=offer.school_id)


def ask_for_agreement(
    actor: Actor, agreement_id: uuid.UUID, offer_id: uuid.UUID, buyer_id: uuid.UUID, wish: Wish
) -> None:
    """Begin an agreement from an offer, for the school that buys: a draft that the seller completes.

    Raises RuleBroken.
    """
    with transaction() as session:
        offer = queries.get_offer(session, actor, offer_id, lock=True)
        policy.require(actor, Act.AGREEMENT_ASK, buyer_id)
        known = session.get(Agreement, agreement_id)
        if known is not None:
            if known.buyer_id != buyer_id:
                raise NotFound
            return
        _expect_offered(offer)
        buyer = next((one for one in possible_buyers(session, offer.school_id) if one.id == buyer_id), None)
        if buyer is None:
            raise RuleBroken("Only another school of the same alliance can ask for this.")
        terms = rules.asked_terms(offer.offered, wish, buyer=buyer.name, pupils=buyer.pupils)
        check_terms(terms, clock.today())
        agreement = add_draft(session, actor, agreement_id, (offer.school_id, buyer.id), terms, asked=True)
        events.record(session, actor, Act.AGREEMENT_ASK, agreement.id, organisation_id=buyer.id)
        notices.tell_asked(session, agreement, actor.name)


def _write(offer: Offer, offered: Offered) -> None:
    offer.service, offer.title, offer.what = offered.service, offered.title, offered.what
    offer.supply, offer.schedule, offer.contact = offered.supply, offered.schedule, offered.contact
    price = offered.price
    offer.basis, offer.rate, offer.unit, offer.share = price.basis, price.rate, price.unit, price.share


def _expect_offered(offer: Offer) -> None:
    if offer.status is not OfferStatus.OFFERED:
        raise RuleBroken("This is no longer on offer. Look at the list again.")


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people make offers"
    return actor.person_id
