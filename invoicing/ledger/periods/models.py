"""Whose books are closed until when; each closing and each reopening stays on record."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.ledger.periods.rules import ReopeningStatus, YearEnd
from marketplace.alliance.models import Organisation, Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id

STANDING = text("reopening_id IS NULL")
WAITING = text("status = 'proposed'")


class Books(Base):
    """The books of a school or an alliance: nothing is posted up to `closed_until`.

    There is no row until somebody closes a month or says when the financial year ends.
    """

    __tablename__ = "ledger_books"

    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    year_end: Mapped[YearEnd]
    closed_until: Mapped[date | None]

    holder: Mapped[Organisation] = relationship()


class Closing(Base):
    """The months from `first_on` to `until` were closed. `balances` are those at the end, in pence by kind.

    It stands until a reopening takes it back.
    """

    __tablename__ = "ledger_closing"
    __table_args__ = (
        CheckConstraint("until > first_on", name="in_order"),
        Index(
            "uq_ledger_closing_standing",
            "holder_id",
            "until",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_on: Mapped[date]
    until: Mapped[date]
    balances: Mapped[dict[str, Any]]
    closed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime]
    reopening_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_reopening.id"))

    closer: Mapped[Person] = relationship()


class Reopening(Base):
    """A wish to reopen the closed months from `from_on` on, and what a second person said to it."""

    __tablename__ = "ledger_reopening"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(status = 'proposed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(status = 'refused') = (refusal_reason <> '')", name="refused_for_a_reason"),
        Index(
            "uq_ledger_reopening_one_waiting",
            "holder_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    from_on: Mapped[date]
    reason: Mapped[str]
    status: Mapped[ReopeningStatus] = mapped_column(default=ReopeningStatus.PROPOSED, index=True)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    refusal_reason: Mapped[str] = mapped_column(default="")

    holder: Mapped[Organisation] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
