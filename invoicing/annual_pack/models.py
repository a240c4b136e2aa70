"""What the annual pack holds that stands nowhere else: the alliance's priorities."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.core.db import Base


class AnnualPriorities(Base):
    """What an alliance wants to do next, as its annual pack says. `year_starts_on` is a 1 September."""

    __tablename__ = "annual_priorities"

    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    year_starts_on: Mapped[date] = mapped_column(primary_key=True)
    text: Mapped[str]
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    setter: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
