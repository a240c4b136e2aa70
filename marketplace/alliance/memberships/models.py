"""Applications to join an alliance, and what was shown to a school when it left."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.memberships.rules import ApplicationStatus
from marketplace.alliance.models import Membership, Organisation, Person, School
from marketplace.alliance.rules import MembershipKind
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class MembershipApplication(Base):
    """A school asks to join an alliance, with evidence of its finances. Figures in pence.

    One at a time waits for the same board. `answer` is what the school is told when it is not admitted.
    """

    __tablename__ = "membership_application"
    __table_args__ = (
        Index(
            "uq_membership_application_waiting",
            "alliance_id",
            "school_id",
            unique=True,
            sqlite_where=text("status = 'submitted'"),
            postgresql_where=text("status = 'submitted'"),
        ),
        CheckConstraint("kind IN ('full', 'associate')", name="kind_applied_for"),
        CheckConstraint("notice_to_improve = (notice_explanation <> '')", name="notice_explained"),
        CheckConstraint("(document_sha256 IS NULL) = (document_name = '')", name="document_named"),
        CheckConstraint("(status = 'submitted') = (settled_at IS NULL)", name="settled_at_some_time"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    kind: Mapped[MembershipKind]
    months: Mapped[int]
    reasons: Mapped[str]
    year_end: Mapped[date]
    reserves: Mapped[Money]
    in_year_balance: Mapped[Money]
    notice_to_improve: Mapped[bool]
    notice_explanation: Mapped[str] = mapped_column(default="")
    document_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    document_name: Mapped[str] = mapped_column(default="")
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.SUBMITTED, index=True)
    submitted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")

    alliance: Mapped[Organisation] = relationship()
    school: Mapped[School] = relationship()
    submitter: Mapped[Person] = relationship()


class Departure(Base):
    """A school left: who said so and why, and what was running then, as it was listed to them.

    `listed` has a heading, a sentence and lines for each stage that had something to say. `fund_share` is
    what the Partnership Fund held for the school on that day, in pence; None where there is no fund.
    """

    __tablename__ = "departure"

    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    reason: Mapped[str]
    told_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    told_at: Mapped[datetime]
    fund_share: Mapped[Money | None]
    listed: Mapped[dict[str, Any]]

    membership: Mapped[Membership] = relationship()
    teller: Mapped[Person] = relationship()
