"""Delegation ladders."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.delegation.rules import Approver
from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class DelegationLadder(Base):
    """A school's ladder as its governing body decided it. A later one takes its place; none is changed.

    `number` counts a school's ladders from 1: the highest holds.
    """

    __tablename__ = "delegation_ladder"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    number: Mapped[int]
    minute_reference: Mapped[str]
    minuted_on: Mapped[date]
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]

    school: Mapped[School] = relationship()
    bands: Mapped[list[DelegationBand]] = relationship(
        lazy="selectin", order_by="DelegationBand.position", cascade="all"
    )


class DelegationBand(Base):
    """One band of a ladder. `up_to` in pence, VAT included; NULL in the last band only."""

    __tablename__ = "delegation_band"
    __table_args__ = (
        UniqueConstraint("ladder_id", "position"),
        CheckConstraint("up_to > 0", name="up_to_positive"),
        CheckConstraint("least_quotes >= 0", name="least_quotes_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    ladder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("delegation_ladder.id"))
    position: Mapped[int]
    up_to: Mapped[Money | None]
    approver: Mapped[Approver]
    least_quotes: Mapped[int]
