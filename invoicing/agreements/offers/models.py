"""What schools offer one another."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.agreements.offers.rules import Offered, OfferStatus
from invoicing.agreements.rules import Basis, Price, Schedule, Service, Supply
from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Offer(Base):
    """What a school offers others of its alliances. `rate` in pence before VAT, `share` in basis points."""

    __tablename__ = "agreement_offer"
    __table_args__ = (
        Index("ix_agreement_offer_school_id_status", "school_id", "status"),
        CheckConstraint("(basis IN ('fixed', 'per_pupil', 'per_unit')) = (rate IS NOT NULL)", name="rated"),
        CheckConstraint("rate > 0", name="rate_positive"),
        CheckConstraint("(basis = 'per_unit') = (unit <> '')", name="unit_of_rate"),
        CheckConstraint("(basis = 'share') = (share IS NOT NULL)", name="share_given"),
        CheckConstraint("share BETWEEN 1 AND 10000", name="share_within_whole"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    status: Mapped[OfferStatus] = mapped_column(default=OfferStatus.OFFERED)
    service: Mapped[Service]
    title: Mapped[str]
    what: Mapped[str]
    supply: Mapped[Supply]
    basis: Mapped[Basis]
    rate: Mapped[Money | None]
    unit: Mapped[str] = mapped_column(default="")
    share: Mapped[int | None]
    schedule: Mapped[Schedule]
    contact: Mapped[str]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def offered(self) -> Offered:
        """What it says."""
        price = Price(self.basis, self.rate, self.unit, None, self.share)
        return Offered(self.service, self.title, self.what, self.supply, price, self.schedule, self.contact)
