"""Questions about schools' term dates. Load the school, or what names it, as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.term_dates import rules
from marketplace.alliance.term_dates.models import SchoolYear
from marketplace.alliance.term_dates.rules import Origin, Term


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """When some schools are on holiday: by what each has saved, else by proposal, else as is usual."""

    school_ids: tuple[uuid.UUID, ...]
    saved: Mapping[tuple[uuid.UUID, int], tuple[Term, ...]] = field(default_factory=dict)

    def holidays_on(self, day: date) -> dict[uuid.UUID, str]:
        """The schools that are on holiday on a day, with that holiday's name."""
        year = rules.school_year_of(day)
        found = {
            school_id: rules.holiday(day, self.saved.get((school_id, year)) or rules.proposed(year))
            for school_id in self.school_ids
        }
        return {school_id: name for school_id, name in found.items() if name}

    def anybody_on_holiday(self, day: date) -> bool:
        """Is any of the schools on holiday?"""
        return bool(self.holidays_on(day))


@dataclass(frozen=True, slots=True)
class YearView:
    """A school's year as its page shows it. `version` 0: the school has saved nothing."""

    begins: int
    origin: Origin
    terms: tuple[Term, ...]
    version: int = 0
    saved_at: datetime | None = None


def saved_year(session: Session, school_id: uuid.UUID, begins: int) -> SchoolYear | None:
    """What a school has saved for a year; None when it has not."""
    query = select(SchoolYear).where(SchoolYear.school_id == school_id, SchoolYear.begins == begins)
    return session.scalars(query).one_or_none()


def year_of(session: Session, school_id: uuid.UUID, begins: int) -> YearView:
    """A school's year: what it has saved, else what we propose, else nothing."""
    saved = saved_year(session, school_id, begins)
    if saved is not None:
        return YearView(begins, Origin.OWN, _terms(saved), saved.version, saved.saved_at)
    proposal = rules.proposed(begins)
    return YearView(begins, Origin.PROPOSED if proposal else Origin.USUAL, proposal)


def calendar_of(session: Session, school_ids: Collection[uuid.UUID]) -> SchoolCalendar:
    """The holidays of schools, in one query whatever their number."""
    query = select(SchoolYear).where(SchoolYear.school_id.in_(school_ids))
    years = session.scalars(query.options(selectinload(SchoolYear.terms)))
    return SchoolCalendar(tuple(school_ids), {(year.school_id, year.begins): _terms(year) for year in years})


def _terms(year: SchoolYear) -> tuple[Term, ...]:
    return tuple(Term(term.half, term.first_day, term.last_day) for term in year.terms)
