import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from marketplace.core import clock
from marketplace.core.clock import LONDON
from marketplace.tenders import actions
from marketplace.tenders.commitments import actions as commitments
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def test_the_plan_is_drawn_and_tabled_and_says_what_is_late(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    tender = make.draft_tender(alliance)
    for person in (alliance.coordinator, alliance.schools[1].governor):
        browser = client_for(person.person_id)
        shown = browser.get(f"/tenders/{tender.id}")
        page = browser.get(shown.links()["The plan, and what is late"])
        assert "days late." in page.words
        assert len(page.select("svg.weald-chart")) == 1
        assert "Open the quotes" in page.words
        assert len(page.texts("tbody tr")) == 11
    with clock.travelling(tender.closes_at + timedelta(days=60)):
        assert "You are" in browser.get(f"/tenders/{tender.id}/plan").words
    actions.cancel_tender(alliance.coordinator, tender.id, tender.version, "Nobody needs it.")
    assert "This tender has ended" in browser.get(f"/tenders/{tender.id}/plan").words


def test_a_deadline_out_of_hours_is_refused_until_somebody_says_why_and_suppliers_read_it(
    client_for: ClientFor,
) -> None:
    with clock.travelling(datetime(2026, 9, 14, 10, tzinfo=LONDON)):
        alliance = make.alliance(schools=2)
        tender = make.draft_tender(alliance)
        browser = client_for(alliance.coordinator.person_id)
        form = browser.get(f"/tenders/{tender.id}/edit/dates").form()
        form.fill(**{"closes_at-time": "18:30", "extension_months": "12"})
        refused = browser.submit(form, status=422)
        assert "say below why" in refused.errors()["closes_at-day"]
        again = refused.form()
        assert again.values["extension_months"] == "12"
        browser.submit(again.fill(deadline_reason="The governors meet that evening."))
        actions.invite_schools(alliance.coordinator, tender.id, tender.version)
        for school in alliance.schools:
            commitments.commit_school(school.headteacher, tender.id, school.id, tender.version)
        commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
        head = alliance.schools[1].headteacher
        approving = client_for(head.person_id).get(f"/tenders/{tender.id}/publish")
        assert "The coordinator’s reason: The governors meet that evening." in approving.words
        actions.publish_tender(head, tender.id, tender.version)
        public = client_for(None).get(f"/opportunities/{tender.id}")
        assert "Why then: The governors meet that evening." in public.words
        assert "with options for 12 months more" in public.words
