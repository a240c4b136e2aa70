"""The layouts of a school: each with every version that it had."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.exports.rules import Side
from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class ExportLayout(Base):
    """A layout of a school. `based_on` is the key of the shipped one that it began as.

    One that was removed is kept and can be brought back.
    """

    __tablename__ = "export_layout"
    __table_args__ = (
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_by_somebody"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    based_on: Mapped[str]
    name: Mapped[str]
    side: Mapped[Side]
    content: Mapped[dict[str, Any]]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()
    versions: Mapped[list[ExportLayoutVersion]] = relationship(
        back_populates="layout", order_by="ExportLayoutVersion.number.desc()"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class ExportLayoutVersion(Base):
    """What a layout said from a moment on. Rows are added and never changed or removed."""

    __tablename__ = "export_layout_version"
    __table_args__ = (UniqueConstraint("layout_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    layout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("export_layout.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    saved_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]

    layout: Mapped[ExportLayout] = relationship(back_populates="versions")
