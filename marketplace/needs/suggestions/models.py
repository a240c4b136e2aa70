"""What is kept about suggestions: who is shown to neighbours, who was asked for a need, how many."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class NeighbourConsent(Base):
    """A headteacher lets neighbouring alliances see the school in their suggestions. Taken back, it is gone.

    The events say who gave it and took it back, and when.
    """

    __tablename__ = "neighbour_consent"

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    given_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]


class NeedRequest(Base):
    """A school was asked to post a need, so that it can be in the tender that a suggestion leads to."""

    __tablename__ = "need_request"
    __table_args__ = (UniqueConstraint("school_id", "category", "starts_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    category: Mapped[str]
    starts_on: Mapped[date]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]


class SuggestionCount(Base):
    """How many suggestions there are for an alliance: its coordinator's home page need not work them out.

    `named` has the most urgent in words. It is worked out anew each day, and when a school of the alliance
    changes what they rest on.
    """

    __tablename__ = "suggestion_count"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number_not_negative"),
        CheckConstraint("(number = 0) = (decide_by IS NULL)", name="most_urgent_dated"),
    )

    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    counted_on: Mapped[date]
    number: Mapped[int]
    decide_by: Mapped[date | None]
    named: Mapped[list[str]]
