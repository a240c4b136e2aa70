"""Questions about tenders, and which suppliers want to be told of the answers."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.tenders.amending.models import Amendment
from marketplace.tenders.models import Tender
from suppliers.profiles.models import Supplier
from suppliers.questions.rules import QuestionStatus, Rejection


class Question(Base):
    """A supplier's question about a published tender.

    `text` is what was asked, `wording` what everybody reads; `number` counts the answers of a tender in the
    order of their publication, so that it says nothing about who asked when. An answer that changes the
    tender points to its `amendment`. A rejected one says why; `repeats` is the answered question it repeats.
    `reminders` counts the e-mails that were sent because it had no answer in time.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("tender_id", "number"),
        CheckConstraint(
            "(status = 'answered') = (number IS NOT NULL AND answered_at IS NOT NULL)",
            name="answered_is_numbered",
        ),
        CheckConstraint("(status = 'rejected') = (rejection IS NOT NULL)", name="rejected_says_why"),
        CheckConstraint("number > 0", name="number_from_one"),
        Index("ix_question_tender_id_status", "tender_id", "status"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    text: Mapped[str]
    status: Mapped[QuestionStatus] = mapped_column(default=QuestionStatus.OPEN)
    number: Mapped[int | None]
    wording: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    amendment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("amendment.id"))
    rejection: Mapped[Rejection | None]
    repeats_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question.id"))
    explanation: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    tender: Mapped[Tender] = relationship()
    supplier: Mapped[Supplier] = relationship()
    asker: Mapped[Person] = relationship(foreign_keys=asked_by)
    answerer: Mapped[Person | None] = relationship(foreign_keys=answered_by)
    amendment: Mapped[Amendment | None] = relationship()
    repeats: Mapped[Question | None] = relationship(remote_side="Question.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class Following(Base):
    """A supplier that wants to be told of every answer about a tender; no school sees who does."""

    __tablename__ = "following"

    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), primary_key=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    since: Mapped[datetime]
