"""Which invoice asks for which contribution."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.fund.models import Contribution
from invoicing.invoices.models import Invoice
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class ContributionBill(Base):
    """An invoice of a contribution. A contribution has a second one when the first was discarded for it."""

    __tablename__ = "contribution_bill"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contribution.id"), index=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), unique=True)
    made_at: Mapped[datetime]

    contribution: Mapped[Contribution] = relationship()
    invoice: Mapped[Invoice] = relationship()
