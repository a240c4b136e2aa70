import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.tenders.importing import ocds

CLUSTER = Path(__file__).parents[3] / "fixtures" / "ocds" / "contractsfinder-cluster-catering.json"


def package(**tender: Any) -> bytes:
    release = {"ocid": "ocds-1", "tender": {"title": "School meals", **tender}}
    return json.dumps({"version": "1.1", "releases": [release]}).encode()


def leaves(node: Any) -> int:
    """How many values a JSON document holds; a list of plain values counts as one."""
    if isinstance(node, dict):
        return sum(map(leaves, node.values()))
    if isinstance(node, list) and any(isinstance(one, dict | list) for one in node):
        return sum(map(leaves, node))
    return 1


def test_the_real_tender_of_six_schools_is_read_whole() -> None:
    found = ocds.read(CLUSTER.read_bytes())
    assert found.title == "Hampshire Primary Cluster 4 Catering Tender"
    assert found.description.startswith("6 primary schools in Hampshire")
    assert found.cpv == "55524000"
    assert found.closes_at == datetime(2025, 3, 7, 13, tzinfo=UTC)
    assert (found.contract_starts_on, found.contract_ends_on) == (date(2025, 9, 1), date(2028, 8, 31))
    assert [buyer.name for buyer in found.buyers] == ["Barton Stacey Primary School"]
    assert [link.url.split("/")[2] for link in found.documents] == [
        "www.contractsfinder.service.gov.uk",
        "www.mytenders.co.uk",
    ]


def test_every_value_of_the_real_tender_arrives_or_is_listed() -> None:
    """17 values have a place: the ocid; title and description; the CPV code and its scheme; three dates;
    two links with their names; the buyer's id, name and role; the id and name of the release's buyer.
    """
    whole = json.loads(CLUSTER.read_text("utf-8"))
    found = ocds.read(CLUSTER.read_bytes())
    assert leaves(whole) == 17 + len(found.left_out)
    assert "releases[0].tender.procurementMethodDetails: Restricted procedure" in found.left_out
    assert "releases[0].tender.suitability.sme: true" in found.left_out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not json", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"version": "1.1", "releases": [{"tender": {"title": NaN}}]}', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"version": "1.1", "records": [{"ocid": "ocds-1"}]}', "is an OCDS record package"),
        (b'{"ocid": "ocds-1", "tender": {"title": "Meals"}}', "no list of releases"),
        (
            b'{"version": "1.1", "releases": [{"tender": {"title": "A"}}, {"tender": {"title": "B"}}]}',
            "several tenders without an ocid",
        ),
        (b"[]", "no list of releases"),
        (b'{"releases": []}', "no list of releases"),
        (b'{"version": "1.0", "releases": [{}]}', "only OCDS 1.1"),
        (b'{"version": "1.1", "releases": [{}]}', "no such release"),
        (b'{"version": "1.1", "releases": [{"tender": {"title": 5}}]}', "no tender with a title"),
        (b'{"version": "1.1", "releases": [' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"]}", "nested|no such"),
    ],
)
def test_what_is_no_release_package_is_refused_with_the_reason(content: bytes, message: str) -> None:
    with pytest.raises(RuleBroken, match=message):
        ocds.read(content)


def test_of_several_tenders_one_must_be_named() -> None:
    releases = [{"ocid": f"ocds-{number}", "tender": {"title": f"Tender {number}"}} for number in (1, 2)]
    content = json.dumps({"version": "1.1", "releases": releases}).encode()
    with pytest.raises(RuleBroken, match="ocds-1, ocds-2"):
        ocds.read(content)
    found = ocds.read(content, "ocds-2")
    assert found.title == "Tender 2"
    assert "releases[0]: another release, ocds-1" in found.left_out


def test_a_link_that_is_no_web_address_is_listed_and_not_linked() -> None:
    found = ocds.read(package(documents=[{"id": "1", "url": "javascript:alert(1)", "title": "Read me"}]))
    assert found.documents == ()
    assert any("javascript" in line for line in found.left_out)


def test_a_date_without_a_zone_is_listed_and_not_guessed() -> None:
    found = ocds.read(package(tenderPeriod={"endDate": "2027-03-07T13:00:00"}))
    assert found.closes_at is None
    assert "releases[0].tender.tenderPeriod.endDate: 2027-03-07T13:00:00" in found.left_out


def test_a_title_too_long_is_cut_and_listed_whole() -> None:
    found = ocds.read(package(title="Meals " * 40))
    assert found.title.endswith("Meals…")
    assert len(found.title) <= ocds.LONGEST_TITLE
    assert any(line.startswith("releases[0].tender.title: Meals Meals") for line in found.left_out)


def test_a_file_of_too_many_values_is_refused_before_all_of_them_are_looked_at() -> None:
    release = {"tender": {"title": "x"}, "n": [{}, *[[1]] * 30_000]}
    content = json.dumps({"version": "1.1", "releases": [release]})
    with pytest.raises(RuleBroken, match="more than 20,000 values"):
        ocds.read(content.encode())


def test_a_link_with_a_space_in_it_is_listed_and_not_linked() -> None:
    found = ocds.read(
        package(documents=[{"id": "1", "url": "https://weald.example/a b", "title": "Read me"}])
    )
    assert found.documents == ()


def test_a_text_too_long_to_keep_is_listed() -> None:
    found = ocds.read(package(description="x" * 6_000))
    assert found.description == ""
    assert any(line.startswith("releases[0].tender.description: xxx") for line in found.left_out)


def test_lots_arrive_and_their_values_are_listed() -> None:
    found = ocds.read(package(lots=[{"id": "1", "title": "Meals", "value": {"amount": 5}}]))
    assert [lot.title for lot in found.lots] == ["Meals"]
    assert "releases[0].tender.lots[0].value.amount: 5" in found.left_out


def test_a_buyer_is_known_by_its_urn() -> None:
    release = {
        "ocid": "ocds-1",
        "tender": {"title": "School meals"},
        "parties": [
            {
                "id": "GB-EDU-123456",
                "name": "Alder",
                "roles": ["buyer", "payer"],
                "identifier": {"scheme": "GB-EDU", "id": "123456"},
            },
            {"id": "2", "name": "A supplier", "roles": ["tenderer"]},
        ],
    }
    found = ocds.read(json.dumps({"version": "1.1", "releases": [release]}).encode())
    assert [(buyer.name, buyer.urn) for buyer in found.buyers] == [("Alder", "123456")]
    assert "releases[0].parties[1].name: A supplier" in found.left_out
