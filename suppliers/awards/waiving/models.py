"""What each school pays by a recommended award, and would pay alone."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.money import Money


class AwardStanding(Base):
    """What a school pays by a recommended award and would pay alone; with its waiver where that is less.

    `award_id` is the first award of the recommendation; the amounts are of all its lots.
    """

    __tablename__ = "award_standing"
    __table_args__ = (
        CheckConstraint("(waived_by IS NULL) = (reason = '')", name="waived_with_a_reason"),
        CheckConstraint("together > alone OR waived_by IS NULL", name="waived_where_worse_off"),
    )

    award_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    together: Mapped[Money]
    alone: Mapped[Money]
    reason: Mapped[str] = mapped_column(default="")
    waived_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    waived_at: Mapped[datetime | None]

    school: Mapped[School] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def is_worse_off(self) -> bool:
        """Does the school pay more than alone?"""
        return self.together > self.alone

    @property
    def is_waiting(self) -> bool:
        """Has it yet to say why it accepts that?"""
        return self.is_worse_off and self.waived_by is None

    @property
    def more(self) -> Money:
        """How much more it pays than alone; negative where it pays less."""
        return self.together - self.alone
