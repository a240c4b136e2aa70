"""Needs."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.delegation.rules import Approver
from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.needs.rules import Considered, Joint, NeedStatus


class Need(Base):
    """What one school needs in one category. Spend is a year's, in pence before VAT.

    A draft may lack what its author has not entered yet; a constraint says that no other need does.
    `details` are the answers to the category's own questions, as `answers.read_answers` reads them.

    `value` is what it is worth as the Act counts it, in pence with VAT over the whole term (NULL: not
    known), `approver` and `least_quotes` the band of the school's delegation ladder that this fell into:
    all three as they were when it was submitted. Without a ladder there is no band.
    """

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("volume > 0", name="volume_positive"),
        CheckConstraint("current_annual_spend >= 0", name="spend_not_negative"),
        CheckConstraint("term_months > 0", name="term_positive"),
        CheckConstraint(
            "status in ('draft', 'withdrawn') or (volume is not null and current_annual_spend is not null "
            "and contract_ends_on is not null and wanted_from is not null "
            "and (term_months is not null or term_unknown) and joint is not null)",
            name="complete",
        ),
        CheckConstraint("value > 0", name="value_positive"),
        CheckConstraint("highest_annual_spend > 0", name="highest_spend_positive"),
        CheckConstraint("extension_months >= 0", name="extension_not_negative"),
        CheckConstraint("term_months is null or not term_unknown", name="term_or_unknown"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    category: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]]
    volume: Mapped[Decimal] = mapped_column(nullable=True)
    volume_unit: Mapped[str]
    current_supplier: Mapped[str] = mapped_column(default="")
    current_annual_spend: Mapped[Money] = mapped_column(nullable=True)
    highest_annual_spend: Mapped[Money | None]
    contract_ends_on: Mapped[date] = mapped_column(nullable=True)
    wanted_from: Mapped[date] = mapped_column(nullable=True)
    term_months: Mapped[int | None]
    term_unknown: Mapped[bool] = mapped_column(default=False, server_default=false())
    extension_months: Mapped[int] = mapped_column(default=0, server_default="0")
    frameworks: Mapped[Considered | None]
    frameworks_reason: Mapped[str] = mapped_column(default="", server_default="")
    joint: Mapped[Joint] = mapped_column(nullable=True)
    joint_condition: Mapped[str] = mapped_column(default="")
    status: Mapped[NeedStatus] = mapped_column(default=NeedStatus.DRAFT, index=True)
    posted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    posted_at: Mapped[datetime]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(default="")
    value: Mapped[Money | None]
    approver: Mapped[Approver | None]
    least_quotes: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()
    waivers: Mapped[list[NeedWaiver]] = relationship(order_by="NeedWaiver.given_at")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class NeedWaiver(Base):
    """Leave to ask for fewer quotes for a need than its band does, with the reason. Later ones add to it."""

    __tablename__ = "need_waiver"
    __table_args__ = (CheckConstraint("quotes >= 0", name="quotes_not_negative"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    need_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("need.id"), index=True)
    quotes: Mapped[int]
    reason: Mapped[str]
    given_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]

    giver: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
