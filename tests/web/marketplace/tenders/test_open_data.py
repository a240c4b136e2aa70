from datetime import timedelta
from typing import Any

import defusedxml.ElementTree
import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.tenders import actions
from marketplace.tenders.uk_notices import api, schema
from marketplace.tenders.uk_notices.schema import Shape
from tests import make
from tests.make.tenders import Tender
from tests.web.client import Client

FEED = "/api/v1/ocds"
ATOM = "{http://www.w3.org/2005/Atom}"


def read(client: Client, path: str, shape: Shape, status: int = 200) -> dict[str, Any]:
    """A package as anybody gets it, which keeps to its schema."""
    answer = client.open(path)
    assert answer.status_code == status, answer.text
    package: dict[str, Any] = answer.get_json()
    if status == 200:
        assert schema.problems(package, shape) == []
    return package


def releases(client: Client, query: str = "") -> list[str]:
    """The ids of the releases of the feed, read page by page to its end."""
    found: list[str] = []
    address = f"{FEED}/releases{query}"
    while address:
        package = read(client, address, Shape.RELEASE_PACKAGE)
        found += [one["id"] for one in package["releases"]]
        address = package.get("links", {}).get("next", "").removeprefix("http://localhost:8000")
    return found


def published(count: int) -> list[Tender]:
    alliance = make.alliance(schools=2)
    return [make.published_tender(alliance, title=f"Meals {number}") for number in range(count)]


def test_before_anything_is_published_the_feed_says_so(client: Client) -> None:
    package = read(client, f"{FEED}/releases", Shape.RELEASE_PACKAGE, status=404)
    assert package["detail"].startswith("Nothing was published")
    assert client.open(f"{FEED}/records/ocds-weald0-x").status_code == 404


def test_everything_published_is_in_the_feed_page_by_page_in_one_order(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenders = published(3)
    monkeypatch.setattr(api, "PAGE_SIZE", 2)
    first = read(client, f"{FEED}/releases", Shape.RELEASE_PACKAGE)
    assert len(first["releases"]) == 2
    alliance = tenders[0].alliance
    actions.cancel_tender(alliance.coordinator, tenders[0].id, tenders[0].version, "No money.")
    everything = releases(client)
    assert len(everything) == len(set(everything)) == 4
    assert everything[:2] == [one["id"] for one in first["releases"]], "a full page never changes"
    assert everything[3] == f"{first['releases'][0]['ocid']}-0002"
    records = read(client, f"{FEED}/records", Shape.RECORD_PACKAGE)
    assert len(records["records"]) == 2
    rest = records["links"]["next"].removeprefix("http://localhost:8000")
    assert len(read(client, rest, Shape.RECORD_PACKAGE)["records"]) == 1


def test_a_draft_is_in_no_feed(client: Client) -> None:
    make.confirmed_tender(make.alliance(schools=2))
    assert client.open(f"{FEED}/releases").status_code == 404
    assert client.open(f"{FEED}/records").status_code == 404


def test_the_feed_is_narrowed_down_by_day_and_by_moment(client: Client) -> None:
    alliance = make.alliance(schools=2)
    now = clock.now()
    with clock.travelling(now - timedelta(days=9)):
        old = make.published_tender(alliance)
    new = make.published_tender(alliance)
    today, week_ago = clock.today().isoformat(), (now - timedelta(days=7)).date().isoformat()
    old_id, new_id = (releases(client)[place] for place in (0, 1))
    assert str(old.id) in old_id
    assert str(new.id) in new_id
    assert releases(client, f"?from={week_ago}") == [new_id]
    assert releases(client, f"?to={week_ago}") == [old_id]
    assert releases(client, f"?from={today}&to={today}") == [new_id]
    moment = (now - timedelta(days=1)).isoformat()
    assert releases(client, f"?from={moment.replace('+', '%2B')}") == [new_id]
    assert read(client, f"{FEED}/records?to={week_ago}", Shape.RECORD_PACKAGE)["records"][0]["ocid"] in old_id


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-13-01", "from=2026-09-01T09:00", "after=x"])
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(client: Client, query: str) -> None:
    answer = client.open(f"{FEED}/releases?{query}")
    assert answer.status_code == 422
    assert "must be a" in answer.get_json()["detail"]


def test_after_a_number_that_no_database_holds_there_is_nothing(client: Client) -> None:
    assert client.open(f"{FEED}/releases?after={'9' * 9}").status_code == 404
    assert client.open(f"{FEED}/releases?after={'9' * 10}").status_code == 422


def test_a_record_holds_every_release_and_what_they_come_to(client: Client) -> None:
    (tender,) = published(1)
    coordinator = tender.alliance.coordinator
    actions.cancel_tender(coordinator, tender.id, tender.version, "No money.")
    ocid = read(client, f"{FEED}/records", Shape.RECORD_PACKAGE)["records"][0]["ocid"]
    package = read(client, f"{FEED}/records/{ocid}", Shape.RECORD_PACKAGE)
    assert package["uri"] == f"http://localhost:8000{FEED}/records/{ocid}"
    (record,) = package["records"]
    assert [one["tag"] for one in record["releases"]] == [["tender"], ["tenderCancellation"]]
    assert record["compiledRelease"]["tender"]["status"] == "cancelled"
    assert record["compiledRelease"]["tag"] == ["compiled"]


def test_the_feed_may_be_read_from_anywhere_and_kept_while_it_is_the_same(client: Client) -> None:
    published(1)
    first = client.open(f"{FEED}/releases")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cache-Control"].startswith("public")
    again = client.open(f"{FEED}/releases", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    published(1)
    later = client.open(f"{FEED}/releases", headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200


def test_a_package_says_who_publishes_under_which_licence(client: Client, app: Flask) -> None:
    assert app.testing
    published(1)
    package = read(client, f"{FEED}/releases", Shape.RELEASE_PACKAGE)
    assert package["publisher"]["name"] == "Weald"
    assert "open-government-licence/version/3" in package["license"]
    assert any("ocds_uk_extension" in one for one in package["extensions"])


def test_an_address_that_is_none_is_answered_in_json(client: Client) -> None:
    answer = client.open("/api/v1/ocds/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_open_opportunities_can_be_followed_with_a_feed_reader(client: Client) -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance, title="Meals & milk")
    over = make.published_tender(alliance, title="Milk only", closes_at=make.working_moment(15))
    page = client.get("/opportunities")
    (link,) = page.select('link[rel="alternate"]')
    answer = client.download(str(link.get("href")))
    assert answer.mimetype == "application/atom+xml"
    feed = defusedxml.ElementTree.fromstring(answer.data)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == [
        "Milk only",
        "Meals & milk",
    ]
    addresses = [str(one.get("href")) for one in feed.iter(f"{ATOM}link")]
    assert f"http://localhost:8000/opportunities/{tender.id}" in addresses
    again = client.open("/opportunities/feed.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    actions.cancel_tender(alliance.coordinator, over.id, over.version, "No money.")
    feed = defusedxml.ElementTree.fromstring(client.download("/opportunities/feed.atom").data)
    assert [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")] == [f"urn:uuid:{tender.id}"]


def test_a_feed_without_opportunities_is_a_feed_still(client: Client) -> None:
    feed = defusedxml.ElementTree.fromstring(client.download("/opportunities/feed.atom").data)
    assert feed.tag == f"{ATOM}feed"
