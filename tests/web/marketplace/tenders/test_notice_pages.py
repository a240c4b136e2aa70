"""The pages of notices, and the wait of an approved tender for Find a Tender."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from marketplace.tenders import actions
from marketplace.tenders.uk_notices import schema
from tests import make
from tests.make.tenders import Tender
from tests.web.client import Client
from tests.web.page import Form

ClientFor = Callable[[UUID], Client]
A_LOT = Money(300_000_00)


@pytest.fixture
def alliance(app: Any) -> make.Alliance:  # noqa: ARG001  # it needs the context
    return make.alliance(schools=2)


def as_(client_for: ClientFor, person: Actor) -> Client:
    assert person.person_id
    return client_for(person.person_id)


def big(alliance: make.Alliance) -> Tender:
    tender = make.confirmed_tender(alliance, baselines={school.id: A_LOT for school in alliance.schools})
    make.assess_interests(tender)
    return tender


def dated(form: Form, name: str, days: int = 0) -> None:
    """Type a day so many days from today."""
    day = clock.today() + timedelta(days=days)
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        form.fill(**{f"{name}-{part}": str(value)})


def test_an_approved_tender_waits_for_its_reference_and_then_opens(
    client: Client, client_for: ClientFor, alliance: make.Alliance
) -> None:
    tender = big(alliance)
    head = as_(client_for, tender.schools[1].headteacher)
    page = head.get(f"/tenders/{tender.id}/publish")
    assert "regulation 5" in page.words
    page = head.submit(page.form("Approve, for Find a Tender first"))
    assert "You approved the tender." in page.words
    client.get(f"/opportunities/{tender.id}", status=404)

    coordinator = as_(client_for, alliance.coordinator)
    home = coordinator.get("/")
    task = f"Publish the tender notice on Find a Tender and enter its reference: {tender.row.title}"
    page = coordinator.get(home.links()[task])
    assert "UK4: TENDER NOTICE" in page.words
    assert tender.lead.name in page.words
    form = page.form("Open the tender")
    form.fill(reference="tomorrow")
    page = coordinator.submit(form, status=422)
    assert "like 2026/S 000-012345" in page.words
    form = page.form("Open the tender")
    form.fill(reference=f"{clock.today().year}/S 000-000321")
    dated(form, "published_on")
    page = coordinator.submit(form)
    assert f"You published {tender.row.title}." in page.words
    assert "000-000321" in page.words
    opportunity = client.get(f"/opportunities/{tender.id}")
    assert "000-000321" in opportunity.words
    record = client.download(opportunity.links()["Read it as data (JSON)"])
    assert str(tender.id) in record.get_json()["records"][0]["ocid"]


def test_the_draft_is_offered_as_data(client_for: ClientFor, alliance: make.Alliance) -> None:
    tender = big(alliance)
    actions.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)
    coordinator = as_(client_for, alliance.coordinator)
    answer = coordinator.download(f"/tenders/{tender.id}/notices/UK4.json")
    assert schema.problems(json.loads(answer.text)) == []
    assert "attachment" in answer.headers["Content-Disposition"]
    coordinator.download(f"/tenders/{tender.id}/notices/UK99.json", status=404)
    coordinator.download(f"/tenders/{tender.id}/notices/UK12.json", status=404)


def test_nobody_else_reads_a_draft_notice(
    client: Client, client_for: ClientFor, alliance: make.Alliance
) -> None:
    tender = make.draft_tender(alliance)
    other = make.alliance(schools=1, name="Another Alliance")
    for path in ("notices", "notices/UK3", "notices/UK3.json", "reference"):
        assert client.open(f"/tenders/{tender.id}/{path}").status_code == 302
        as_(client_for, other.coordinator).get(f"/tenders/{tender.id}/{path}", status=404)
    as_(client_for, alliance.auditor).get(f"/tenders/{tender.id}/notices")
    as_(client_for, alliance.auditor).get(f"/tenders/{tender.id}/notices/UK3", status=403)


def test_an_engagement_notice_is_shown_as_typed_and_then_published(
    client: Client, client_for: ClientFor, alliance: make.Alliance
) -> None:
    tender = make.draft_tender(alliance)
    coordinator = as_(client_for, alliance.coordinator)
    page = coordinator.get(f"/tenders/{tender.id}/notices")
    page = coordinator.get(f"/tenders/{tender.id}/notices/UK2")
    form = page.form("Publish the notice")
    form.fill(how="Come to Alder on a Tuesday.")
    dated(form, "ends_on", days=20)
    page = coordinator.submit(form, "Show the draft below")
    assert "How to take part: Come to Alder on a Tuesday." in page.words
    assert client.open("/api/v1/ocds/releases").status_code == 404
    page = coordinator.submit(page.form("Publish the notice"), "Publish the notice")
    assert "You published the preliminary market engagement notice." in page.words
    (release,) = client.open("/api/v1/ocds/releases").get_json()["releases"]
    assert release["planning"]["milestones"][0]["description"] == "Come to Alder on a Tuesday."


def test_a_direct_award_needs_its_justification_and_reasons(
    client_for: ClientFor, alliance: make.Alliance
) -> None:
    tender = make.draft_tender(alliance)
    coordinator = as_(client_for, alliance.coordinator)
    page = coordinator.get(f"/tenders/{tender.id}/notices/UK5")
    form = page.form("Publish the notice")
    form.fill(supplier="Hall Ltd")
    page = coordinator.submit(form, "Publish the notice", status=422)
    assert "Choose the justification that the law gives." in page.words
    form = page.form("Publish the notice")
    form.fill(ground="technical_reasons")
    form.fill(reason="Only their kitchen fits.")
    page = coordinator.submit(form, "Publish the notice")
    assert "You published the transparency notice." in page.words


def test_a_draft_says_what_its_notice_still_needs(client_for: ClientFor, alliance: make.Alliance) -> None:
    tender_id = new_id()
    actions.draft_tender(alliance.coordinator, tender_id, alliance.id, "Empty", category="catering")
    page = as_(client_for, alliance.coordinator).get(f"/tenders/{tender_id}/notices/UK3")
    assert "needs a description of what the schools want to buy" in page.words
    assert "names every school that buys" in page.words
