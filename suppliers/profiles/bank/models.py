"""Bank accounts of suppliers, and every change of one that was proposed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from suppliers.profiles.bank.rules import ChangeStatus
from suppliers.profiles.models import Supplier

OPEN = text("status IN ('proposed', 'approved')")


class BankChange(Base):
    """A bank account of a supplier: proposed by one person, approved by another, in force a day later.

    The account that holds is the one that came into force last. `approved_for` is the school whose finance
    lead was the second person; `spoke_to` and `number_from` say how they checked it by telephone.
    """

    __tablename__ = "bank_change"
    __table_args__ = (
        Index(
            "uq_bank_change_one_open", "supplier_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        CheckConstraint("approved_by <> proposed_by", name="two_people"),
        CheckConstraint("status <> 'approved' OR approved_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("status <> 'in_force' OR approved_by IS NOT NULL", name="in_force_by_two"),
        CheckConstraint("approved_for IS NULL OR number_from <> ''", name="school_called"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    account_name: Mapped[str]
    sort_code: Mapped[str]
    account_number: Mapped[str]
    account_email: Mapped[str]
    status: Mapped[ChangeStatus] = mapped_column(default=ChangeStatus.PROPOSED, index=True)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    approved_at: Mapped[datetime | None]
    spoke_to: Mapped[str] = mapped_column(default="")
    number_from: Mapped[str] = mapped_column(default="")
    holds_from: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    stopped_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    supplier: Mapped[Supplier] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    approver: Mapped[Person | None] = relationship(foreign_keys=approved_by)
    stopper: Mapped[Person | None] = relationship(foreign_keys=stopped_by)
    school: Mapped[School | None] = relationship(foreign_keys=approved_for)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
