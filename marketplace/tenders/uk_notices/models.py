"""Notices as they were published: rows that never change."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.tenders.models import Tender
from marketplace.tenders.uk_notices.rules import NoticeKind


class Notice(Base):
    """One published notice of a tender: an OCDS release, kept as the text that was published.

    `position` counts all notices in the order in which they became public, `number` those of one
    tender. `reference` and `reference_on` are Find a Tender's, where the law asks for it. `sha256` is of
    the content in UTF-8. Rows are permanent: a change to a tender is a further notice.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int] = mapped_column(unique=True)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    number: Mapped[int]
    kind: Mapped[NoticeKind]
    ocid: Mapped[str] = mapped_column(index=True)
    tag: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(default="")
    reference_on: Mapped[date | None]
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]

    tender: Mapped[Tender] = relationship()
