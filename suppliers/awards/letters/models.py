"""Letters to bidders, as they were read by the coordinator and sent."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id
from suppliers.awards.letters.rules import LetterKind


class Letter(Base):
    """One letter about one quote: kept from the moment the coordinator has read its draft.

    `content` is what it says, as JSON, and `sha256` its hash in UTF-8. `document_sha256` is the PDF, which
    the worker draws from the content once it is sent. `note` is what the coordinator added. It is superseded
    when the award that it tells of is set aside: it stays as it was sent, and another result follows.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index(
            "uq_letter_one_of_a_kind",
            "quote_id",
            "kind",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("document_sha256 IS NULL OR sent_at IS NOT NULL", name="drawn_once_sent"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"))
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    kind: Mapped[LetterKind]
    note: Mapped[str] = mapped_column(default="")
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    read_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    document_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
