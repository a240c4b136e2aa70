import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.tenders import actions
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]
pytestmark = pytest.mark.usefixtures("app")


def answers(tender: make.Tender) -> list[CommitmentStatus]:
    found = {one.school_id: one.status for one in tender.row.commitments}
    return [found[school.id] for school in tender.schools]


def test_a_bursar_reads_the_volumes_and_commits(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance(schools=2))
    bursar = client_for(tender.lead.bursar.person_id)
    page = bursar.get(f"/tenders/{tender.id}")
    page = bursar.get(page.links()["Commit Alder Primary School, or decline"])
    assert "30,000" in page.words
    assert "£28,000.00 a year, £84,000.00 over the whole term" in page.words
    form = page.form("Commit Alder Primary School")
    done = bursar.submit(form)
    assert "You committed Alder Primary School to School meals." in done.words
    bursar.submit(form)
    assert answers(tender) == [CommitmentStatus.COMMITTED, CommitmentStatus.INVITED]


def test_declining_asks_for_a_reason_and_keeps_it(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance(schools=2))
    bursar = client_for(tender.lead.bursar.person_id)
    path = f"/tenders/{tender.id}/schools/{tender.lead.id}/decline"
    page = bursar.submit(bursar.get(path).form("Decline"), status=422)
    assert set(page.errors()) == {"reason"}
    done = bursar.submit(page.form("Decline").fill(reason="We cook ourselves – £0 “saved”."))
    assert "We cook ourselves – £0 “saved”." in done.words
    assert answers(tender)[0] is CommitmentStatus.DECLINED


def test_nobody_answers_for_another_school(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance(schools=2))
    other = client_for(tender.schools[1].bursar.person_id)
    for step in ("commit", "decline"):
        other.get(f"/tenders/{tender.id}/schools/{tender.lead.id}/{step}", status=403)
        other.get(f"/tenders/{tender.id}/schools/{uuid.uuid4()}/{step}", status=404)


def test_the_coordinator_settles_who_buys(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance(schools=3))
    for school in tender.schools[:2]:
        commitments.commit_school(school.bursar, tender.id, school.id, tender.version)
    coordinator = client_for(tender.alliance.coordinator.person_id)
    page = coordinator.get(f"/tenders/{tender.id}/confirm")
    assert "Cedar Primary School" in page.words
    form = page.form("Settle who buys and ask for approval")
    assert form.values["lead_school"] == str(tender.lead.id)
    page = coordinator.submit(form)
    coordinator.submit(form)
    assert tender.row.status is TenderStatus.CONFIRMED
    assert "Beech Headteacher" in page.words


def test_settling_before_anybody_answered_says_what_to_wait_for(client_for: ClientFor) -> None:
    tender = make.joining_tender(make.alliance(schools=2))
    page = client_for(tender.alliance.coordinator.person_id).get(f"/tenders/{tender.id}/confirm")
    assert "No school has committed yet" in page.words


def test_a_head_of_another_school_reads_and_publishes(client_for: ClientFor) -> None:
    tender = make.confirmed_tender(make.alliance(schools=2))
    head = client_for(tender.schools[1].headteacher.person_id)
    assert head.get("/").links()["Approve and publish: School meals"] == f"/tenders/{tender.id}/publish"
    form = head.get(f"/tenders/{tender.id}/publish").form("Publish")
    done = head.submit(form)
    head.submit(form)
    assert "You published School meals." in done.words
    assert tender.row.status is TenderStatus.PUBLISHED


def test_the_lead_schools_head_and_the_bursar_cannot_publish(client_for: ClientFor) -> None:
    tender = make.confirmed_tender(make.alliance(schools=2))
    for person in (tender.lead.headteacher, tender.schools[1].bursar, tender.alliance.coordinator):
        client_for(person.person_id).get(f"/tenders/{tender.id}/publish", status=403)
        client_for(person.person_id).post(
            f"/tenders/{tender.id}/publish", {"version": str(tender.version)}, status=403
        )
    assert tender.row.status is TenderStatus.CONFIRMED


def test_publishing_too_late_for_the_deadline_is_refused_on_the_page(client_for: ClientFor) -> None:
    tender = make.confirmed_tender(make.alliance(schools=2))
    head = client_for(tender.schools[1].headteacher.person_id)
    form = head.get(f"/tenders/{tender.id}/publish").form("Publish")
    with clock.travelling(tender.closes_at - timedelta(days=1)):
        page = head.submit(form, status=422)
    assert "Suppliers must have at least" in page.words


