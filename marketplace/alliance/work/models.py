"""Activities that schools lead for one another, who was asked, and the hours they took."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Organisation, Person, School
from marketplace.alliance.work.rules import ActivityKind, ActivityStatus, Answer, Stage
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class Activity(Base):
    """Something that one school does for the others. `subject_id` is the tender that it is about, if any."""

    __tablename__ = "activity"
    __table_args__ = (UniqueConstraint("subject_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[ActivityKind]
    title: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    lead_school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    status: Mapped[ActivityStatus] = mapped_column(default=ActivityStatus.OPEN, index=True)
    added_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    alliance: Mapped[Organisation] = relationship()
    lead_school: Mapped[School | None] = relationship()
    requests: Mapped[list[LeadRequest]] = relationship(
        back_populates="activity", order_by="LeadRequest.asked_at"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class LeadRequest(Base):
    """That a school was asked to lead an activity, and what it answered."""

    __tablename__ = "lead_request"
    __table_args__ = (
        CheckConstraint("answer <> 'declined' OR reason <> ''", name="declined_with_reason"),
        CheckConstraint("(answer = 'asked') = (answered_at IS NULL)", name="answered"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True, index=True)
    answer: Mapped[Answer] = mapped_column(default=Answer.ASKED)
    why_asked: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")

    activity: Mapped[Activity] = relationship(back_populates="requests")
    school: Mapped[School] = relationship()
    answerer: Mapped[Person | None] = relationship()


class HoursEntry(Base):
    """Time that somebody of a school spent on an activity. Who logged it can take it back."""

    __tablename__ = "hours_entry"
    __table_args__ = (CheckConstraint("minutes BETWEEN 15 AND 1440", name="within_a_day"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    stage: Mapped[Stage]
    minutes: Mapped[int]
    worked_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    logged_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    activity: Mapped[Activity] = relationship()
    school: Mapped[School] = relationship()
    person: Mapped[Person] = relationship()
