import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance import actions, queries
from marketplace.alliance.models import School
from marketplace.alliance.rules import ImportOutcome, SchoolDetails
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.events import Event
from marketplace.core.policy import ADMINISTRATOR, Act
from tests import make

OAK = {"URN": "136128", "EstablishmentName": "Oakfield Primary School", "NumberOfPupils": 214}
ELM = {"URN": "136129", "EstablishmentName": "Elm School", "NumberOfPupils": 640}


def imports(session: Session) -> list[Event]:
    """The events that tell of imports, in order."""
    return list(session.scalars(select(Event).where(Event.act == Act.SCHOOL_IMPORT).order_by(Event.position)))


def versions(session: Session) -> list[tuple[str, int]]:
    """Each school's URN and version."""
    by_urn = select(School.urn, School.version).order_by(School.urn)
    return [(row.urn, row.version) for row in session.execute(by_urn)]


def test_schools_are_added_and_the_import_is_recorded(session: Session) -> None:
    report = actions.import_schools(ADMINISTRATOR, make.register(OAK, ELM))
    assert [(line.line, line.urn, line.outcome) for line in report] == [
        (2, "136128", ImportOutcome.ADDED),
        (3, "136129", ImportOutcome.ADDED),
    ]
    assert queries.school_by_urn(session, "136129").pupils == 640
    (event,) = imports(session)
    assert event.facts["lines"] == {"added": 2, "updated": 0, "unchanged": 0, "refused": 0}


def test_a_member_school_can_see_what_an_import_changed(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    actions.import_schools(ADMINISTRATOR, make.register({"URN": school.urn, "NumberOfPupils": 300}))
    event = imports(session)[-1]
    assert event.organisation_id == school.id
    assert event.facts["changes"] == [f"NumberOfPupils: {school.pupils} became 300."]


def test_a_register_without_ukprns_leaves_those_that_are_known(session: Session) -> None:
    actions.import_schools(ADMINISTRATOR, make.register(OAK | {"UKPRN": "10012345"}))
    (line,) = actions.import_schools(ADMINISTRATOR, make.register(OAK | {"NumberOfPupils": 215}))
    assert line.reasons == ("NumberOfPupils: 214 became 215.",)
    assert queries.school_by_urn(session, "136128").identifiers == "URN 136128, UKPRN 10012345"


def test_importing_the_same_register_again_changes_nothing(session: Session) -> None:
    register = make.register(OAK, ELM)
    actions.import_schools(ADMINISTRATOR, register)
    before = versions(session)
    report = actions.import_schools(ADMINISTRATOR, register)
    assert {line.outcome for line in report} == {ImportOutcome.UNCHANGED}
    assert versions(session) == before


def test_a_later_register_updates_and_says_what_changed(session: Session) -> None:
    actions.import_schools(ADMINISTRATOR, make.register(OAK))
    changed = OAK | {"EstablishmentName": "Oakfield Academy", "NumberOfPupils": 220}
    (line,) = actions.import_schools(ADMINISTRATOR, make.register(changed))
    assert line.outcome is ImportOutcome.UPDATED
    assert line.reasons == (
        "EstablishmentName: Oakfield Primary School became Oakfield Academy.",
        "NumberOfPupils: 214 became 220.",
    )
    school = queries.school_by_urn(session, "136128")
    assert (school.name, school.pupils) == ("Oakfield Academy", 220)


def test_a_wrong_line_is_refused_with_its_reason_and_the_others_are_kept(session: Session) -> None:
    wrong = {"URN": "13", "NumberOfPupils": -4}
    report = actions.import_schools(ADMINISTRATOR, make.register(OAK, wrong, OAK, ELM))
    assert [line.outcome for line in report] == [
        ImportOutcome.ADDED,
        ImportOutcome.REFUSED,
        ImportOutcome.REFUSED,
        ImportOutcome.ADDED,
    ]
    assert report[1].reasons == (
        "URN must be six digits, not 13.",
        "NumberOfPupils must be 0 or more, not -4.",
    )
    assert report[2].reasons == ("URN 136128 is on line 2 already.",)
    assert session.scalar(select(func.count()).select_from(School)) == 2


def test_what_a_school_says_of_itself_survives_an_import(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    actions.edit_school(
        school.bursar, school.id, 1, SchoolDetails(address="Oak Lane", vat_number="GB980780684")
    )
    actions.import_schools(ADMINISTRATOR, make.register({"URN": school.urn, "NumberOfPupils": 999}))
    row = queries.school_by_urn(session, school.urn)
    assert (row.pupils, row.address, row.vat_number) == (999, "Oak Lane", "GB980780684")


def test_a_file_of_another_kind_is_refused_and_nothing_is_stored(session: Session) -> None:
    with pytest.raises(RuleBroken, match="spreadsheet"):
        actions.import_schools(ADMINISTRATOR, b"PK\x03\x04")
    assert session.scalar(select(func.count()).select_from(School)) == 0


@pytest.mark.usefixtures("app")
def test_only_the_administrator_imports() -> None:
    alliance = make.alliance(schools=1)
    for person in (alliance.coordinator, alliance.auditor, alliance.schools[0].headteacher):
        with pytest.raises(Forbidden):
            actions.import_schools(person, make.register(OAK))


@pytest.mark.embedded
def test_a_register_of_ten_thousand_schools_is_read(session: Session) -> None:
    rows: list[dict[str, object]] = [{"URN": 200_000 + place} for place in range(10_000)]
    report = actions.import_schools(ADMINISTRATOR, make.register(*rows))
    assert {line.outcome for line in report} == {ImportOutcome.ADDED}
    assert session.scalar(select(func.count()).select_from(School)) == 10_000
