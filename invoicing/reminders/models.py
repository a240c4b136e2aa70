"""Reminders that went, invoices that are not reminded of, and what schools chose."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.reminders.rules import Sequence, Step
from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.money import Money


class ReminderChoice(Base):
    """What a school chose: whether and on which days its buyers are reminded; does it charge interest?"""

    __tablename__ = "reminder_choice"
    __table_args__ = (
        CheckConstraint("before <= 0 AND first > 0 AND second > first AND last > second", name="in_order"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    reminds: Mapped[bool]
    before: Mapped[int]
    first: Mapped[int]
    second: Mapped[int]
    last: Mapped[int]
    charges_interest: Mapped[bool]
    chosen_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    chosen_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def sequence(self) -> Sequence:
        """The days of its reminders."""
        return Sequence(self.before, self.first, self.second, self.last)


class ReminderDay(Base):
    """A day on which reminders went: once a day and no more."""

    __tablename__ = "reminder_day"

    day: Mapped[date] = mapped_column(primary_key=True)


class SentReminder(Base):
    """A reminder of an invoice that went, for what was to be paid then: each at most once."""

    __tablename__ = "sent_reminder"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(primary_key=True)
    sent_on: Mapped[date] = mapped_column(ForeignKey("reminder_day.day"))
    amount: Mapped[Money]
    sent_to: Mapped[str]


class ReminderHold(Base):
    """Nobody is reminded of this invoice until the school that issued it says so again."""

    __tablename__ = "reminder_hold"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason_given"),)

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    reason: Mapped[str]
    held_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    held_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
