import uuid
from collections.abc import Callable

import pytest

from marketplace.alliance import actions
from marketplace.alliance.rules import SchoolDetails
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


@pytest.fixture
def alliance(app: object) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


def test_the_schools_of_the_alliance_are_listed_searched_and_sorted(
    client_for: ClientFor, alliance: make.Alliance
) -> None:
    make.alliance(schools=1, name="Another Alliance")
    browser = client_for(alliance.schools[0].governor.person_id)
    names = [text.split(" URN")[0] for text in browser.get("/schools").texts("tbody th")]
    assert [name[:12] for name in names] == ["Alder Primar", "Beech Primar"]
    largest = browser.get("/schools?sort=-pupils").texts("tbody th")
    assert largest[0].startswith("Beech")
    assert len(browser.get(f"/schools?q={alliance.schools[1].urn}").texts("tbody th")) == 1
    assert "No school found" in browser.get("/schools?q=nowhere").words


def test_a_school_page_says_what_is_known_and_what_is_not(
    client_for: ClientFor, alliance: make.Alliance
) -> None:
    school = alliance.schools[0]
    page = client_for(school.bursar.person_id).get(f"/schools/{school.id}")
    assert page.heading == school.name
    assert "Full member of Bramshire Schools Alliance" in page.words
    assert "Not registered for VAT" in page.words
    assert "Alder Headteacher" in page.words


def test_the_bank_account_is_for_the_school_and_the_alliances_staff(
    client_for: ClientFor, alliance: make.Alliance
) -> None:
    school, other = alliance.schools
    details = SchoolDetails(account_name="Alder", sort_code="309431", account_number="00733445")
    actions.edit_school(school.bursar, school.id, 1, details)
    for actor, sees in (
        (school.governor, True),
        (alliance.coordinator, True),
        (alliance.auditor, True),
        (other.finance_lead, False),
    ):
        page = client_for(actor.person_id).get(f"/schools/{school.id}")
        assert ("00733445" in page.text) is sees


def test_another_bank_account_waits_for_a_second_person_who_finds_it_at_home(
    client_for: ClientFor, alliance: make.Alliance
) -> None:
    school, other = alliance.schools
    details = SchoolDetails(account_name="Alder", sort_code="309431", account_number="00733445")
    actions.edit_school(school.bursar, school.id, 1, details)
    bursar, head = client_for(school.bursar.person_id), client_for(school.headteacher.person_id)
    form = bursar.get(f"/schools/{school.id}/edit").form("Save the details").fill(account_number="55779911")
    waits = bursar.submit(form)
    assert waits.heading == "Bank account"
    assert "It waits for another headteacher, finance lead or bursar" in waits.words
    assert "00733445" in waits.words
    task = next(
        href
        for text, href in head.get("/").links().items()
        if text.startswith("Approve or stop the new bank")
    )
    refused = head.post(f"{task}/approve", {"version": "1"}, status=422)
    assert "less than a day" in refused.words, "everybody here was invited a moment ago"
    stopped = head.submit(head.get(f"{task}/stop").form().fill(reason="Nobody asked for this."))
    assert "Nobody asked for this." in stopped.words
    assert "Propose another account" in stopped.words
    client_for(other.finance_lead.person_id).get(f"/schools/{school.id}/account", status=404)


def test_details_are_changed_and_each_mistake_is_named(
    client_for: ClientFor, alliance: make.Alliance
) -> None:
    school = alliance.schools[0]
    browser = client_for(school.finance_lead.person_id)
    form = browser.get(f"/schools/{school.id}/edit").form("Save the details")
    form.fill(address="Zoë’s Lane £\nBramley", vat_number="GB 980 7806 85", finance_email="nobody")
    refused = browser.submit(form, status=422)
    assert list(refused.errors()) == ["finance_email"]
    refused = browser.submit(
        refused.form("Save the details").fill(finance_email="money@alder.example"), status=422
    )
    assert "last digits" in refused.errors()["vat_number"]
    again = refused.form("Save the details")
    assert again.values["address"] == "Zoë’s Lane £\nBramley"
    shown = browser.submit(again.fill(vat_number="980 7806 84"))
    assert "GB980780684" in shown.words
    assert "Zoë’s Lane £ Bramley" in shown.words


def test_of_two_tabs_the_second_keeps_its_text_and_is_told(
    client_for: ClientFor, alliance: make.Alliance
) -> None:
    school = alliance.schools[0]
    browser = client_for(school.bursar.person_id)
    one, two = (browser.get(f"/schools/{school.id}/edit").form("Save the details") for _ in range(2))
    browser.submit(one.fill(address="First Lane"))
    overtaken = browser.submit(two.fill(address="Second Lane"), status=409)
    kept = overtaken.form("Save the details")
    assert kept.values["address"] == "Second Lane"
    assert "Second Lane" in browser.submit(kept).words


def test_a_school_elsewhere_is_not_found_and_a_neighbour_is_not_changed(
    client_for: ClientFor, alliance: make.Alliance
) -> None:
    school = alliance.schools[0]
    stranger = make.alliance(schools=1, name="Another Alliance").schools[0]
    browser = client_for(stranger.bursar.person_id)
    for page in ("", "/edit"):
        browser.get(f"/schools/{school.id}{page}", status=404)
    neighbour = client_for(alliance.schools[1].bursar.person_id)
    neighbour.get(f"/schools/{school.id}/edit", status=403)
    neighbour.post(f"/schools/{school.id}/edit", {"version": "1", "address": "Stolen"}, status=403)
    assert "Stolen" not in neighbour.get(f"/schools/{school.id}").words
