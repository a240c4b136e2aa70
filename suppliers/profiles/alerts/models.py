"""Who wants no alerts."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base


class AlertStop(Base):
    """A person who stopped their alerts. Letters about quotes that they have in go to them all the same."""

    __tablename__ = "alert_stop"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    stopped_at: Mapped[datetime]