def test_a_head_sends_it_back_with_a_reason(client_for: ClientFor) -> None:
    tender = make.confirmed_tender(make.alliance(schools=2))
    head = client_for(tender.schools[1].headteacher.person_id)
    page = head.get(f"/tenders/{tender.id}/publish")
    form = head.get(page.links()["Send it back to draft instead, with a reason"]).form()
    page = head.submit(form.fill(reason=""), status=422)
    head.submit(page.form().fill(reason="The deadline is in half-term."))
    assert tender.row.status is TenderStatus.DRAFT


def test_cancelling_shows_the_reason_to_suppliers_too(client_for: ClientFor, client: Client) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    coordinator = client_for(tender.alliance.coordinator.person_id)
    form = coordinator.get(f"/tenders/{tender.id}/cancel").form("Cancel the tender")
    coordinator.submit(form.fill(reason="Money is short – £0 left."))
    page = client.get(f"/opportunities/{tender.id}")
    assert "Money is short – £0 left." in page.words
    assert "Prepare a quote" not in page.links()


@pytest.mark.parametrize("step", ["invite", "confirm", "cancel", "publish", "return"])
def test_somebody_elses_tender_is_not_found(client_for: ClientFor, step: str) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    stranger = client_for(make.alliance(schools=1, name="Others").coordinator.person_id)
    stranger.get(f"/tenders/{tender.id}", status=404)
    stranger.get(f"/tenders/{tender.id}/{step}", status=404)
    stranger.post(f"/tenders/{tender.id}/{step}", {"version": "1", "reason": "x"}, status=404)


def test_the_page_of_a_tender_says_what_comes_next_and_by_whom(client_for: ClientFor) -> None:
    tender = make.closed_tender(make.alliance(schools=2))
    page = client_for(tender.alliance.auditor.person_id).get(f"/tenders/{tender.id}")
    assert "Two people named for it, from two schools, open the quotes." in page.words
    assert "Alder Bursar, Beech Bursar" in page.words
    assert page.texts(".govuk-tag")[0] == "Closed, waiting to be opened"
    assert page.texts('[aria-current="step"]')[0].startswith("Closed")


def test_what_waits_is_on_each_persons_home_page(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    draft = make.draft_tender(alliance)
    assert (
        "Finish the draft tender: School meals" in client_for(alliance.coordinator.person_id).get("/").words
    )
    actions.invite_schools(alliance.coordinator, draft.id, draft.version)
    wait = "Commit Alder Primary School to buying together, or decline: School meals"
    assert wait in client_for(draft.lead.headteacher.person_id).get("/").words
    assert wait not in client_for(draft.schools[1].headteacher.person_id).get("/").words
    assert wait not in client_for(draft.lead.governor.person_id).get("/").words


def test_the_list_is_searched_filtered_and_sorted(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    make.draft_tender(alliance, title="Zebra meals")
    make.joining_tender(alliance, title="Apples – £")
    make.draft_tender(alliance, title="Cleaning", category="cleaning", cpv="90919300")
    client = client_for(alliance.auditor.person_id)

    def titles(query: str) -> list[str]:
        return client.get(f"/tenders{query}").texts("tbody th a")

    assert titles("") == ["Cleaning", "Apples – £", "Zebra meals"]
    assert titles("?search=%C2%A3") == ["Apples – £"]
    assert titles("?search=%25") == []
    assert titles("?status=joining") == ["Apples – £"]
    assert titles("?category=cleaning") == ["Cleaning"]
    assert titles("?sort=title") == ["Apples – £", "Cleaning", "Zebra meals"]
    assert titles("?sort=title&order=descending") == ["Zebra meals", "Cleaning", "Apples – £"]
    assert len(titles("?status=nonsense&sort=nonsense&page=nonsense")) == 3


def test_a_long_list_comes_in_pages(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    for number in range(26):
        actions.draft_tender(
            alliance.coordinator, uuid.uuid4(), alliance.id, f"Tender {number}", category="other"
        )
    client = client_for(alliance.coordinator.person_id)
    assert len(client.get("/tenders").texts("tbody th a")) == 25
    assert client.get("/tenders?page=2").texts("tbody th a") == ["Tender 0"]


def test_an_empty_list_says_what_to_do(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    assert "Draft the first one" in client_for(alliance.coordinator.person_id).get("/tenders").words
    assert "Your coordinator drafts" in client_for(alliance.auditor.person_id).get("/tenders").words
