import pytest
from sqlalchemy.orm import Session

from marketplace.alliance import actions, queries
from marketplace.alliance.memberships.actions import admit_school
from marketplace.alliance.rules import MembershipKind, SchoolDetails
from marketplace.core import mail
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.policy import ADMINISTRATOR
from tests import make

ACCOUNT = SchoolDetails(
    address="Oak Lane\nBramley",
    vat_number="GB 980 7806 84",
    finance_email="finance@oakfield.example",
    account_name="Oakfield School",
    sort_code="30-94-31",
    account_number="00733445",
)


def test_a_school_says_where_it_is_and_how_it_is_paid(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    actions.edit_school(school.finance_lead, school.id, 1, ACCOUNT)
    row = queries.school_by_urn(session, school.urn)
    assert row.vat_number == "GB980780684"
    assert row.bank_details == "Account name: Oakfield School\nSort code: 30-94-31\nAccount number: 00733445"


def test_headteachers_and_finance_leads_hear_of_a_first_account(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    assert not actions.edit_school(school.bursar, school.id, 1, ACCOUNT), "a first one waits for nobody"
    told = mail.newest(session, f"The bank account of {school.name} was changed")
    assert len(told) == 2
    assert ACCOUNT.account_number not in told[0].body


def test_nobody_is_bothered_when_the_account_stays(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    actions.edit_school(school.bursar, school.id, 1, SchoolDetails(address="Oak Lane"))
    assert not mail.newest(session, "bank account")


def test_the_second_of_two_editors_is_told_to_look_again(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    actions.edit_school(school.bursar, school.id, 1, ACCOUNT)
    with pytest.raises(Stale) as refusal:
        actions.edit_school(school.headteacher, school.id, 1, SchoolDetails(address="Elm Lane"))
    assert refusal.value.version == 2
    assert queries.school_by_urn(session, school.urn).address == "Oak Lane\nBramley"


@pytest.mark.usefixtures("app")
def test_only_the_schools_own_people_change_its_details() -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    for person in (alliance.coordinator, alliance.auditor, other.bursar, other.headteacher, school.governor):
        with pytest.raises(Forbidden):
            actions.edit_school(person, school.id, 1, ACCOUNT)


@pytest.mark.usefixtures("app")
def test_a_school_outside_the_alliance_is_not_to_be_found() -> None:
    school = make.alliance(schools=1).schools[0]
    stranger = make.alliance(schools=1, name="Another Alliance").schools[0]
    with pytest.raises(NotFound):
        actions.edit_school(stranger.bursar, school.id, 1, ACCOUNT)


def test_people_see_the_schools_of_their_alliances_and_no_others(session: Session) -> None:
    one, another = make.alliance(schools=2), make.alliance(schools=1, name="Another Alliance")
    (outside,) = make.import_schools({})
    for person in (one.coordinator, one.auditor, one.schools[0].governor):
        seen = set(queries.schools_by_name(session, person))
        assert seen == {school.id for school in one.schools}
    assert set(queries.schools_by_name(session, another.schools[0].bursar)) == {another.schools[0].id}
    assert outside not in queries.schools_by_name(session, one.coordinator)


@pytest.mark.usefixtures("app")
def test_the_administrator_admits_a_school_once_and_a_coordinator_never_alone() -> None:
    alliance = make.alliance(schools=1)
    (school_id,) = make.import_schools({})
    with pytest.raises(Forbidden):
        admit_school(alliance.coordinator, alliance.id, school_id, MembershipKind.ASSOCIATE)
    admit_school(ADMINISTRATOR, alliance.id, school_id, MembershipKind.ASSOCIATE)
    with pytest.raises(RuleBroken, match="member already"):
        admit_school(ADMINISTRATOR, alliance.id, school_id, MembershipKind.FULL)


@pytest.mark.usefixtures("app")
def test_what_is_no_school_or_no_alliance_is_not_admitted() -> None:
    alliance = make.alliance(schools=1)
    school_id = alliance.schools[0].id
    for alliance_id, member_id in ((new_id(), school_id), (alliance.id, new_id()), (school_id, school_id)):
        with pytest.raises(NotFound):
            admit_school(ADMINISTRATOR, alliance_id, member_id, MembershipKind.FULL)


@pytest.mark.usefixtures("app")
def test_the_coordinator_of_another_alliance_admits_nobody_here() -> None:
    alliance, other = make.alliance(schools=1), make.alliance(schools=1, name="Another Alliance")
    with pytest.raises(Forbidden):
        admit_school(other.coordinator, alliance.id, other.schools[0].id, MembershipKind.FULL)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_an_alliance_needs_a_name(name: str) -> None:
    with pytest.raises(RuleBroken):
        actions.found_alliance(ADMINISTRATOR, name)
