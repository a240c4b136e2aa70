"""What a tender says about its lots."""

from __future__ import annotations

import uuid
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders.lots.rules import Decided, Selection, TierBasis


class LotLimits(Base):
    """Why a tender is not divided, how lots are won, and how many one supplier may have; one a tender."""

    __tablename__ = "lot_limits"
    __table_args__ = (
        CheckConstraint("most_quoted >= 1", name="most_quoted_positive"),
        CheckConstraint("most_awarded >= 1", name="most_awarded_positive"),
        CheckConstraint(
            "most_awarded IS NULL OR (selection IS NOT NULL AND mechanism <> '')", name="mechanism_with_limit"
        ),
    )

    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), primary_key=True)
    undivided_reason: Mapped[str] = mapped_column(default="")
    decided: Mapped[Decided] = mapped_column(default=Decided.TOGETHER, server_default="together")
    most_quoted: Mapped[int | None]
    most_awarded: Mapped[int | None]
    selection: Mapped[Selection | None]
    mechanism: Mapped[str] = mapped_column(default="")


class LotBounds(Base):
    """Between which total prices a lot that is won on its own gives its price marks."""

    __tablename__ = "lot_bounds"
    __table_args__ = (
        CheckConstraint("optimum > 0", name="optimum_positive"),
        CheckConstraint("ceiling > optimum", name="ceiling_above_optimum"),
    )

    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id", ondelete="CASCADE"), primary_key=True)
    ceiling: Mapped[Money]
    optimum: Mapped[Money]


class PriceTier(Base):
    """From which number of schools, or of units, a lower price of a lot begins."""

    __tablename__ = "price_tier"
    __table_args__ = (CheckConstraint("starts_at > 0", name="starts_at_positive"),)

    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[Decimal] = mapped_column(primary_key=True)
    basis: Mapped[TierBasis]


class LotBundle(Base):
    """Lots that may be priced together, from `least_share` per cent of the units of each of them on."""

    __tablename__ = "lot_bundle"
    __table_args__ = (CheckConstraint("least_share BETWEEN 1 AND 100", name="least_share_range"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    title: Mapped[str]
    least_share: Mapped[int]

    parts: Mapped[list[BundlePart]] = relationship(
        foreign_keys="BundlePart.bundle_id", cascade="all, delete-orphan", order_by="BundlePart.position"
    )


class BundlePart(Base):
    """A lot, or another bundle, in a bundle."""

    __tablename__ = "bundle_part"
    __table_args__ = (
        CheckConstraint("(lot_id IS NULL) <> (inner_id IS NULL)", name="lot_or_bundle"),
        CheckConstraint("inner_id <> bundle_id", name="not_itself"),
        UniqueConstraint("bundle_id", "lot_id"),
        UniqueConstraint("bundle_id", "inner_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    bundle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot_bundle.id", ondelete="CASCADE"))
    position: Mapped[int]
    lot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lot.id", ondelete="CASCADE"))
    inner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lot_bundle.id", ondelete="CASCADE"))
