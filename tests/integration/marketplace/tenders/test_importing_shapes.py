"""Real releases, and two hundred shaped like them: each becomes a draft that exports again, or a sentence."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.db import db
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import ADMINISTRATOR
from marketplace.tenders.importing.actions import import_tender
from marketplace.tenders.uk_notices import exporting, schema
from marketplace.tenders.uk_notices.schema import Shape
from tests import make

pytestmark = pytest.mark.usefixtures("app")
FIXTURES = Path(__file__).parents[3] / "fixtures" / "ocds"
FILES = ("cluster-catering", "dixons-award", "schools")
SHAPES, SEED = 200, 20261127
ODD: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    True,
    [],
    {},
    [None],
    "x" * 6_000,
    "2026-13-45",
    "2027-02-03T04:05:06+00:00",
    "\ud800",
    "a\u0000b",
    "unknownCode",
)


def releases(name: str) -> list[dict[str, Any]]:
    package = json.loads((FIXTURES / f"contractsfinder-{name}.json").read_text("utf-8"))
    found: list[dict[str, Any]] = package["releases"]
    return found


def package(*found: Any) -> bytes:
    return json.dumps({"version": "1.1", "releases": list(found)}).encode()


def exported(reference: str) -> dict[str, Any]:
    """The release of a tender as it is exported, which keeps to the standard."""
    session = db.session()
    session.rollback()
    whole = exporting.release_package(session, ADMINISTRATOR, reference)
    assert schema.problems(whole, Shape.RELEASE_PACKAGE) == []
    (release,) = whole["releases"]
    return dict(release)


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name in FILES for place in range(len(releases(name)))]
)
def test_every_real_release_becomes_a_draft_that_exports_what_it_said(name: str, place: int) -> None:
    release = releases(name)[place]
    alliance = make.alliance(schools=1)
    made = exported(import_tender(ADMINISTRATOR, alliance.id, package(release)).reference)
    assert made["tender"]["title"] == " ".join(release["tender"]["title"].split())
    assert made["relatedProcesses"][0]["identifier"] == release["ocid"]
    code = release["tender"]["classification"]["id"]
    assert made["tender"]["items"][0]["classification"]["id"] == code
    links = {one["url"] for one in release["tender"].get("documents", [])}
    assert {one["url"] for one in made["tender"].get("documents", [])} == links


def test_of_two_releases_of_one_process_the_latest_is_taken() -> None:
    """The file of schools' notices has one process twice."""
    whole = (FIXTURES / "contractsfinder-schools.json").read_bytes()
    ocids = [one["ocid"] for one in releases("schools")]
    (twice,) = {ocid for ocid in ocids if ocids.count(ocid) == 2}
    found = [one for one in releases("schools") if one["ocid"] == twice]
    latest = max(found, key=lambda one: str(one["date"]))
    report = import_tender(ADMINISTRATOR, make.alliance(schools=1).id, whole, twice)
    place = next(number for number, one in enumerate(releases("schools")) if one["id"] == latest["id"])
    assert not any(line.startswith(f"releases[{place}]: ") for line in report.left_out)
    assert f"an earlier release, {twice}" in " ".join(report.left_out)


def test_a_file_of_several_processes_asks_which() -> None:
    whole = (FIXTURES / "contractsfinder-schools.json").read_bytes()
    with pytest.raises(RuleBroken, match=r"The file has 7 tenders\. Say which, by its ocid"):
        import_tender(ADMINISTRATOR, make.alliance(schools=1).id, whole)


def changed(node: Any, chance: random.Random) -> Any:
    """A copy of a JSON value in which some members are left out and some are something odd."""
    if chance.random() < 0.03:
        return copy.deepcopy(chance.choice(ODD))
    if isinstance(node, dict):
        return {key: changed(value, chance) for key, value in node.items() if chance.random() > 0.08}
    if isinstance(node, list):
        kept = [changed(value, chance) for value in node if chance.random() > 0.08]
        return kept + kept[:1] if chance.random() < 0.05 else kept
    return node


