"""Suppliers."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Organisation
from marketplace.core.db import Base


class Supplier(Base):
    """An organisation that quotes.

    Company number: Companies House, 8 characters; charity number: of its register; neither for a sole trader.
    """

    __tablename__ = "supplier"

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    company_number: Mapped[str | None] = mapped_column(unique=True)
    charity_number: Mapped[str | None] = mapped_column(unique=True)
    vat_number: Mapped[str | None]
    is_sme: Mapped[bool] = mapped_column(default=False)
    is_vcse: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    served: Mapped[list[ServedCategory]] = relationship(
        back_populates="supplier", cascade="all, delete-orphan", order_by="ServedCategory.category"
    )

    places: Mapped[list[ServedArea]] = relationship(
        back_populates="supplier", cascade="all, delete-orphan", order_by="ServedArea.area"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def name(self) -> str:
        """The supplier's name."""
        return self.organisation.name

    @property
    def categories(self) -> list[str]:
        """The ids of the categories that this supplier serves."""
        return [served.category for served in self.served]

    @property
    def areas(self) -> list[str]:
        """The local authorities that this supplier serves; none means that it serves all."""
        return [place.area for place in self.places]


class ServedCategory(Base):
    """A category that a supplier serves; tenders of it are shown and told to the supplier."""

    __tablename__ = "served_category"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True, index=True)

    supplier: Mapped[Supplier] = relationship(back_populates="served")


class ServedArea(Base):
    """A local authority that a supplier serves, named as in Get Information about Schools."""

    __tablename__ = "served_area"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True, index=True)

    supplier: Mapped[Supplier] = relationship(back_populates="places")
