"""What people do with a school's term dates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.alliance.queries import get_school
from marketplace.alliance.term_dates import queries, rules
from marketplace.alliance.term_dates.models import SchoolTerm, SchoolYear
from marketplace.alliance.term_dates.rules import Term
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, Stale
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor


def set_term_dates(
    actor: Actor, school_id: uuid.UUID, begins: int, version: int | None, terms: Sequence[Term]
) -> None:
    """Save a school's terms for the school year that begins in a calendar year.

    `version` is that of the year as its author saw it, 0 when nothing had been saved. Raises RuleBroken
    (field: a half with `_first_day` or `_last_day`), Stale when somebody saved meanwhile.
    """
    with transaction() as session:
        school = get_school(session, actor, school_id, lock=True)
        policy.require(actor, Act.SCHOOL_SET_TERMS, school.id)
        rules.check_terms(terms, begins)
        _save(session, actor, _year(session, school.id, begins, version), terms)
        events.record(
            session, actor, Act.SCHOOL_SET_TERMS, school.id, organisation_id=school.id, school_year=begins
        )


def copy_term_dates(
    actor: Actor, school_id: uuid.UUID, begins: int, version: int | None, from_school_id: uuid.UUID
) -> None:
    """Take over the terms that another school of the same local authority entered for a school year.

    Raises NotFound when they are not offered any more, Stale when somebody saved meanwhile.
    """
    with transaction() as session:
        school = get_school(session, actor, school_id, lock=True)
        policy.require(actor, Act.SCHOOL_SET_TERMS, school.id)
        offered = queries.offered(session, actor, school, begins)
        if offered is None or offered.school_id != from_school_id:
            raise NotFound("These dates are not offered any more. Look at the page again.")
        year = _year(session, school.id, begins, version)
        _save(session, actor, year, offered.terms)
        year.copied_from = offered.school_id
        session.flush()
        events.record(
            session,
            actor,
            Act.SCHOOL_SET_TERMS,
            school.id,
            organisation_id=school.id,
            school_year=begins,
            copied_from=offered.school_id,
        )


def _year(session: Session, school_id: uuid.UUID, begins: int, version: int | None) -> SchoolYear:
    """A school's year to save, new when nothing had been saved. Raises Stale."""
    year = queries.saved_year(session, school_id, begins)
    present = year.version if year else 0
    if version != present:
        raise Stale(version=present)
    if year is None:
        year = SchoolYear(id=new_id(), school_id=school_id, begins=begins)
        session.add(year)
    return year


def _save(session: Session, actor: Actor, year: SchoolYear, terms: Sequence[Term]) -> None:
    """Put terms in the place of what a school had for a year."""
    year.saved_by, year.saved_at, year.copied_from = actor.person_id, clock.now(), None
    known = {row.half: row for row in year.terms}
    for term in terms:
        row = known.get(term.half)
        if row is None:
            year.terms.append(SchoolTerm(half=term.half, first_day=term.first_day, last_day=term.last_day))
        else:
            row.first_day, row.last_day = term.first_day, term.last_day
    session.flush()
