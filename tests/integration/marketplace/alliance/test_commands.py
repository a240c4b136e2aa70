from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.alliance import queries
from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins import queries as sign_ins
from marketplace.alliance.sign_ins.actions import sign_in
from marketplace.core import clock, mail
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Kind, Role
from tests import make

PASSWORD = "three words remembered"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    file = tmp_path / "register.csv"
    file.write_bytes(make.register({"URN": "136128", "EstablishmentName": "St Zoë’s"}, {"URN": "1"}))
    return file


def test_schools_are_imported_with_a_report_of_every_line(app: Flask, register: Path) -> None:
    result = app.test_cli_runner().invoke(args=["schools", "import", str(register)])
    assert result.exit_code == 0
    assert "Line 2: added: 136128 St Zoë’s" in result.output
    assert "Line 3: refused: 1 URN must be six digits, not 1." in result.output
    assert "1 added, 0 updated, 0 unchanged, 1 refused." in result.output


def test_a_file_of_another_kind_is_refused_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "register.xlsx"
    file.write_bytes(b"PK\x03\x04 and so on")
    result = app.test_cli_runner().invoke(args=["schools", "import", str(file)])
    assert result.exit_code == 1
    assert result.output == "Error: This is a spreadsheet or archive. Save it as CSV and import that.\n"


def test_an_alliance_is_founded_and_a_school_admitted(app: Flask, session: Session, register: Path) -> None:
    run = app.test_cli_runner().invoke
    run(args=["schools", "import", str(register)])
    assert run(args=["alliance", "found", "Bramshire Schools"]).exit_code == 0
    admitted = run(args=["alliance", "admit", "bramshire schools", "136128", "--kind", "associate"])
    assert admitted.output == "St Zoë’s is a member now.\n"
    alliance = queries.organisation_named(session, "Bramshire Schools", Kind.ALLIANCE)
    assert [school.urn for school in queries.member_schools(session, alliance.id)] == ["136128"]


@pytest.mark.parametrize(
    ("alliance", "urn", "answer"),
    [
        ("Bramshire Schools Alliance", "999999", "No school with URN 999999 has been imported."),
        ("Nowhere Schools", "136128", "No alliance is called Nowhere Schools. Give its id instead."),
    ],
)
def test_an_unknown_school_or_alliance_is_said(app: Flask, alliance: str, urn: str, answer: str) -> None:
    make.alliance(schools=1)
    result = app.test_cli_runner().invoke(args=["alliance", "admit", alliance, urn])
    assert result.exit_code == 1
    assert answer in result.output


def test_a_name_that_two_alliances_have_is_not_guessed_at(app: Flask) -> None:
    make.alliance(schools=1)
    make.alliance(schools=1)
    result = app.test_cli_runner().invoke(args=["alliance", "admit", "Bramshire Schools Alliance", "136128"])
    assert "More than one alliance is called" in result.output


def add_person(app: Flask, urn: str, typed: str) -> str:
    """What is printed when Ann Lee is added as bursar and headteacher, and this is typed for a password."""
    arguments = ["--name", "Ann Lee", "--email", "ann@example.org", "--organisation", urn]
    roles = ["--role", "bursar", "--role", "headteacher"]
    return str(app.test_cli_runner().invoke(args=["people", "add", *arguments, *roles], input=typed).output)


def test_a_person_is_added_with_a_password_that_is_not_shown(app: Flask, session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    printed = add_person(app, school.urn, f"{PASSWORD}\n{PASSWORD}\n")
    assert PASSWORD not in printed
    person_id = sign_in("ann@example.org", PASSWORD).person_id
    held = {seat.role for seat in make.actor(person_id).seats}
    assert held == {Role.BURSAR, Role.HEADTEACHER}
    assert "set-password" not in mail.newest(session, "ann@example.org")[0].body


def test_without_a_password_a_link_is_sent(app: Flask, session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    assert "is sent a link" in add_person(app, school.urn, "\n")
    assert "set-password" in mail.newest(session, "ann@example.org")[0].body


def test_a_short_password_is_refused_in_a_sentence(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    assert "Error: The password must have at least 12 characters." in add_person(app, school.urn, "x\nx\n")


def test_somebody_who_left_is_signed_out_everywhere_and_stays_out(app: Flask, session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    leaving = make.person(school.id, Role.BURSAR, password=PASSWORD)
    assert leaving.person_id
    email = session.get_one(Person, leaving.person_id).email
    begun = sign_in(email, PASSWORD)
    run = app.test_cli_runner().invoke
    assert (
        run(args=["people", "close", email.upper()]).output == f"{email.upper()} cannot sign in any more.\n"
    )
    session.rollback()
    assert sign_ins.who_asks(session, begun.secret, clock.machine_now()) is None
    with pytest.raises(RuleBroken, match="do not match"):
        sign_in(email, PASSWORD)
    assert f"Nobody signs in with {email}." in run(args=["people", "close", email]).output
