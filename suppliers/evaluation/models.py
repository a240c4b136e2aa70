"""Conflicts, individual scores and agreed scores."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class ConflictDeclaration(Base):
    """What a person named for a tender declares about one supplier, once names are known."""

    __tablename__ = "conflict_declaration"

    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    conflicted: Mapped[bool]
    detail: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime]


class Score(Base):
    """One evaluator's score of one answer, with the reason; hidden from the others until agreed."""

    __tablename__ = "score"
    __table_args__ = (CheckConstraint("score >= 0", name="score_not_negative"),)

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    score: Mapped[int]
    reason: Mapped[str]
    scored_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class AgreedScore(Base):
    """The panel's agreed score of one answer, with the reason that the supplier will read.

    `moderation_note` says how evaluators who were far apart came to agree; suppliers do not read it.
    """

    __tablename__ = "agreed_score"
    __table_args__ = (CheckConstraint("score >= 0", name="score_not_negative"),)

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    score: Mapped[int]
    reason: Mapped[str]
    moderation_note: Mapped[str] = mapped_column(default="")
    agreed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class ScoreVersion(Base):
    """What a score said at one moment: each is kept for the auditor, none is ever changed.

    `is_agreed` tells what the panel agreed from what one evaluator gave; `person_id` recorded it.
    """

    __tablename__ = "score_version"
    __table_args__ = (
        CheckConstraint("score >= 0", name="score_not_negative"),
        UniqueConstraint("quote_id", "criterion_id", "person_id", "is_agreed", "version"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), index=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    is_agreed: Mapped[bool]
    version: Mapped[int]
    score: Mapped[int]
    reason: Mapped[str]
    moderation_note: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
