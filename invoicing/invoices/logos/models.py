"""The logos of schools."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base


class SchoolLogo(Base):
    """The picture on a school's invoices, and what it shows in words. Without `sha256` it was taken off."""

    __tablename__ = "school_logo"
    __table_args__ = (CheckConstraint("(sha256 IS NULL) = (words = '')", name="picture_with_words"),)

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    words: Mapped[str] = mapped_column(default="")
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
