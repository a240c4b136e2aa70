"""Documents of suppliers, who checked them, who uses them, and which reminders were given."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from suppliers.profiles.documents.rules import DocumentKind, DocumentStatus
from suppliers.profiles.models import Supplier


class SupplierDocument(Base):
    """A file of a supplier that proves something until a day. `cover` is pence a claim, of insurance only.

    `note` is what the one school that checked it compared, or what is wrong with it.
    """

    __tablename__ = "supplier_document"
    __table_args__ = (
        CheckConstraint("cover > 0", name="cover_positive"),
        CheckConstraint(
            "status NOT IN ('checked', 'refused') OR checked_by IS NOT NULL", name="checked_by_somebody"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    kind: Mapped[DocumentKind]
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    number: Mapped[str] = mapped_column(default="")
    cover: Mapped[Money | None]
    ends_on: Mapped[date] = mapped_column(index=True)
    status: Mapped[DocumentStatus] = mapped_column(default=DocumentStatus.WAITING)
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    checked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    checked_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    checked_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    supplier: Mapped[Supplier] = relationship()
    checker: Mapped[Person | None] = relationship(foreign_keys=checked_by)
    school: Mapped[School | None] = relationship(foreign_keys=checked_for)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class Reliance(Base):
    """A school that wants to hear before a supplier's documents end."""

    __tablename__ = "reliance"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    since: Mapped[datetime]


class DocumentReminder(Base):
    """One reminder of a document's end, at one threshold of days: given once."""

    __tablename__ = "document_reminder"
    __table_args__ = (CheckConstraint("threshold > 0", name="threshold_positive"),)

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier_document.id"), primary_key=True)
    threshold: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    given_on: Mapped[date]
