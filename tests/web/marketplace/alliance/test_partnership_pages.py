import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock, events
from tests import make
from tests.make import memberships as joining
from tests.web.client import Client

ClientFor = Callable[[Any], Client]


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def test_a_partnership_is_proposed_confirmed_and_reviewed(client_for: ClientFor) -> None:
    alliance, school = make.alliance(schools=1), joining.outsider()
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get("/partnerships")
    assert "No partnerships yet" in page.words
    page = coordinator.get(page.links()["Propose a partnership"])
    page = coordinator.submit(page.form(), status=422)
    assert set(page.errors()) >= {"urn", "starts_on-day", "months", "service_charge", "objectives"}
    today = clock.today()
    filled = page.form().fill(
        urn=school.urn,
        months="19",
        service_charge="24,000",
        credit="10,000",
        objectives="Attendance above 95 %.",
        **day("starts_on", today),
        **day("first_review", today + timedelta(days=5)),
    )
    page = coordinator.submit(filled, status=422)
    assert page.errors() == {"months": "A partnership lasts from 12 to 18 months."}
    page = coordinator.submit(page.form().fill(months="12"), status=422)
    assert page.errors() == {"credit_source": "Say where the credit comes from."}
    page = coordinator.submit(page.form().fill(credit_source="Grant TP-1"))
    assert page.heading == f"Trust partnership with {school.name}"
    assert "£10,000.00, from Grant TP-1" in page.words
    partnership_path = page.path
    governor = client_for(school.governor.person_id)
    page = governor.get("/")
    page = governor.get(page.links()[f"Confirm the trust partnership with {alliance.name}"])
    assert "£24,000.00 for the whole term" in page.words
    page = governor.submit(page.form().fill(minute_reference="FGB 3", **day("minuted_on", today)))
    assert "Confirmed it: minute FGB 3" in page.words
    partnership_id = partnership_path.rpartition("/")[2]
    joining.decided(alliance, Subject.PARTNERSHIP, uuid.UUID(partnership_id))
    events.deliver_due()
    page = coordinator.get("/")
    page = coordinator.get(page.links()[f"Review the trust partnership with {school.name}"])
    page = coordinator.submit(page.form(), status=422)
    page = coordinator.submit(page.form().fill(notes="On track.", **day("held_on", today)))
    assert "On track." in page.words
    assert "Runs" in coordinator.get("/partnerships").words
    client_for(alliance.schools[0].bursar.person_id).get(partnership_path, status=404)
