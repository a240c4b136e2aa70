from sqlalchemy.orm import Session

from marketplace.alliance import queries
from marketplace.core.policy import Kind, Role
from tests import make


def test_an_alliance_is_made_with_people_of_every_kind(session: Session) -> None:
    made = make.alliance(schools=3)
    assert [school.name for school in queries.member_schools(session, made.id)] == [
        school.name for school in made.schools
    ]
    for school in made.schools:
        assert school.bursar.organisations(Kind.SCHOOL, Role.BURSAR) == {school.id}
        assert school.headteacher.organisations(Kind.SCHOOL, Role.HEADTEACHER) == {school.id}
        assert school.governor.organisations(Kind.SCHOOL, Role.GOVERNOR) == {school.id}
        assert school.finance_lead.organisations(Kind.SCHOOL, Role.FINANCE_LEAD) == {school.id}
        assert school.bursar.alliance_ids == {made.id}
    assert made.coordinator.organisations(Kind.ALLIANCE, Role.COORDINATOR) == {made.id}
    assert made.auditor.organisations(Kind.ALLIANCE, Role.AUDITOR) == {made.id}
