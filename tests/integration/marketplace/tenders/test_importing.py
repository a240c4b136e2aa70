import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import ADMINISTRATOR
from marketplace.tenders.importing.actions import import_tender
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from tests import make

pytestmark = pytest.mark.usefixtures("app")
CLUSTER = Path(__file__).parents[3] / "fixtures" / "ocds" / "contractsfinder-cluster-catering.json"


def cluster() -> bytes:
    return CLUSTER.read_bytes()


def test_the_real_tender_of_six_schools_becomes_a_draft() -> None:
    alliance = make.alliance(schools=1)
    report = import_tender(ADMINISTRATOR, alliance.id, cluster())
    tender = make.tender_row(report.tender_id)
    assert tender.status is TenderStatus.DRAFT
    assert tender.title == "Hampshire Primary Cluster 4 Catering Tender"
    assert (tender.category, tender.cpv) == ("catering", "55524000")
    assert tender.ocid == "ocds-b5fd17-8e9e80b5-0a39-4580-a5f2-2b35442a9378"
    assert [str(tender.contract_starts_on), str(tender.contract_ends_on)] == ["2025-09-01", "2028-08-31"]
    assert len(tender.documents) == 2
    assert all(document.link.startswith("https://") for document in tender.documents)
    assert tender.import_notes == list(report.left_out)


def test_a_deadline_that_has_passed_is_noted_and_not_set() -> None:
    report = import_tender(ADMINISTRATOR, make.alliance(schools=1).id, cluster())
    assert make.tender_row(report.tender_id).closes_at is None
    assert report.left_out[0] == (
        "The deadline for quotes has passed: 7 March 2025 at 13:00 GMT. Set a new one."
    )


def test_a_buyer_that_is_no_member_is_listed() -> None:
    report = import_tender(ADMINISTRATOR, make.alliance(schools=1).id, cluster())
    assert any("Barton Stacey Primary School (GB-CFS-307565)" in line for line in report.left_out)
    assert make.tender_row(report.tender_id).commitments == []


def test_a_buyer_that_is_a_member_by_name_is_invited_and_leads() -> None:
    alliance = make.alliance(schools=1)
    school = make.school(alliance.id, EstablishmentName="Barton Stacey  PRIMARY School")
    report = import_tender(ADMINISTRATOR, alliance.id, cluster())
    tender = make.tender_row(report.tender_id)
    assert [(one.school_id, one.status) for one in tender.commitments] == [
        (school.id, CommitmentStatus.INVITED)
    ]
    assert tender.lead_school_id == school.id


def future(**tender: Any) -> bytes:
    moment = make.working_moment(60).isoformat()
    release = {
        "ocid": "ocds-future",
        "tender": {"title": "Meals – £", "tenderPeriod": {"endDate": moment}, **tender},
    }
    return json.dumps({"version": "1.1", "releases": [release]}).encode()


def test_a_deadline_to_come_is_set() -> None:
    report = import_tender(ADMINISTRATOR, make.alliance(schools=1).id, future())
    assert make.tender_row(report.tender_id).closes_at == make.working_moment(60)


def test_contract_dates_out_of_order_are_noted_and_not_set() -> None:
    period = {"startDate": "2028-09-01T00:00:00Z", "endDate": "2027-08-31T00:00:00Z"}
    report = import_tender(ADMINISTRATOR, make.alliance(schools=1).id, future(contractPeriod=period))
    assert make.tender_row(report.tender_id).contract_starts_on is None
    assert any("not in order" in line for line in report.left_out)


def test_one_tender_is_imported_once(session: Session) -> None:
    alliance = make.alliance(schools=1)
    first = import_tender(ADMINISTRATOR, alliance.id, cluster())
    with pytest.raises(RuleBroken, match=first.reference):
        import_tender(ADMINISTRATOR, alliance.id, cluster())
    assert len(session.scalars(select(Tender)).all()) == 1


def test_an_imported_draft_can_be_finished_and_published() -> None:
    alliance = make.alliance(schools=2)
    report = import_tender(ADMINISTRATOR, alliance.id, cluster())
    tender = make.published_tender(alliance, draft_id=report.tender_id)
    assert tender.id == report.tender_id
    assert tender.row.status is TenderStatus.PUBLISHED


def test_a_bursar_cannot_import() -> None:
    alliance = make.alliance(schools=1)
    with pytest.raises(Forbidden):
        import_tender(alliance.schools[0].bursar, alliance.id, cluster())


def test_an_alliance_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        import_tender(ADMINISTRATOR, new_id(), cluster())


def test_the_command_says_what_arrived_and_what_did_not(app: Flask) -> None:
    alliance = make.alliance(schools=1)
    answer = app.test_cli_runner().invoke(
        args=["tenders", "import-ocds", str(CLUSTER), "--alliance", alliance.name]
    )
    assert answer.exit_code == 0, answer.output
    year = clock.today().year
    assert answer.output.startswith(f"Drafted T-{year}-0001.\nArrived:\n  Title: Hampshire Primary Cluster 4")
    assert "Not taken over (42)" in answer.output
    assert "releases[0].tender.procurementMethod: selective" in answer.output


def test_the_only_alliance_need_not_be_named(app: Flask) -> None:
    make.alliance(schools=1)
    answer = app.test_cli_runner().invoke(args=["tenders", "import-ocds", str(CLUSTER)])
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Drafted T-")


def test_one_of_several_alliances_must_be_named(app: Flask) -> None:
    make.alliance(schools=1, name="Hill Schools")
    make.alliance(schools=1, name="Dale Schools")
    answer = app.test_cli_runner().invoke(args=["tenders", "import-ocds", str(CLUSTER)])
    assert answer.exit_code == 1
    assert "Name the alliance that buys with --alliance: Dale Schools, Hill Schools." in answer.output


@pytest.mark.parametrize("content", ["", "{}", '{"releases": [{"tender": {}}]}', "\x00"])
def test_the_command_refuses_what_is_no_release_package(app: Flask, tmp_path: Path, content: str) -> None:
    file = tmp_path / "release.json"
    file.write_text(content, "utf-8")
    alliance = make.alliance(schools=1)
    answer = app.test_cli_runner().invoke(
        args=["tenders", "import-ocds", str(file), "--alliance", str(alliance.id)]
    )
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: The file is")
