"""A need by a program: posted, completed, submitted and withdrawn by the rules of the pages."""

from typing import Any

import pytest
from flask import Flask

from marketplace.contracts import categories
from marketplace.needs import answers
from tests import make
from tests.web.program import Program


def whole(category: str = "catering") -> dict[str, Any]:
    """A complete need as a program sends it."""
    content = make.content(category)
    return {
        "title": content.title,
        "description": content.description,
        "volume": "34200.5",
        "current_annual_spend_pence": 92_340_00,
        "contract_ends_on": str(content.contract_ends_on),
        "wanted_from": str(content.wanted_from),
        "term_months": 36,
        "frameworks": "decided_not",
        "frameworks_reason": content.frameworks_reason,
        "joint": "yes",
        "answers": answers.write_answers(categories.category(category), content.answers),
    }


def test_a_need_goes_from_draft_to_submitted_and_withdrawn(app: Flask) -> None:
    school = make.alliance(schools=1).schools[0]
    program = Program(app, school.bursar)
    named = {"school_id": str(school.id), "category": "insurance"}
    draft = program.post("/needs", named | {"title": "Insurance"}, status=201)
    assert (draft["status"], draft["volume"], draft["answers"]) == ("draft", None, {})
    gap = program.post(f"/needs/{draft['id']}/submit", {"version": draft["version"]}, status=422)
    assert gap["errors"][0]["field"] == "volume"
    filled = program.put(f"/needs/{draft['id']}", whole("insurance") | {"version": draft["version"]})
    assert filled["volume"] == "34200.5"
    assert filled["answers"] == whole("insurance")["answers"]
    submitted = program.post(f"/needs/{draft['id']}/submit", {"version": filled["version"]})
    assert submitted["status"] == "submitted"
    assert submitted["value_pence"] > 0
    gone = {"version": submitted["version"], "reason": "The trust insures us now."}
    assert program.post(f"/needs/{draft['id']}/withdraw", gone)["status"] == "withdrawn"
    assert program.get("/needs?status=withdrawn")["items"][0]["id"] == draft["id"]
    assert program.get("/needs?status=draft")["items"] == []


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"answers": {"nothing": 1}}, "answers.nothing"),
        ({"answers": {"volume_evidence": 3}}, "answers.volume_evidence"),
        ({"answers": {"volume_evidence": "hearsay"}}, "answers.volume_evidence"),
        ({"answers": {"claims": [1]}}, "answers.claims"),
        ({"answers": {"claims": {"rows": [{"on": "2026-02-30"}]}}}, "answers.claims"),
        ({"answers": {"buildings_sum": "12.50"}}, "answers.buildings_sum"),
        ({"highest_annual_spend_pence": 1, "current_annual_spend_pence": 2}, "highest_annual_spend_pence"),
        ({"volume": "12.50001"}, "volume"),
        ({"volume": 12}, "volume"),
        ({"category": "no such"}, "category"),
    ],
)
def test_what_no_need_can_say_is_refused_with_its_field(app: Flask, sent: dict[str, Any], field: str) -> None:
    school = make.alliance(schools=1).schools[0]
    named = {"school_id": str(school.id), "category": "insurance", "title": "Insurance"}
    refused = Program(app, school.bursar).post("/needs", named | sent, status=422)
    assert [one["field"] for one in refused["errors"]] == [field]


def test_an_approved_need_is_read_by_the_alliance_and_the_categories_by_every_token(app: Flask) -> None:
    alliance = make.alliance(schools=2)
    need = make.approved_need(alliance.schools[0])
    make.draft_need(alliance.schools[0])
    for reader in (alliance.coordinator, alliance.schools[1].bursar):
        (shown,) = Program(app, reader).get("/needs")["items"]
        assert shown["id"] == str(need)
    supplier = Program(app, make.supplier().admin)
    assert supplier.get("/needs")["items"] == []
    found = supplier.get("/categories")["items"]
    assert {one["id"] for one in found} == set(categories.CATALOGUE)
