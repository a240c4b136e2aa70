"""What Stripe reported, each report once. Kept for good, without names, addresses or cards of payers."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.news.rules import NewsKind, NewsStatus
from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id

ONLY_HEARD = text("status = 'waiting' AND reason = ''")
"""Kept, and not looked at yet (`rules.NOT_LOOKED_AT`), in the words by which databases find their index."""


class StripeNews(Base):
    """One report of Stripe's. `reason` says why it was not counted, `note` what somebody found out."""

    __tablename__ = "stripe_news"
    __table_args__ = (
        CheckConstraint("(status = 'seen_to') = (note <> '')", name="seen_to_with_a_note"),
        CheckConstraint("status <> 'aside' OR reason <> ''", name="aside_for_a_reason"),
        # What was only heard is taken up in order, a few at a time, while thousands wait
        Index(
            "ix_stripe_news_heard", "received_at", "id", sqlite_where=ONLY_HEARD, postgresql_where=ONLY_HEARD
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    stripe_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[NewsKind]
    account: Mapped[str]
    created: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    intent: Mapped[str] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]
    status: Mapped[NewsStatus] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(default="")
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"), index=True)
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("online_payment.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    seen_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    seen_at: Mapped[datetime | None]

    school: Mapped[School | None] = relationship()
    payment: Mapped[OnlinePayment | None] = relationship()
    seer: Mapped[Person | None] = relationship()
