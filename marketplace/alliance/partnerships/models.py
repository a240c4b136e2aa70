"""Trust partnerships and their reviews."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Membership, Organisation, Person, School
from marketplace.alliance.partnerships.rules import PartnershipStatus
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Partnership(Base):
    """The terms of a trust partnership, and how far it is. Money in pence; the charge before VAT.

    It runs from when board and governing body have agreed, not before `starts_on`, until `ends_on`.
    """

    __tablename__ = "partnership"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("service_charge >= 0", name="charge_not_negative"),
        CheckConstraint("credit BETWEEN 0 AND 1000000", name="credit_within_limit"),
        CheckConstraint("(credit = 0) = (credit_source = '')", name="credit_has_source"),
        CheckConstraint("(status = 'agreed') = (membership_id IS NOT NULL)", name="agreed_is_membership"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    membership_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"), unique=True)
    starts_on: Mapped[date]
    months: Mapped[int]
    ends_on: Mapped[date]
    service_charge: Mapped[Money]
    objectives: Mapped[str]
    credit: Mapped[Money] = mapped_column(default=Money(0))
    credit_source: Mapped[str] = mapped_column(default="")
    status: Mapped[PartnershipStatus] = mapped_column(default=PartnershipStatus.PROPOSED, index=True)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]

    alliance: Mapped[Organisation] = relationship()
    school: Mapped[School] = relationship()
    membership: Mapped[Membership | None] = relationship()
    proposer: Mapped[Person] = relationship()
    reviews: Mapped[list[PartnershipReview]] = relationship(
        back_populates="partnership", order_by="PartnershipReview.due_on"
    )


class PartnershipReview(Base):
    """A day on which a partnership is reviewed, and what was found."""

    __tablename__ = "partnership_review"
    __table_args__ = (
        UniqueConstraint("partnership_id", "due_on"),
        CheckConstraint(
            "(held_on IS NULL) = (notes = '') AND (held_on IS NULL) = (recorded_by IS NULL)",
            name="held_with_notes",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    partnership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partnership.id"))
    due_on: Mapped[date] = mapped_column(index=True)
    held_on: Mapped[date | None]
    notes: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reminded_at: Mapped[datetime | None]

    partnership: Mapped[Partnership] = relationship(back_populates="reviews")
    recorder: Mapped[Person | None] = relationship()
