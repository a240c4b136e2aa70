"""Schools' accounts at Stripe. Kept for good."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.payments.online.accounts.rules import AccountStatus
from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id

PROPOSED, IN_USE = text("status = 'proposed'"), text("status = 'in_use'")


def _one(name: str, column: str, where: object) -> Index:
    return Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)


class StripeAccount(Base):
    """The account at Stripe that takes a school's online payments: one in use, one proposed at a time."""

    __tablename__ = "stripe_account"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(status = 'proposed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(status = 'closed') = (closed_by IS NOT NULL)", name="closed_by_somebody"),
        _one("uq_stripe_account_one_proposed", "school_id", PROPOSED),
        _one("uq_stripe_account_one_in_use", "school_id", IN_USE),
        _one("uq_stripe_account_of_one_school", "account", IN_USE),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    account: Mapped[str] = mapped_column(index=True)
    status: Mapped[AccountStatus] = mapped_column(default=AccountStatus.PROPOSED)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

    school: Mapped[School] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
