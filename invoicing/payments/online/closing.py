"""What Stripe reported to a school that is in the way of closing a month: what nobody counted or saw to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.ledger.periods.rules import Unfinished, in_words
from invoicing.payments.online.news.models import StripeNews
from invoicing.payments.online.news.rules import KIND_LABELS, UNCOUNTED
from invoicing.payments.online.rules import day_of


def uncounted_news(
    session: Session, holder_id: uuid.UUID, starts_on: date, ends_on: date
) -> Iterator[Unfinished]:
    """Reports of a period that were not counted, the earliest first."""
    query = (
        select(StripeNews)
        .where(StripeNews.school_id == holder_id, StripeNews.status.in_(UNCOUNTED))
        .order_by(StripeNews.created, StripeNews.id)
    )
    for news in session.scalars(query):
        day = day_of(news.created)
        if starts_on <= day <= ends_on:
            yield Unfinished(
                f"{KIND_LABELS[news.kind]}: reported by Stripe on {in_words(day)} and not counted",
                "online.see_to",
                {"news_id": news.id},
            )
