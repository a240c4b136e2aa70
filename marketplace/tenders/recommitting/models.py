"""Which schools committed again to the volumes of a proposed change."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base


class Recommitment(Base):
    """One school's commitment to the volumes that a proposed change gives it. Kept for good."""

    __tablename__ = "recommitment"

    extension_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("extension.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    committed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    committed_at: Mapped[datetime]
