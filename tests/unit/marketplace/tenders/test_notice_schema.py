import json
from pathlib import Path
from typing import Any

import pytest

from marketplace.tenders.uk_notices import schema
from marketplace.tenders.uk_notices.schema import Shape

FIXTURES = Path(__file__).parents[3] / "fixtures" / "ocds"


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7396_come_out_as_it_says(target: Any, patch: Any, result: Any) -> None:
    before = json.dumps([target, patch])
    assert schema.merge_patch(target, patch) == result
    assert json.dumps([target, patch]) == before


def test_the_release_schema_knows_every_field_of_its_extensions() -> None:
    definitions = schema.release_schema()["definitions"]
    assert "lots" in definitions["Tender"]["properties"]
    assert "relatedLot" in definitions["Item"]["properties"]
    assert "noticeType" in definitions["Document"]["properties"]
    assert "amountGross" in definitions["Value"]["properties"]
    assert "currency" in definitions["Value"]["properties"], "the standard's own fields stay"
    assert schema.release_schema()["properties"]["bids"]["$ref"] == "#/definitions/Bids"


def test_the_merged_schema_is_made_once() -> None:
    assert schema.release_schema() is schema.release_schema()


@pytest.mark.parametrize("name", ["cluster-catering", "dixons-award", "schools"])
def test_the_real_packages_keep_to_the_schema(name: str) -> None:
    package = json.loads((FIXTURES / f"contractsfinder-{name}.json").read_text("utf-8"))
    assert schema.problems(package, Shape.RELEASE_PACKAGE) == []


def release(**tender: Any) -> dict[str, Any]:
    return {
        "ocid": "ocds-weald0-1",
        "id": "1",
        "date": "2026-09-01T09:00:00Z",
        "tag": ["tender"],
        "initiationType": "tender",
        "tender": {"id": "1", **tender},
    }


@pytest.mark.parametrize(
    ("tender", "path"),
    [
        ({"status": "open"}, "tender.status"),
        ({"value": {"amount": "12"}}, "tender.value.amount"),
        ({"value": {"amountGross": "12"}}, "tender.value.amountGross"),
        ({"lots": [{"id": 1}]}, "tender.lots.0.id"),
        ({"tenderPeriod": {"endDate": "1 September 2026"}}, "tender.tenderPeriod.endDate"),
        ({"tenderPeriod": {"endDate": "2026-09-01T09:00:00"}}, "tender.tenderPeriod.endDate"),
        ({"documents": [{"id": "1", "url": "no address"}]}, "tender.documents.0.url"),
        ({"contractPeriod": {"durationInMonths": 1.5}}, "tender.contractPeriod.durationInMonths"),
    ],
)
def test_a_broken_release_is_told_where(tender: dict[str, Any], path: str) -> None:
    assert schema.problems(release()) == []
    assert [problem.path for problem in schema.problems(release(**tender))] == [path]


def test_the_release_inside_a_package_is_checked_too() -> None:
    package = {
        "uri": "https://weald.example/",
        "version": "1.1",
        "publishedDate": "2026-09-01T09:00:00Z",
        "publisher": {"name": "Weald"},
        "releases": [release(status="open")],
    }
    found = schema.problems(package, Shape.RELEASE_PACKAGE)
    assert [problem.path for problem in found] == ["releases.0.tender.status"]
