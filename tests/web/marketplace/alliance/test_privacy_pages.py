"""Anybody reads why personal data is there; a person takes along what is held about them, whole."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from marketplace.alliance.models import Person
from marketplace.core.db import db
from marketplace.core.policy import Actor, Role
from suppliers.profiles.members import actions as members
from tests import make
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


def unpacked(content: bytes) -> tuple[str, dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read("everything.html").decode(), json.loads(packed.read("everything.json"))


def test_anybody_reads_what_is_done_with_personal_data_and_how_long(client: Client) -> None:
    page = client.get("/privacy")
    for said in ("article 30(1)", "Limitation Act 1980, section 5", "Lawful basis", "13 months after"):
        assert said in page.words
    assert "Not yet: not read; from general knowledge" in page.words, "what was not checked is said"


def test_a_person_takes_along_all_that_is_held_about_them_and_no_secret(browse: Browse) -> None:
    school = make.alliance(1).schools[0]
    make.signed_in(school.bursar)
    make.draft_need(school)
    client = browse(school.bursar)
    assert "Need 1" in client.get("/privacy/own").words
    page, data = unpacked(client.download("/privacy/own.zip").data)
    email = db.session().get_one(Person, school.bursar.person_id).email
    assert data["whole"]
    assert data["tables"]["person"][0]["email"] == email
    assert [row["role"] for row in data["tables"]["role_holding"]] == ["bursar"]
    assert data["tables"]["need"][0]["reference"] in page
    assert "current_annual_spend" not in data["tables"]["need"][0], "what a need costs is its school’s"
    assert "began_at" in data["tables"]["sign_in"][0]
    text = json.dumps(data)
    assert not [word for word in ("password_hash", "secret_hash", "device_hash") if word in text]
    assert school.headteacher.name not in text
    assert "downloaded data" in browse(school.headteacher).get("/record").words


def test_who_answers_for_people_takes_along_what_is_held_about_one_who_left_and_of_nobody_else(
    browse: Browse,
) -> None:
    supplier = make.supplier()
    leaver = make.person(supplier.id, Role.BIDDER, name="Lee Leaver")
    path = f"/privacy/leavers/{leaver.person_id}.zip"
    assert browse(supplier.admin).open(path).status_code == 404, "who is there asks for themselves"
    assert leaver.person_id
    members.remove_member(supplier.admin, supplier.id, leaver.person_id)
    assert "Lee Leaver" in browse(supplier.admin).get("/privacy/leavers").words
    page, data = unpacked(browse(supplier.admin).download(path).data)
    assert not data["whole"]
    assert "Votes, declared interests and scores are left out" in page
    alliance = make.alliance(1)
    assert "Nobody has left" in browse(alliance.coordinator).get("/privacy/leavers").words
    for actor in (alliance.coordinator, alliance.schools[0].headteacher, make.supplier().admin):
        assert browse(actor).open(path).status_code == 404
    assert browse(alliance.schools[0].bursar).open("/privacy/leavers").status_code == 403
