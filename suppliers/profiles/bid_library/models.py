"""Answers that a supplier keeps."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class LibraryAnswer(Base):
    """A question and its answer, encrypted by `safe.lock`."""

    __tablename__ = "library_answer"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    kept: Mapped[bytes]
    kept_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime]
