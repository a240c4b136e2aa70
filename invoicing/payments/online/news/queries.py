"""Questions about what Stripe reported, scoped to the people of the school whose account it is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.news.models import ONLY_HEARD, StripeNews
from invoicing.payments.online.news.rules import (
    ABOUT_CHECKOUT,
    NOT_LOOKED_AT,
    UNCOUNTED,
    NewsStatus,
    is_about_its_payment_only,
)
from invoicing.payments.online.queries import visible_at
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Reports about the schools whose money this actor reads."""
    return visible_at(actor, StripeNews.school_id.expression)  # type: ignore[arg-type]  # no school, no reader


def get_news(session: Session, actor: Actor, news_id: uuid.UUID, *, lock: bool = False) -> StripeNews:
    """A report the actor may read. Raises NotFound."""
    query = select(StripeNews).where(StripeNews.id == news_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=StripeNews)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def not_counted(session: Session, actor: Actor) -> Sequence[StripeNews]:
    """Reports that were not counted, and those that somebody saw to: what waits first, then the newest."""
    kept = (*UNCOUNTED, NewsStatus.SEEN_TO)
    query = (
        select(StripeNews)
        .where(visible_to(actor), StripeNews.status.in_(kept), StripeNews.reason != NOT_LOOKED_AT)
        .options(joinedload(StripeNews.school), joinedload(StripeNews.seer))
        .order_by(StripeNews.status == NewsStatus.SEEN_TO, StripeNews.received_at.desc())
    )
    return session.scalars(query).all()


def was_heard(session: Session, stripe_id: str) -> bool:
    """Is this report kept already?"""
    return session.scalar(select(StripeNews.id).where(StripeNews.stripe_id == stripe_id)) is not None


def next_heard(session: Session) -> list[StripeNews]:
    """The oldest report that nobody has looked at yet, with others of its payment, as they are to be counted.

    They are held until the action ends. With others go those alone that hold nothing beside their payment:
    from the first that posts on the chain of events is held, and whoever waits then is in somebody's way.
    """
    only_heard = (
        select(StripeNews)
        .where(ONLY_HEARD)
        .order_by(StripeNews.received_at, StripeNews.id)
        .with_for_update(of=StripeNews, skip_locked=True)
    )
    first = session.scalars(only_heard.limit(1)).one_or_none()
    if first is None:
        return []
    if not first.intent or not is_about_its_payment_only(first.kind, first.facts):
        return [first]
    of_payment = only_heard.where(StripeNews.account == first.account, StripeNews.intent == first.intent)
    together = [one for one in session.scalars(of_payment) if is_about_its_payment_only(one.kind, one.facts)]
    return sorted(together, key=lambda one: one.kind not in ABOUT_CHECKOUT)


def known_meanwhile(session: Session) -> list[uuid.UUID]:
    """Reports that waited for a payment that is known now, in the order they came."""
    is_known = (
        select(OnlinePayment.id)
        .where(
            OnlinePayment.intent == StripeNews.intent,
            OnlinePayment.intent != "",
            OnlinePayment.received_on.is_not(None),
        )
        .exists()
    )
    query = (
        select(StripeNews.id)
        .where(StripeNews.status == NewsStatus.WAITING, StripeNews.reason != NOT_LOOKED_AT, is_known)
        .order_by(StripeNews.received_at, StripeNews.id)
    )
    return list(session.scalars(query))


def waiting_for_intent(session: Session, account: str, intent: str) -> Sequence[StripeNews]:
    """Reports that came before the payment they are about, but for those that another looks at just now."""
    query = (
        select(StripeNews)
        .where(
            StripeNews.status == NewsStatus.WAITING,
            StripeNews.reason != NOT_LOOKED_AT,
            StripeNews.account == account,
            StripeNews.intent == intent,
        )
        .order_by(StripeNews.created, StripeNews.stripe_id)
        .with_for_update(of=StripeNews, skip_locked=True)
    )
    return session.scalars(query).all()
