import uuid
from collections.abc import Callable

from marketplace.core.money import Money
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def test_interests_are_declared_assessed_and_read_by_those_whom_they_concern(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    spend = {school.id: Money(400_000_00) for school in alliance.schools}
    tender = make.confirmed_tender(alliance, baselines=spend)
    lead, other = tender.schools
    head = client_for(other.headteacher.person_id)
    refused = head.submit(head.get(f"/tenders/{tender.id}/publish").form(), status=422)
    assert "Above the threshold nothing is published before" in refused.words

    scorer = client_for(lead.finance_lead.person_id)
    home = scorer.get("/")
    form = scorer.get(home.links()["Declare your interests: School meals"]).form("Declare")
    unsaid = scorer.submit(form.fill(answer="yes"), status=422)
    assert set(unsaid.errors()) == {"interest"}
    again = unsaid.form("Declare").fill(interest="My sister cooks there.", mitigation="I step out.")
    assert "You declared your interests" in scorer.submit(again).words
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(coordinator.get(f"/tenders/{tender.id}").links()["Conflicts of interest"])
    assert "My sister cooks there." in page.words
    assert "You can record the assessment when everybody named has declared" in page.words
    bursar = client_for(other.bursar.person_id).get(f"/tenders/{tender.id}/interests")
    assert "My sister cooks there." not in bursar.words

    make.assess_interests(tender)
    page = coordinator.get(f"/tenders/{tender.id}/interests")
    blank = coordinator.submit(page.form("Record the assessment"), status=422)
    assert blank.errors()
    done = coordinator.submit(blank.form("Record the assessment").fill(text="She steps out."))
    assert "You recorded the conflicts assessment." in done.words
    assert "You approved the tender" in head.submit(head.get(f"/tenders/{tender.id}/publish").form()).words


def test_the_threshold_page_cites_the_law_and_asks_why_tenders_are_kept_apart(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    spend = {school.id: Money(60_000_00) for school in alliance.schools}
    make.draft_tender(alliance, baselines=spend, title="Breakfast")
    tender = make.draft_tender(alliance, baselines=spend)
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(f"/tenders/{tender.id}/threshold")
    assert page.heading == "Light touch"
    for cited in ("schedule 3 paragraph 4", "sections 81 to 83", "section 54", "£663,540.00", "£864,000.00"):
        assert cited in page.words
    form = page.form("Save how it is valued").fill(reason="Another market: breakfast clubs before school.")
    saved = coordinator.submit(form)
    assert saved.heading == "Below the threshold"
    reader = client_for(alliance.schools[0].governor.person_id).get(f"/tenders/{tender.id}/threshold")
    assert "Another market" in reader.words
    alone = make.draft_tender(make.alliance(schools=2, name="Another Alliance"), title="Lunch")
    page = client_for(alone.alliance.coordinator.person_id).get(f"/tenders/{alone.id}/threshold")
    assert "has no other tender of this category" in page.words
