"""Grants that the Partnership Fund received."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.fund.grants.rules import Giver
from invoicing.fund.models import Fund
from invoicing.fund.rules import Purpose
from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Grant(Base):
    """Money from outside the alliance, for one purpose, with its evidence. `amount` in pence.

    It is no school's: it stays in the fund when a school leaves.
    """

    __tablename__ = "fund_grant"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("kind NOT IN ('parents', 'school')", name="from_who_may_give"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    title: Mapped[str]
    kind: Mapped[Giver]
    giver: Mapped[str]
    purpose: Mapped[Purpose]
    amount: Mapped[Money]
    received_on: Mapped[date]
    evidence_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    evidence_name: Mapped[str]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    fund: Mapped[Fund] = relationship()
    recorder: Mapped[Person] = relationship()
