"""What was agreed while a tender was drafted."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.money import Money
from marketplace.tenders.rules import Split


class SplitAgreement(Base):
    """One version of what the lead school recharges (pence before VAT) and how it is divided.

    A change is a new version; none is made from publication on. `agreed_by` is None for what an import
    or a migration brought.
    """

    __tablename__ = "split_agreement"
    __table_args__ = (CheckConstraint("recovery_fee >= 0", name="recovery_fee_not_negative"),)

    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    recovery_fee: Mapped[Money]
    split: Mapped[Split]
    agreed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime]
