"""Importing registers into the database."""

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.contracts import rules
from marketplace.contracts.importing.actions import import_register
from marketplace.contracts.importing.models import ContractImport
from marketplace.contracts.models import Contract
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor
from tests import make
from tests.web.client import listening


@pytest.fixture
def alliance(app: Flask) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


@pytest.fixture
def school(alliance: make.Alliance) -> make.School:
    return alliance.schools[0]


def bring_in(actor: Actor, *rows: dict[str, Any]) -> ContractImport:
    """What came of importing these rows."""
    return bring_in_file(actor, make.register_workbook(rows))


def bring_in_file(actor: Actor, content: bytes) -> ContractImport:
    import_id = new_id()
    import_register(actor, import_id, "register.xlsx", content)
    session = db.session()
    session.rollback()
    return session.get_one(ContractImport, import_id)


def counts(made: ContractImport) -> tuple[int, int, int, int]:
    return made.added, made.changed, made.unchanged, made.refused


def five_hundred(**changes: Any) -> Sequence[dict[str, Any]]:
    return [
        make.register_row(reference=f"C-{number}", title=f"Contract {number}", **changes)
        for number in range(500)
    ]


def problems(made: ContractImport) -> list[tuple[str, str]]:
    return [
        (problem["place"], problem["enter"]) for row in made.refusals["rows"] for problem in row["problems"]
    ]


def test_right_rows_go_in_and_wrong_ones_are_kept_with_reasons(session: Session, school: make.School) -> None:
    made = bring_in(
        school.bursar,
        make.register_row(reference="C-1", renewal_months=12, extension_months="12, 6"),
        make.register_row(title="Ends before it starts", ends_on="31/08/2023"),
        make.register_row(title="Long notice", notice_months=None, notice_days="700", starts_on="01/08/2027"),
        make.register_row(title=None),
    )
    assert counts(made) == (1, 0, 0, 3)
    assert problems(made) == [
        ("H3", "The contract must end after it starts."),
        ("J4", rules.NOTICE_TOO_LONG),
        ("D5", "Enter what the contract is for."),
    ]
    kept = session.scalars(select(Contract)).one()
    assert (kept.reference, kept.annual_value, kept.starts_on) == ("C-1", Money(31_250_00), date(2024, 9, 1))
    assert (kept.notice_months, kept.renewal_months, kept.extension_months) == (3, 12, (12, 6))
    told = session.scalars(select(Event).where(Event.act == Act.CONTRACT_IMPORT)).one()
    assert told.facts == {"added": [str(kept.id)], "changed": []}
    assert told.organisation_id == school.id


def test_the_same_file_again_changes_nothing(session: Session, school: make.School) -> None:
    content = make.register_workbook([make.register_row(), make.register_row(title="Windows")])
    assert counts(bring_in_file(school.bursar, content)) == (2, 0, 0, 0)
    before = session.execute(select(Contract.id, Contract.version).order_by(Contract.id)).all()
    assert counts(bring_in_file(school.headteacher, content)) == (0, 0, 2, 0)
    assert session.execute(select(Contract.id, Contract.version).order_by(Contract.id)).all() == before
    assert len(session.scalars(select(Event).where(Event.act == Act.CONTRACT_IMPORT)).all()) == 1


def test_a_corrected_file_changes_what_was_corrected(session: Session, school: make.School) -> None:
    bring_in(school.bursar, make.register_row(reference="C-1"), make.register_row(title="Windows"))
    made = bring_in(
        school.bursar,
        make.register_row(reference="C-1", title="Cleaning, all of it"),
        make.register_row(title="Windows", annual_value="£99", reference="C-2"),
        make.register_row(title="Windows", starts_on="01/09/2025"),
    )
    assert counts(made) == (1, 2, 0, 0)
    rows = session.execute(
        select(Contract.reference, Contract.title, Contract.version).order_by(Contract.reference)
    ).all()
    assert rows == [("", "Windows", 1), ("C-1", "Cleaning, all of it", 2), ("C-2", "Windows", 2)]


