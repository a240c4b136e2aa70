"""Budgets of the Partnership Fund, by year and purpose."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.fund.budgets.rules import BudgetStatus
from invoicing.fund.models import Fund
from invoicing.fund.rules import Purpose
from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Budget(Base):
    """What the board is asked to allow in the academic year that begins on `year_start`, and its answer."""

    __tablename__ = "fund_budget"
    __table_args__ = (
        CheckConstraint("(status = 'proposed') = (settled_at IS NULL)", name="settled_at_a_moment"),
        Index(
            "uq_fund_budget_proposed",
            "fund_id",
            "year_start",
            unique=True,
            sqlite_where=text("status = 'proposed'"),
            postgresql_where=text("status = 'proposed'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    year_start: Mapped[date]
    status: Mapped[BudgetStatus] = mapped_column(default=BudgetStatus.PROPOSED)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    fund: Mapped[Fund] = relationship()
    proposer: Mapped[Person] = relationship()
    lines: Mapped[list[BudgetLine]] = relationship(order_by="BudgetLine.position")


class BudgetLine(Base):
    """What a budget allows for one purpose, in pence; a purpose without a line is allowed nothing."""

    __tablename__ = "fund_budget_line"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    budget_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund_budget.id"), primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(primary_key=True)
    position: Mapped[int]
    amount: Mapped[Money]
