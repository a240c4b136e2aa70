"""Questions about schools' term dates. Load the school, or what names it, as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Person, School
from marketplace.alliance.queries import names, visible_to
from marketplace.alliance.term_dates import rules
from marketplace.alliance.term_dates.models import SchoolYear
from marketplace.alliance.term_dates.rules import Origin, Term
from marketplace.core.policy import Actor


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
    copied_from: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """The dates that another school of the same local authority entered, for a school that has none yet.

    `person` entered them; blank where the reader does not know that school's people.
    """

    school_id: uuid.UUID
    school: str
    person: str
    saved_at: datetime
    terms: tuple[Term, ...]


def saved_year(session: Session, school_id: uuid.UUID, begins: int) -> SchoolYear | None:
    """What a school has saved for a year; None when it has not."""
    query = select(SchoolYear).where(SchoolYear.school_id == school_id, SchoolYear.begins == begins)
    return session.scalars(query).one_or_none()


def year_of(session: Session, school_id: uuid.UUID, begins: int) -> YearView:
    """A school's year: what it has saved, else what we propose, else nothing."""
    saved = saved_year(session, school_id, begins)
    if saved is not None:
        copied = names(session, [saved.copied_from] if saved.copied_from else [])
        return YearView(
            begins,
            Origin.OWN,
            _terms(saved),
            saved.version,
            saved.saved_at,
            next(iter(copied.values()), ""),
        )
    proposal = rules.proposed(begins)
    return YearView(begins, Origin.PROPOSED if proposal else Origin.USUAL, proposal)


def offered(session: Session, actor: Actor, school: School, begins: int) -> Offered | None:
    """What a school of the same local authority entered last for a year; None when no school has.

    Term dates are public, and a local authority's are mostly the same for all of its schools. So they are
    offered whatever the alliance; who entered them is named to those who may read that school.
    """
    query = (
        select(SchoolYear)
        .join(School, School.id == SchoolYear.school_id)
        .where(
            SchoolYear.begins == begins,
            SchoolYear.copied_from.is_(None),
            School.id != school.id,
            School.local_authority == school.local_authority,
            School.local_authority != "",
        )
        .order_by(SchoolYear.saved_at.desc(), SchoolYear.id)
        .limit(1)
    )
    year = session.scalars(query).one_or_none()
    if year is None:
        return None
    known = session.scalar(select(School.id).where(School.id == year.school_id, visible_to(actor)))
    person = session.get(Person, year.saved_by) if known and year.saved_by else None
    name = names(session, [year.school_id])[year.school_id]
    return Offered(year.school_id, name, person.name if person else "", year.saved_at, _terms(year))


def calendar_of(session: Session, school_ids: Collection[uuid.UUID]) -> SchoolCalendar:
    """The holidays of schools, in one query whatever their number."""
    query = select(SchoolYear).where(SchoolYear.school_id.in_(school_ids))
    years = session.scalars(query.options(selectinload(SchoolYear.terms)))
    return SchoolCalendar(tuple(school_ids), {(year.school_id, year.begins): _terms(year) for year in years})


def _terms(year: SchoolYear) -> tuple[Term, ...]:
    return tuple(Term(term.half, term.first_day, term.last_day) for term in year.terms)
