"""Openers who are taken off after publication. Kept for good, also where the opener stayed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.tenders.models import Tender
from suppliers.quotes.openers.rules import RemovalStatus

WAITING = text("status = 'proposed'")


class OpenerRemoval(Base):
    """That an opener is taken off a published tender: proposed by one person, agreed to by another.

    `school_id` is the school for which the person was named. `pairs` counts the pairs of keys that were
    erased with it.
    """

    __tablename__ = "opener_removal"
    __table_args__ = (
        CheckConstraint("decided_by <> proposed_by OR status <> 'approved'", name="two_people"),
        CheckConstraint("person_id <> decided_by OR status <> 'approved'", name="not_by_the_opener"),
        CheckConstraint("(status = 'approved') = (approved_for IS NOT NULL)", name="approved_for_a_school"),
        Index(
            "uq_opener_removal_one_waiting",
            "tender_id",
            "person_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    status: Mapped[RemovalStatus] = mapped_column(default=RemovalStatus.PROPOSED)
    reason: Mapped[str]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    approved_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    refusal_reason: Mapped[str] = mapped_column(default="")
    pairs: Mapped[int] = mapped_column(default=0)

    tender: Mapped[Tender] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    school: Mapped[School] = relationship(foreign_keys=school_id)
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