@pytest.mark.embedded
def test_two_hundred_shapes_of_real_releases_become_drafts_or_sentences() -> None:
    """Each that is taken exports as a package that keeps to the standard; the seed makes a failure again."""
    chance = random.Random(SEED)
    known = [release for name in FILES for release in releases(name)]
    alliance = make.alliance(schools=1)
    taken, refused = 0, []
    for number in range(SHAPES):
        release = changed(chance.choice(known), chance)
        if isinstance(release, dict) and release.get("ocid"):
            release["ocid"] = f"ocds-shape-{number}"
        content = package(release)
        try:
            report = import_tender(ADMINISTRATOR, alliance.id, content)
        except RuleBroken as refusal:
            refused.append(refusal.message)
            continue
        exported(report.reference)
        taken += 1
    assert taken > SHAPES / 2, (SEED, taken)
    assert refused, "no shape was bad enough to be refused"
    assert not [one for one in refused if not one.endswith(".")], SEED


def test_a_release_without_any_party_says_so() -> None:
    release = releases("cluster-catering")[0]
    del release["parties"], release["buyer"]
    report = import_tender(ADMINISTRATOR, make.alliance(schools=1).id, package(release))
    assert report.left_out[1] == "The release names no buyer. Choose the schools that buy."


def test_unknown_codes_are_listed_and_do_not_stop_the_import() -> None:
    release = releases("cluster-catering")[0]
    release["tender"]["status"] = "wide open"
    release["tag"] = ["tendering"]
    release["tender"]["classification"]["id"] = "99999999"
    report = import_tender(ADMINISTRATOR, make.alliance(schools=1).id, package(release))
    said = [line for line in report.left_out if line.startswith("Not as OCDS 1.1 wants it")]
    assert [line.split(": ")[1] for line in said] == ["tag.0", "tender.status"]
    assert make.tender_row(report.tender_id).category == "other"


def test_hidden_characters_of_a_file_do_not_reach_the_database(session: Session) -> None:
    release = releases("cluster-catering")[0]
    release["tender"]["procurementMethodDetails"] = "open\u0000ly \ud800"
    report = import_tender(ADMINISTRATOR, make.alliance(schools=1).id, package(release))
    assert "releases[0].tender.procurementMethodDetails: openly " in report.left_out
    session.rollback()
    assert make.tender_row(report.tender_id).import_notes == list(report.left_out)


@pytest.mark.parametrize("size", [5 * 1024 * 1024 + 1, 40 * 1024 * 1024])
def test_a_file_of_forty_megabytes_is_refused_before_it_is_read(
    app: Flask, tmp_path: Path, size: int
) -> None:
    file = tmp_path / "big.json"
    with file.open("wb") as opened:
        opened.truncate(size)
    make.alliance(schools=1)
    answer = app.test_cli_runner().invoke(args=["tenders", "import-ocds", str(file)])
    assert (answer.exit_code, answer.output) == (1, "Error: The file must be smaller than 5 MB.\n")


def test_the_command_exports_what_it_imported(app: Flask) -> None:
    make.alliance(schools=1)
    run = app.test_cli_runner()
    answer = run.invoke(
        args=["tenders", "import-ocds", str(FIXTURES / "contractsfinder-cluster-catering.json")]
    )
    reference = answer.output.split()[1].rstrip(".")
    written = run.invoke(args=["tenders", "export-ocds", reference])
    assert schema.problems(json.loads(written.output), Shape.RELEASE_PACKAGE) == []
    missing = run.invoke(args=["tenders", "export-ocds", "T-1999-0001"])
    assert (missing.exit_code, missing.output) == (1, "Error: There is no tender T-1999-0001.\n")


def test_what_was_published_is_exported_as_it_was_published() -> None:
    tender = make.published_tender(make.alliance(schools=2))
    assert exported(tender.row.reference)["tag"] == ["tender"]
