import pytest
from sqlalchemy.orm import Session

from marketplace.alliance.delegation import actions, queries, rules
from marketplace.alliance.delegation.rules import Approver, Band
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Role
from tests import make


@pytest.fixture
def alliance(app: object) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


@pytest.fixture
def school(alliance: make.Alliance) -> make.School:
    return alliance.schools[0]


def test_a_school_without_a_ladder_has_no_band(session: Session, school: make.School) -> None:
    assert queries.band_for(session, school.id, Money(1)) is None


def test_the_latest_ladder_holds_and_the_one_before_is_kept(session: Session, school: make.School) -> None:
    make.ladder(school)
    make.ladder(school, Band(None, Approver.HEADTEACHER, 2))
    assert queries.band_for(session, school.id, Money(5_000_00)) == Band(None, Approver.HEADTEACHER, 2)
    (before,) = queries.ladders_before(session, school.id)
    assert queries.bands_of(before) == rules.example()


def test_of_two_headteachers_who_set_it_at_once_the_second_looks_again(school: make.School) -> None:
    make.ladder(school)
    with pytest.raises(Stale):
        actions.set_ladder(school.headteacher, new_id(), school.id, 0, make.ladder_content())


def test_a_ladder_sent_twice_is_set_once(session: Session, school: make.School) -> None:
    ladder_id = new_id()
    for _ in range(2):
        actions.set_ladder(school.headteacher, ladder_id, school.id, 0, make.ladder_content())
    assert queries.ladders_before(session, school.id) == []


def test_only_the_schools_own_headteacher_sets_it(alliance: make.Alliance, school: make.School) -> None:
    for person in (school.bursar, school.governor):
        with pytest.raises(Forbidden):
            actions.set_ladder(person, new_id(), school.id, 0, make.ladder_content())
    for person in (alliance.schools[1].headteacher, alliance.coordinator):
        with pytest.raises(NotFound):
            actions.set_ladder(person, new_id(), school.id, 0, make.ladder_content())


def test_a_ladder_with_a_gap_is_not_set(session: Session, school: make.School) -> None:
    with pytest.raises(RuleBroken):
        actions.set_ladder(
            school.headteacher,
            new_id(),
            school.id,
            0,
            make.ladder_content(Band(Money(100), Approver.BURSAR, 1)),
        )
    assert queries.ladder_of(session, school.id) is None


def test_the_lowest_role_that_has_anybody_but_the_author_is_asked(
    session: Session, school: make.School
) -> None:
    def asked(approver: Approver, author: object) -> list[str]:
        return [one.name for one in queries.people_to_ask(session, school.id, approver, author)]  # type: ignore[arg-type]  # a test's shorthand

    bursar, head = school.bursar.person_id, school.headteacher.person_id
    assert asked(Approver.BURSAR, bursar) == ["Alder Headteacher"]
    assert asked(Approver.BURSAR, head) == ["Alder Bursar"]
    assert asked(Approver.HEADTEACHER, head) == ["Alder Headteacher"]
    make.person(school.id, Role.HEADTEACHER, name="Deputy Head")
    assert asked(Approver.HEADTEACHER, head) == ["Deputy Head"]
