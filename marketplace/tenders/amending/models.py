"""Amendments and later deadlines. Kept for good: whoever asks can see what changed, and when."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.tenders.amending.rules import ExtensionStatus
from marketplace.tenders.models import Tender

WAITING = text("status IN ('proposed', 'agreed')")


class Extension(Base):
    """A later deadline for everybody: proposed by one person, approved by one of another school.

    `deadline_version` is the tender's from then on. `doubt_reason` says why a moment out of hours or in
    a holiday is chosen. `lines` are how the price schedule should read from then on, as `lines.read` reads
    them; NULL where it stays. Above the threshold it is agreed until its notice stands on Find a Tender.
    """

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint("closes_at > closed_before_at", name="forwards"),
        CheckConstraint(
            "decided_by <> proposed_by OR status NOT IN ('agreed', 'approved')", name="two_people"
        ),
        CheckConstraint(
            "(status = 'approved') = (deadline_version IS NOT NULL)", name="approved_has_a_deadline_version"
        ),
        Index(
            "uq_extension_one_waiting",
            "tender_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    status: Mapped[ExtensionStatus] = mapped_column(default=ExtensionStatus.PROPOSED)
    closed_before_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    reason: Mapped[str]
    doubt_reason: Mapped[str] = mapped_column(default="")
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    approved_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    refusal_reason: Mapped[str] = mapped_column(default="")
    deadline_version: Mapped[int | None]
    lines: Mapped[dict[str, Any] | None]

    tender: Mapped[Tender] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    decider: Mapped[Person | None] = relationship(foreign_keys=decided_by)
    school: Mapped[School | None] = relationship()


class Amendment(Base):
    """What was changed of a published tender at once, why, and the pack of documents that came of it.

    `schedule_version` is the tender's from then on, where the price schedule changed.
    """

    __tablename__ = "amendment"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    number: Mapped[int]
    reason: Mapped[str]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    pack_number: Mapped[int]
    schedule_version: Mapped[int | None]

    changes: Mapped[list[AmendedPart]] = relationship(
        back_populates="amendment", order_by="AmendedPart.number", cascade="all, delete-orphan"
    )


class AmendedPart(Base):
    """One thing that an amendment changed, in words before and after; blank where there was or is none."""

    __tablename__ = "amended_part"

    amendment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("amendment.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]

    amendment: Mapped[Amendment] = relationship(back_populates="changes")


class WaitingAmendment(Base):
    """Words and documents that change once the notice of the change stands on Find a Tender; one a tender.

    `wanted` is what `changing.read` reads. `id` is the amendment's that it becomes.
    """

    __tablename__ = "waiting_amendment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), unique=True)
    wanted: Mapped[dict[str, Any]]
    reason: Mapped[str]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]

    maker: Mapped[Person] = relationship()
