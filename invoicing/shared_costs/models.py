"""Shared costs and each school's share of them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import Split


class SharedCost(Base):
    """A cost that the lead school bears for several, itself among them or not.

    `amount` (pence, before any VAT that the lead school adds) is what the shares add up to. A cost with
    a tender is the recovery fee agreed in it.
    """

    __tablename__ = "shared_cost"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    lead_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    tender_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tender.id"), unique=True)
    title: Mapped[str]
    supplier_name: Mapped[str] = mapped_column(default="")
    supplied_on: Mapped[date]
    amount: Mapped[Money]
    split: Mapped[Split]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(index=True)

    lead: Mapped[School] = relationship()
    tender: Mapped[Tender | None] = relationship()
    shares: Mapped[list[CostShare]] = relationship(back_populates="cost", order_by="CostShare.position")


class CostShare(Base):
    """One school's part of a cost: its weight when the cost was recorded, and the pence it came to."""

    __tablename__ = "cost_share"
    __table_args__ = (
        CheckConstraint("weight >= 0", name="weight_not_negative"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    cost_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shared_cost.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    position: Mapped[int]
    weight: Mapped[Decimal]
    amount: Mapped[Money]

    cost: Mapped[SharedCost] = relationship(back_populates="shares")
    school: Mapped[School] = relationship()
