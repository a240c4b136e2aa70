"""Interest that was charged for invoices that were paid late."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.invoices.models import Invoice
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class InterestCharge(Base):
    """Interest for the days until `until_on`, and the fixed sum with the first charge, on a draft invoice."""

    __tablename__ = "interest_charge"
    __table_args__ = (CheckConstraint("interest >= 0 AND fixed_sum >= 0", name="not_negative"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), unique=True)
    until_on: Mapped[date]
    rate_basis_points: Mapped[int]
    interest: Mapped[Money]
    fixed_sum: Mapped[Money]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]

    invoice: Mapped[Invoice] = relationship(foreign_keys=invoice_id)
    draft: Mapped[Invoice] = relationship(foreign_keys=draft_id)
