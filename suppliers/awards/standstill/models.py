"""Standstills, and the challenges that pause them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base
from marketplace.core.ids import new_id
from suppliers.awards.standstill.rules import ChallengeBy, ChallengeStatus, Duty, Outcome


class Standstill(Base):
    """The standstill of a tender's award, counted from the publication of its award notice.

    `first_ends_on` is the last day as the notice gave it; where it stands now is the tender's
    `standstill_ends_on`. `notice_id` is the award notice.
    """

    __tablename__ = "standstill"
    __table_args__ = (CheckConstraint("first_ends_on >= began_on", name="ends_after_beginning"),)

    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), primary_key=True)
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"))
    duty: Mapped[Duty]
    began_on: Mapped[date]
    first_ends_on: Mapped[date]
    begun_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime]


class ChallengeAgreement(Base):
    """One person's agreement, for a school, to what is proposed now about a challenge.

    Gone with the proposal when another is made.
    """

    __tablename__ = "challenge_agreement"
    __table_args__ = (UniqueConstraint("challenge_id", "school_id"),)

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    agreed_at: Mapped[datetime]


class Challenge(Base):
    """A challenge to an award: no contract is made while one is open.

    `days_left` is how many working days of the standstill were left when it came, 0 outside of one. Who
    proposes what happens next and who agrees are two people; `settled_by` is who agreed last.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint("days_left >= 0", name="days_left_not_negative"),
        CheckConstraint("settled_by IS NULL OR settled_by <> proposed_by", name="two_people"),
        CheckConstraint("(status = 'open') = (settled_by IS NULL)", name="settled_by_somebody"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    challenger: Mapped[str]
    by: Mapped[ChallengeBy]
    court: Mapped[str] = mapped_column(default="")
    reference: Mapped[str]
    received_on: Mapped[date]
    days_left: Mapped[int]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    status: Mapped[ChallengeStatus] = mapped_column(default=ChallengeStatus.OPEN)
    outcome: Mapped[Outcome | None]
    reason: Mapped[str] = mapped_column(default="")
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    agreements: Mapped[list[ChallengeAgreement]] = relationship(
        order_by="ChallengeAgreement.agreed_at", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
