"""A category that an administrator adds works everywhere, at once."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.contracts import categories
from marketplace.contracts.catalogue import actions, queries
from marketplace.contracts.categories import CATALOGUE, CATALOGUE_FILE
from marketplace.contracts.frameworks import known_frameworks
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.policy import ADMINISTRATOR
from tests import make
from tests.make.categories import PLAYGROUND, added_category, category_file
from tests.web.client import Client


@pytest.fixture(autouse=True)
def as_it_was(session: Session) -> Iterator[None]:
    """Forget what a test added: the catalogue belongs to the process."""
    queries.refresh(session)
    yield
    CATALOGUE.add((), None)


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=1).schools[0]


def test_an_added_category_can_be_needed_registered_and_supplied(school: make.School, app: Flask) -> None:
    added_category()
    assert make.need(make.approved_need(school, "playground")).volume_unit == "pieces"
    make.contract(school, category="playground")
    make.supplier("Swings Ltd", categories=["playground"])
    assert categories.by_cpv("37535200") == "playground"
    assert school.bursar.person_id
    browser = Client(app, school.bursar.person_id)
    assert "Playground equipment" in browser.get("/needs/post").words
    assert "Playground equipment" in browser.get("/contracts").words


def test_an_added_category_asks_for_rows_and_offers_the_frameworks_that_cover_it(
    school: make.School, app: Flask
) -> None:
    column = {"key": "piece", "label": "Piece", "type": "text", "required": True}
    table = {"key": "today", "label": "Pieces today", "type": "table", "required": True, "columns": [column]}
    framework = next(one for one in known_frameworks().values() if one.title == "Building cleaning")
    added_category({**PLAYGROUND, "fields": [table], "frameworks": [framework.url]})
    need_id = make.draft_need(school, "playground")
    assert make.need(need_id).details["today"] == {"rows": [{"piece": "Between 6 am and 8 am"}]}
    assert school.bursar.person_id
    browser = Client(app, school.bursar.person_id)
    assert "Row 1 of Pieces today" in browser.get(f"/needs/{need_id}/questions/answer-today").words
    assert framework.title in browser.get(f"/needs/{need_id}/questions/frameworks").links()


def test_another_process_knows_it_from_its_next_page_on(school: make.School, app: Flask) -> None:
    added_category()
    CATALOGUE.add((), uuid.uuid4())  # as a process that last looked before the import
    assert school.bursar.person_id
    assert "Playground equipment" in Client(app, school.bursar.person_id).get("/needs/post").words


def test_the_same_file_twice_changes_nothing(session: Session) -> None:
    added_category()
    report = actions.import_categories(ADMINISTRATOR, category_file())
    assert (report.added, report.changed, report.unchanged) == ((), (), ("playground",))
    stored = queries.latest(session)
    assert stored is not None
    assert stored.number == 1


def test_a_category_that_weald_comes_with_can_be_given_another_question() -> None:
    gas = categories.category("gas")
    field = {"key": "pressure", "label": "Pressure", "type": "text", "required": False}
    own = json.loads(CATALOGUE_FILE.read_text("utf-8"))["categories"]
    rows = next(row for row in own if row["id"] == "gas")
    added_category({**rows, "fields": [*rows["fields"], field]})
    assert len(categories.category("gas").fields) == len(gas.fields) + 1


def test_a_wrong_file_stores_nothing(session: Session) -> None:
    with pytest.raises(RuleBroken, match="“name” is missing"):
        added_category({key: value for key, value in PLAYGROUND.items() if key != "name"})
    assert queries.latest(session) is None


def test_a_category_in_use_is_not_removed_and_another_is(session: Session, school: make.School) -> None:
    added_category()
    need_id = make.draft_need(school, "playground")
    with pytest.raises(RuleBroken, match="in use \\(need: 1\\)"):
        actions.remove_category(ADMINISTRATOR, "playground")
    assert make.need(need_id).category in CATALOGUE
    added_category({**PLAYGROUND, "id": "swings", "cpv": [{"code": "37535210", "label": "Swings"}]})
    actions.remove_category(ADMINISTRATOR, "swings")
    assert "swings" not in CATALOGUE
    assert "playground" in queries.entries(queries.latest(session))


def test_only_an_administrator_adds_categories(school: make.School) -> None:
    with pytest.raises(Forbidden):
        actions.import_categories(school.headteacher, category_file())
    with pytest.raises(Forbidden):
        actions.remove_category(school.headteacher, "playground")


def test_the_commands_say_what_is_wrong_and_what_was_done(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    file = tmp_path / "categories.json"
    file.write_bytes(category_file({**PLAYGROUND, "name": ""}))
    for command in ("check", "import"):
        refused = run(args=["categories", command, str(file)])
        assert refused.exit_code == 1
        assert "“name”: write a text of 1 to 60 characters." in refused.output
        assert "Nothing was stored." in refused.output
    file.write_bytes(category_file())
    assert "https://get-help" in run(args=["categories", "frameworks"]).output
    assert "1 categories are right" in run(args=["categories", "check", str(file)]).output
    done = run(args=["categories", "import", str(file)])
    assert "Added: Playground equipment (playground)" in done.output
    assert "Nothing has to be restarted." in done.output
    assert "Removed: playground" in run(args=["categories", "remove", "playground"]).output
    assert "always stay" in run(args=["categories", "remove", "gas"]).output
