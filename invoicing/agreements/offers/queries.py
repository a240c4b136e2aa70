"""Questions about what schools offer one another, scoped to who asks."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from invoicing.agreements.offers.models import Offer
from invoicing.agreements.offers.rules import OfferStatus
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind

WITH_SCHOOL = joinedload(Offer.school).joinedload(School.organisation)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Offers of the actor's own schools, and what members of their alliances have on offer."""
    fellows = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.alliance_ids), Membership.status == MembershipStatus.ACTIVE
    )
    return or_(
        Offer.school_id.in_(actor.school_ids),
        and_(Offer.school_id.in_(fellows), Offer.status == OfferStatus.OFFERED),
    )


def get_offer(session: Session, actor: Actor, offer_id: uuid.UUID, *, lock: bool = False) -> Offer:
    """An offer the actor may read. Raises NotFound."""
    query = select(Offer).where(Offer.id == offer_id, visible_to(actor)).options(WITH_SCHOOL)
    if lock:
        query = query.with_for_update(of=Offer)
    offer = session.scalars(query).one_or_none()
    if offer is None:
        raise NotFound
    return offer


def offers(session: Session, actor: Actor) -> list[Offer]:
    """What is on offer in the actor's alliances, by what it is and by school."""
    query = (
        select(Offer)
        .join(Organisation, Organisation.id == Offer.school_id)
        .where(visible_to(actor), Offer.status == OfferStatus.OFFERED)
        .options(WITH_SCHOOL)
        .order_by(Offer.service, Organisation.name, Offer.id)
    )
    return list(session.scalars(query))


def offering_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this actor makes offers."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.OFFER_MAKE].roles)


def asking_schools(actor: Actor, offer: Offer) -> list[uuid.UUID]:
    """The schools for which this actor can ask for an offer: their own but for the one that makes it."""
    schools = actor.organisations(Kind.SCHOOL, *POLICY[Act.AGREEMENT_ASK].roles)
    return sorted(schools - {offer.school_id})
