"""Agreements between schools, their reviews, and the safeguarding checks of who works under them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.agreements.rules import (
    AgreementStatus,
    Basis,
    CheckLevel,
    Price,
    Schedule,
    Service,
    Signatures,
    Supply,
    Terms,
)
from marketplace.alliance.models import Membership, Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money

BOTH_SIGNED = "seller_signed_by IS NOT NULL AND buyer_signed_by IS NOT NULL"


class Agreement(Base):
    """What one school sells to another. `rate` in pence before VAT, `share` in basis points.

    `ends_on` is the last day as agreed, extensions included, and `notice_last_day` the one that notice gave.
    `proposals` counts how often the terms were put to both heads, so that nobody signs for other terms than
    they read. `asked` says that the buyer knows of the draft: it began it from an offer, or returned it.
    `billed_until` is the end of the last month or term that was looked at for invoices.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        Index("ix_agreement_seller_id_status", "seller_id", "status"),
        Index("ix_agreement_buyer_id_status", "buyer_id", "status"),
        CheckConstraint("seller_id <> buyer_id", name="two_schools"),
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("(basis IN ('fixed', 'per_pupil', 'per_unit')) = (rate IS NOT NULL)", name="rated"),
        CheckConstraint("rate > 0", name="rate_positive"),
        CheckConstraint("(basis = 'per_unit') = (unit <> '')", name="unit_of_rate"),
        CheckConstraint("(basis = 'per_pupil') = (pupils IS NOT NULL)", name="pupils_counted"),
        CheckConstraint("pupils > 0", name="pupils_positive"),
        CheckConstraint("(basis = 'share') = (share IS NOT NULL)", name="share_given"),
        CheckConstraint("share BETWEEN 1 AND 10000", name="share_within_whole"),
        CheckConstraint("extension_months BETWEEN 0 AND 24", name="extension_within_limit"),
        CheckConstraint("notice_months BETWEEN 0 AND 12", name="notice_within_limit"),
        CheckConstraint(
            "status IN ('draft', 'discarded') OR regulated IS NOT NULL", name="children_answered"
        ),
        CheckConstraint(
            "supply <> 'no_staff' OR service NOT IN ('staff_days', 'technician')", name="staffed"
        ),
        CheckConstraint(
            f"(status IN ('agreed', 'running', 'ended')) = ({BOTH_SIGNED})", name="agreed_by_both_heads"
        ),
        CheckConstraint(
            "(seller_signed_by IS NULL) = (seller_signed_at IS NULL)"
            " AND (buyer_signed_by IS NULL) = (buyer_signed_at IS NULL)",
            name="signed_at_a_time",
        ),
        CheckConstraint("seller_signed_by <> buyer_signed_by", name="signed_by_two_people"),
        CheckConstraint("notice_last_day < ends_on", name="notice_shortens"),
        CheckConstraint(
            "(notice_last_day IS NULL) = (notice_by_id IS NULL)"
            " AND (notice_last_day IS NULL) = (notice_given_on IS NULL)",
            name="notice_by_a_school",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    seller_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    buyer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    status: Mapped[AgreementStatus] = mapped_column(default=AgreementStatus.DRAFT, index=True)
    asked: Mapped[bool] = mapped_column(default=False)
    service: Mapped[Service]
    title: Mapped[str]
    work: Mapped[str]
    supply: Mapped[Supply]
    regulated: Mapped[bool | None]
    exemption_reason: Mapped[str] = mapped_column(default="")
    basis: Mapped[Basis]
    rate: Mapped[Money | None]
    unit: Mapped[str] = mapped_column(default="")
    pupils: Mapped[int | None]
    share: Mapped[int | None]
    schedule: Mapped[Schedule]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    extension_months: Mapped[int] = mapped_column(default=0)
    notice_months: Mapped[int] = mapped_column(default=0)
    objectives: Mapped[str] = mapped_column(default="")
    membership_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    purchase_order: Mapped[str] = mapped_column(default="")
    drafted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[datetime]
    proposals: Mapped[int] = mapped_column(default=0)
    proposed_at: Mapped[datetime | None]
    returned_because: Mapped[str] = mapped_column(default="")
    seller_signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    seller_signed_at: Mapped[datetime | None]
    buyer_signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    buyer_signed_at: Mapped[datetime | None]
    notice_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    notice_given_on: Mapped[date | None]
    notice_last_day: Mapped[date | None]
    notice_reason: Mapped[str] = mapped_column(default="")
    reminded_of_end: Mapped[date | None]
    billed_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    seller: Mapped[School] = relationship(foreign_keys=seller_id)
    buyer: Mapped[School] = relationship(foreign_keys=buyer_id)
    seller_signer: Mapped[Person | None] = relationship(foreign_keys=seller_signed_by)
    buyer_signer: Mapped[Person | None] = relationship(foreign_keys=buyer_signed_by)
    membership: Mapped[Membership | None] = relationship()
    reviews: Mapped[list[AgreementReview]] = relationship(
        back_populates="agreement", order_by="AgreementReview.due_on", cascade="all, delete-orphan"
    )
    checks: Mapped[list[SafeguardingCheck]] = relationship(
        back_populates="agreement", order_by="SafeguardingCheck.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def last_day(self) -> date:
        """The last day on which it runs."""
        return self.notice_last_day or self.ends_on

    @property
    def price(self) -> Price:
        """What is charged."""
        return Price(self.basis, self.rate, self.unit, self.pupils, self.share)

    @property
    def signatures(self) -> Signatures:
        """Who has signed the terms for which school."""
        pairs = ((self.seller_id, self.seller_signed_by), (self.buyer_id, self.buyer_signed_by))
        return Signatures(self.seller_id, self.buyer_id, {school: who for school, who in pairs if who})

    @property
    def terms(self) -> Terms:
        """What both agree on."""
        return Terms(
            service=self.service,
            title=self.title,
            work=self.work,
            supply=self.supply,
            regulated=self.regulated,
            price=self.price,
            schedule=self.schedule,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            extension_months=self.extension_months,
            notice_months=self.notice_months,
            exemption_reason=self.exemption_reason,
            objectives=self.objectives,
            reviews=tuple(review.due_on for review in self.reviews),
            membership_id=self.membership_id,
        )


class AgreementReview(Base):
    """A day on which an agreement is reviewed, and what was found."""

    __tablename__ = "agreement_review"
    __table_args__ = (
        UniqueConstraint("agreement_id", "due_on"),
        CheckConstraint(
            "(held_on IS NULL) = (notes = '') AND (held_on IS NULL) = (recorded_by IS NULL)",
            name="held_with_notes",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"))
    due_on: Mapped[date] = mapped_column(index=True)
    held_on: Mapped[date | None]
    notes: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reminded_at: Mapped[datetime | None]

    agreement: Mapped[Agreement] = relationship(back_populates="reviews")
    recorder: Mapped[Person | None] = relationship()


class SafeguardingCheck(Base):
    """That somebody who works under an agreement was checked: at which level, and when. Nothing else.

    There is no place here for a certificate or its number, and there must be none (principle 7).
    """

    __tablename__ = "safeguarding_check"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    worker: Mapped[str]
    level: Mapped[CheckLevel]
    checked_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    agreement: Mapped[Agreement] = relationship(back_populates="checks")
