"""Packs of documents: each is what suppliers could download from a moment on, and stays so."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class Pack(Base):
    """The documents of a tender from a moment on. `sha256` is that of the whole ZIP."""

    __tablename__ = "pack"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    number: Mapped[int]
    made_at: Mapped[datetime]
    sha256: Mapped[str]

    files: Mapped[list[PackFile]] = relationship(
        back_populates="pack", order_by="PackFile.name", cascade="all, delete-orphan"
    )


class PackFile(Base):
    """One document of a pack; its content lies in the store under its hash."""

    __tablename__ = "pack_file"
    __table_args__ = (CheckConstraint("version > 0", name="version_from_one"),)

    pack_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pack.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    size: Mapped[int]
    version: Mapped[int]
    dated_on: Mapped[date]

    pack: Mapped[Pack] = relationship(back_populates="files")