def test_columns_that_are_not_in_the_file_leave_what_is_in_the_register(
    session: Session, school: make.School
) -> None:
    bring_in(school.bursar, make.register_row(reference="C-1", extension_months="12"))
    row = make.register_row(annual_value=1)
    bring_in_file(school.bursar, make.register_workbook([row], list(row)))
    kept = session.scalars(select(Contract)).one()
    assert (kept.reference, kept.extension_months, kept.annual_value) == ("C-1", (12,), Money(100))


def test_a_row_that_stands_in_the_file_twice_is_refused_the_second_time(school: make.School) -> None:
    made = bring_in(school.bursar, make.register_row(), make.register_row(annual_value="1"))
    assert counts(made) == (1, 0, 0, 1)
    assert problems(made)[0][1].startswith("This is the same contract as row 2 of the file.")


def test_a_reference_that_an_earlier_row_gave_to_a_contract_is_known_to_a_later_row(
    school: make.School,
) -> None:
    bring_in(school.bursar, make.register_row())
    made = bring_in(
        school.bursar,
        make.register_row(reference="C-1"),
        make.register_row(reference="C-1", title="Something else"),
    )
    assert counts(made) == (0, 1, 0, 1)
    assert problems(made)[0][1].startswith("This is the same contract as row 2 of the file.")


def test_a_row_that_could_be_two_contracts_of_the_register_is_refused(school: make.School) -> None:
    row = make.register_row()
    bring_in(school.bursar, row | {"Your reference": "1"}, row | {"Your reference": "2"})
    made = bring_in(school.bursar, row)
    assert "Give each of them a reference" in problems(made)[0][1]


def test_a_form_sent_twice_imports_once(session: Session, school: make.School) -> None:
    import_id, content = new_id(), make.register_workbook([make.register_row()])
    for _ in range(2):
        import_register(school.bursar, import_id, "register.xlsx", content)
    assert session.scalar(select(func.count()).select_from(ContractImport)) == 1
    assert session.scalars(select(ContractImport.added)).one() == 1


def test_each_row_goes_to_the_school_that_it_names_and_to_no_other(
    session: Session, alliance: make.Alliance
) -> None:
    one, two = alliance.schools
    stranger = make.alliance(schools=1, name="Another Alliance").schools[0]
    rows = [make.register_row(school=name) for name in (one.name.upper(), two.urn, stranger.urn, None)]
    made = bring_in(alliance.coordinator, *rows)
    assert counts(made) == (2, 0, 0, 2)
    assert set(session.scalars(select(Contract.school_id))) == {one.id, two.id}
    assert [place for place, _ in problems(made)] == ["A4", "A5"]
    letters = session.scalars(select(Message).where(Message.subject.contains("Contracts were entered"))).all()
    assert len(letters) == 4, "the bursar and the headteacher of both schools are told"
    assert counts(bring_in(two.bursar, *rows[:2])) == (0, 0, 1, 1)


def test_only_those_who_keep_a_register_import_one(alliance: make.Alliance, school: make.School) -> None:
    content = make.register_workbook([make.register_row()])
    for person in (school.governor, school.finance_lead, alliance.auditor):
        with pytest.raises(Forbidden):
            import_register(person, new_id(), "register.xlsx", content)


def test_a_file_with_headings_only_says_so(school: make.School) -> None:
    with pytest.raises(RuleBroken, match="headings and no contract"):
        bring_in(school.bursar)


def test_five_hundred_rows_cost_as_many_statements_as_one(school: make.School) -> None:
    def statements(rows: Sequence[dict[str, Any]]) -> int:
        content = make.register_workbook(rows)
        with listening(db.engine) as heard:
            import_register(school.bursar, new_id(), "register.xlsx", content)
        return len(heard)

    few = statements([make.register_row()])
    begun = time.monotonic()
    added = statements(five_hundred())
    assert time.monotonic() - begun < 10
    assert added <= few + 5, "rows are inserted together"
    assert statements(five_hundred(annual_value=7)) <= few + 1
    assert statements(five_hundred(annual_value=7)) < few
