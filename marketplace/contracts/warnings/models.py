"""Warnings that were given."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base


class WarningDay(Base):
    """A day on which warnings were given: once a day and no more."""

    __tablename__ = "contract_warning_day"

    day: Mapped[date] = mapped_column(primary_key=True)


class ContractWarning(Base):
    """One warning about a contract: for which last safe notice date, at which threshold, given when."""

    __tablename__ = "contract_warning"
    __table_args__ = (CheckConstraint("threshold > 0", name="threshold_positive"),)

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    last_notice_on: Mapped[date] = mapped_column(primary_key=True)
    threshold: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    given_on: Mapped[date] = mapped_column(ForeignKey("contract_warning_day.day"))
