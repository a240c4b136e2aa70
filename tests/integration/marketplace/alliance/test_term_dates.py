from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from marketplace.alliance.models import School
from marketplace.alliance.term_dates import actions, queries, rules
from marketplace.alliance.term_dates.rules import Half, Origin
from marketplace.core.chain import first_broken_link
from marketplace.core.errors import Forbidden, NotFound, Stale
from tests import make

TWO_WEEKS = [
    replace(term, last_day=date(2026, 10, 16)) if term.half is Half.AUTUMN_1 else term
    for term in rules.proposed(2026)
]


def test_what_a_school_saves_counts_for_it_and_for_no_other(session: Session) -> None:
    first, second = make.alliance(schools=2).schools
    actions.set_term_dates(first.bursar, first.id, 2026, 0, TWO_WEEKS)
    calendar = queries.calendar_of(session, [first.id, second.id])
    assert calendar.holidays_on(date(2026, 10, 19)) == {first.id: "autumn half-term"}
    assert calendar.holidays_on(date(2026, 10, 28)) == {
        first.id: "autumn half-term",
        second.id: "autumn half-term",
    }
    assert queries.year_of(session, first.id, 2026).origin is Origin.OWN
    assert queries.year_of(session, second.id, 2026).origin is Origin.PROPOSED
    assert queries.year_of(session, second.id, 2035).origin is Origin.USUAL


def test_dates_are_changed_again_and_the_second_of_two_editors_looks_again(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    actions.set_term_dates(school.bursar, school.id, 2026, 0, TWO_WEEKS)
    with pytest.raises(Stale):
        actions.set_term_dates(school.headteacher, school.id, 2026, 0, rules.proposed(2026))
    actions.set_term_dates(school.headteacher, school.id, 2026, 1, rules.proposed(2026))
    year = queries.year_of(make.fresh(), school.id, 2026)
    assert year.terms == rules.proposed(2026)
    assert first_broken_link(session) is None


def test_only_a_schools_own_bursar_and_headteacher_set_its_dates(session: Session) -> None:
    own, other = make.alliance(schools=2).schools
    for person in (other.bursar, own.governor):
        with pytest.raises(Forbidden):
            actions.set_term_dates(person, own.id, 2026, 0, TWO_WEEKS)
    stranger = make.alliance(schools=1, name="Another Alliance").schools[0]
    with pytest.raises(NotFound):
        actions.set_term_dates(stranger.bursar, own.id, 2026, 0, TWO_WEEKS)
    assert queries.saved_year(session, own.id, 2026) is None


def test_dates_are_offered_within_a_local_authority_and_nowhere_else(session: Session) -> None:
    first, second = make.alliance(schools=2).schools
    actions.set_term_dates(first.bursar, first.id, 2026, 0, TWO_WEEKS)
    actions.copy_term_dates(second.bursar, second.id, 2026, 0, first.id)
    assert queries.year_of(make.fresh(), second.id, 2026).copied_from == first.name
    elsewhere = make.alliance(schools=1, name="Another Alliance").schools[0]
    row = session.get_one(School, elsewhere.id)
    offered = queries.offered(session, elsewhere.bursar, row, 2026)
    assert offered is not None
    assert (offered.school, offered.person) == (first.name, "")
    row.local_authority = "Rutland"
    assert queries.offered(session, elsewhere.bursar, row, 2026) is None
    session.rollback()
    with pytest.raises(NotFound):
        actions.copy_term_dates(elsewhere.bursar, elsewhere.id, 2026, 0, second.id)
    with pytest.raises(Forbidden):
        actions.copy_term_dates(second.governor, second.id, 2026, 1, first.id)
