"""Decisions of the Strategic Board with every seat's vote, and confirmations of governing bodies."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.decisions.rules import Choice, DecisionStatus, Subject
from marketplace.alliance.models import Organisation, Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class Decision(Base):
    """A question that an alliance's board decides by recorded vote; one open at a time for each subject.

    `carried` says in a sentence what follows when it is carried. `vote_by` is the last day on which
    every seat is waited for. `minute` is the board's minute, or the reason for which it was withdrawn or
    has lapsed. `board` has the ids of the schools that had a seat when it was closed.
    """

    __tablename__ = "decision"
    __table_args__ = (
        Index(
            "uq_decision_open",
            "subject",
            "subject_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        CheckConstraint(
            "(status = 'open') = (closed_at IS NULL)"
            " AND (status IN ('open', 'lapsed')) = (closed_by IS NULL)"
            " AND (closed_at IS NULL) = (minute = '')",
            name="closed_with_minute",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    subject: Mapped[Subject]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    question: Mapped[str]
    carried: Mapped[str]
    vote_by: Mapped[date]
    status: Mapped[DecisionStatus] = mapped_column(default=DecisionStatus.OPEN, index=True)
    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    minute: Mapped[str] = mapped_column(default="")
    board: Mapped[list[str]] = mapped_column(default=list)

    alliance: Mapped[Organisation] = relationship()
    opener: Mapped[Person] = relationship(foreign_keys=opened_by)
    closer: Mapped[Person | None] = relationship(foreign_keys=closed_by)
    votes: Mapped[list[Vote]] = relationship(back_populates="decision")

    @property
    def seats_at_close(self) -> list[uuid.UUID]:
        """The schools that had a seat when it was closed."""
        return [uuid.UUID(school_id) for school_id in self.board]


class Vote(Base):
    """What one school's seat answered: one answer a seat and decision, by whoever held the seat."""

    __tablename__ = "vote"
    __table_args__ = (
        CheckConstraint("choice <> 'conflict' OR explanation <> ''", name="conflict_explained"),
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    choice: Mapped[Choice]
    explanation: Mapped[str] = mapped_column(default="")
    voted_at: Mapped[datetime]

    decision: Mapped[Decision] = relationship(back_populates="votes")
    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()


class Confirmation(Base):
    """A governing body's agreement: where it is minuted, and until when it counts (None: without end)."""

    __tablename__ = "confirmation"
    __table_args__ = (
        Index("ix_confirmation_asked", "school_id", "subject", "subject_id"),
        CheckConstraint("minute_reference <> ''", name="minuted"),
        CheckConstraint("expires_on >= minuted_on", name="ends_after_meeting"),
        CheckConstraint("(document_sha256 IS NULL) = (document_name = '')", name="document_named"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal_reason = '')", name="withdrawn_with_reason"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    subject: Mapped[Subject]
    subject_id: Mapped[uuid.UUID]
    minute_reference: Mapped[str]
    minuted_on: Mapped[date]
    expires_on: Mapped[date | None]
    document_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    document_name: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(default="")

    school: Mapped[School] = relationship()
    recorder: Mapped[Person] = relationship(foreign_keys=recorded_by)
