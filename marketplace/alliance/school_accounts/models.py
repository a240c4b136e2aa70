"""Changes of schools' bank accounts."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.alliance.school_accounts.rules import ChangeStatus
from marketplace.core.db import Base
from marketplace.core.ids import new_id

OPEN = text("status IN ('proposed', 'approved')")


class SchoolAccountChange(Base):
    """Another bank account of a school: proposed by one person, approved by another, in force a day later."""

    __tablename__ = "school_account_change"
    __table_args__ = (
        Index(
            "uq_school_account_change_one_open",
            "school_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        CheckConstraint("approved_by <> proposed_by", name="two_people"),
        CheckConstraint("status <> 'approved' OR approved_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("status <> 'in_force' OR approved_by IS NOT NULL", name="in_force_by_two"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    account_name: Mapped[str]
    sort_code: Mapped[str]
    account_number: Mapped[str]
    status: Mapped[ChangeStatus] = mapped_column(default=ChangeStatus.PROPOSED, index=True)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    holds_from: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    stopped_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    approver: Mapped[Person | None] = relationship(foreign_keys=approved_by)
    stopper: Mapped[Person | None] = relationship(foreign_keys=stopped_by)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
