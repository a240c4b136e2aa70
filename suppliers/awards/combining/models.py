"""What was worked out about a tender's lots."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class CombinationRun(Base):
    """Somebody asked what the best combination of lots is. `result` is there once it was worked out.

    `basis` is the fingerprint of the quotes that it was worked out on: when they change, it is out of date.
    """

    __tablename__ = "combination_run"
    __table_args__ = (CheckConstraint("seconds > 0", name="seconds_positive"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    seconds: Mapped[int]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    basis: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any] | None]
