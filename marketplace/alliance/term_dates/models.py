"""The term dates that schools have saved."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.term_dates.rules import Half
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class SchoolYear(Base):
    """One school's year, named by the calendar year in which it begins: 2026 is 2026 to 2027.

    `copied_from` is the school of the same local authority whose dates were taken over; NULL for dates that
    somebody entered.
    """

    __tablename__ = "school_year"
    __table_args__ = (UniqueConstraint("school_id", "begins"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    begins: Mapped[int]
    saved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]
    copied_from: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    version: Mapped[int] = mapped_column(default=1)

    terms: Mapped[list[SchoolTerm]] = relationship(
        back_populates="school_year", order_by="SchoolTerm.first_day", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class SchoolTerm(Base):
    """A half of a term: its first and last school day, both included."""

    __tablename__ = "school_term"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),)

    school_year_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school_year.id"), primary_key=True)
    half: Mapped[Half] = mapped_column(primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]

    school_year: Mapped[SchoolYear] = relationship(back_populates="terms")
