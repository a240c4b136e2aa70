"""Hearing what Stripe reports: kept once, and counted in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from invoicing.payments.online.news import counting, queries, rules
from invoicing.payments.online.news.counting import NotKnownError
from invoicing.payments.online.news.models import StripeNews
from invoicing.payments.online.news.rules import NewsStatus
from invoicing.payments.online.queries import holder_of
from marketplace.core import clock, events, policy
from marketplace.core.db import db, is_crowded, make_way, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.jobs import wake
from marketplace.core.policy import SYSTEM, Act, Actor


def hear(said: Mapping[str, Any]) -> None:
    """Keep and count one verified report of Stripe's; heard again, it changes nothing.

    When many come at once they are only kept: the worker counts them, and Stripe is answered in time.
    What no payment of ours is known by waits, and what does not fit is kept aside with the reason: neither is
    refused, or Stripe would send it for days.
    """
    kind = rules.kind_of(said)
    if kind is None or queries.was_heard(db.session(), str(said.get("id"))):
        return
    with transaction() as session:
        policy.require(SYSTEM, Act.PAYMENT_HEAR)
        news_id = _keep(session, kind, said)
        if news_id is None:
            return
        if is_crowded():
            wake(session)
            return
        _look_at(session, session.get_one(StripeNews, news_id))


def count_heard() -> int:
    """Count reports that were only kept, because too many came at once; returns how many.

    Those of one payment together, and no others: an action that posts holds the chain of events from then on,
    and would stand in the way of another that has the next payment and waits for the chain.
    """
    counted = 0
    while True:
        with transaction() as session:
            policy.require(SYSTEM, Act.PAYMENT_HEAR)
            heard = queries.next_heard(session)
            if not heard:
                return counted
            for news in heard:
                _look_at(session, news)
        counted += len(heard)
        make_way()


def _look_at(session: Session, news: StripeNews) -> None:
    """Count a new report and what waited for it, and put it on record."""
    _count(session, news)
    _take_up(session, news)
    events.record(
        session, SYSTEM, Act.PAYMENT_HEAR, news.payment_id or news.id, organisation_id=news.school_id
    )


def _keep(session: Session, kind: rules.NewsKind, said: Mapping[str, Any]) -> uuid.UUID | None:
    """Keep a report that is new; None when it was heard before, be it at this moment."""
    facts, account = rules.facts_of(said), str(said.get("account") or "")
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    values = {
        "id": new_id(),
        "stripe_id": str(said.get("id")),
        "kind": kind,
        "account": account,
        "created": int(said.get("created") or 0),
        "received_at": clock.now(),
        "intent": str(facts.get("payment_intent") or ""),
        "facts": facts,
        "status": NewsStatus.WAITING,
        "reason": rules.NOT_LOOKED_AT,
        "school_id": holder_of(account).scalar_subquery(),
        "note": "",
    }
    return session.execute(
        dialect.insert(StripeNews)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["stripe_id"])
        .returning(StripeNews.id)
    ).scalar_one_or_none()


def _count(session: Session, news: StripeNews) -> None:
    """Count a report if it can be; what it changed half-way is taken back when it cannot."""
    try:
        with session.begin_nested():
            read = rules.read(news.kind, news.account, news.created, news.facts)
            payment = counting.count(session, read)
    except NotKnownError:
        news.reason = rules.NOT_KNOWN
    except RuleBroken as refusal:
        news.reason = refusal.message
        if news.status is not NewsStatus.ASIDE:
            news.status = rules.move(news.status, NewsStatus.ASIDE)
    else:
        news.payment_id = payment.id if payment else None
        news.status, news.reason = rules.move(news.status, NewsStatus.COUNTED), ""
    session.flush()


def _take_up(session: Session, news: StripeNews) -> None:
    """Count what came before the payment that this report made known."""
    if news.status is NewsStatus.COUNTED and news.kind in rules.ABOUT_CHECKOUT and news.intent:
        for early in queries.waiting_for_intent(session, news.account, news.intent):
            _count(session, early)


def count_waiting() -> int:
    """Count reports that waited for a payment which is known now; returns how many were looked at."""
    waiting = queries.known_meanwhile(db.session())
    for news_id in waiting:
        with transaction() as session:
            policy.require(SYSTEM, Act.PAYMENT_HEAR)
            news = session.get_one(StripeNews, news_id, with_for_update=True)
            if news.status is NewsStatus.WAITING:
                _count(session, news)
                events.record(session, SYSTEM, Act.PAYMENT_HEAR, news.payment_id or news.id)
    return len(waiting)


def count_again(actor: Actor, news_id: uuid.UUID) -> bool:
    """Try once more to count a report that was kept aside; says whether it is counted now."""
    with transaction() as session:
        news = queries.get_news(session, actor, news_id, lock=True)
        policy.require(actor, Act.PAYMENT_HEAR, *_school(news))
        if news.status in rules.UNCOUNTED:
            _count(session, news)
            _take_up(session, news)
            events.record(
                session, actor, Act.PAYMENT_HEAR, news.payment_id or news.id, organisation_id=news.school_id
            )
        return news.status is NewsStatus.COUNTED


def see_to(actor: Actor, news_id: uuid.UUID, note: str) -> None:
    """Say what a report was that is not counted here. Sent twice, it is said once. Raises RuleBroken."""
    with transaction() as session:
        news = queries.get_news(session, actor, news_id, lock=True)
        policy.require(actor, Act.PAYMENT_SET_ASIDE, *_school(news))
        if news.status is NewsStatus.SEEN_TO:
            return
        news.note = rules.check_note(note)
        news.status = rules.move(news.status, NewsStatus.SEEN_TO)
        news.seen_by, news.seen_at = actor.person_id, clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.PAYMENT_SET_ASIDE,
            news.id,
            organisation_id=news.school_id,
            reason=news.note,
        )


def _school(news: StripeNews) -> tuple[uuid.UUID, ...]:
    return (news.school_id,) if news.school_id else ()
