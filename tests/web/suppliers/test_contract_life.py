"""The pages of reviews and service credits."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.policy import Actor, Role
from suppliers.awards.performance.rules import Measure
from tests import make
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")
UNICODE = "Beste Qualität – „frisch“ & günstig, <i>je</i> Kind 🥕"


def day(name: str, value: object) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


def test_a_supplier_is_reviewed_replies_and_owes_a_credit_page_by_page(
    client_for: Callable[[uuid.UUID | None], Client],
) -> None:
    def as_person(actor: Actor) -> Client:
        return client_for(actor.person_id)

    contest = make.awarded_contest()
    school, winner = contest.tender.schools[0], contest.suppliers[1]
    contract = make.fresh().scalars(select(Contract).where(Contract.school_id == school.id)).one()
    lead = make.person(school.id, Role.FINANCE_LEAD)
    begins = contract.starts_on
    with clock.travelling(datetime.combine(begins + timedelta(days=60), datetime.min.time(), UTC)):
        bursar, supplier = as_person(school.bursar), as_person(winner.admin)
        reviews = bursar.get(bursar.get(f"/contracts/{contract.id}").links()["See how the supplier does"])
        assert "No review yet" in reviews.words
        form = bursar.get(reviews.links()["Record a review"]).form("Record the review")
        page = bursar.submit(form, status=422)
        assert page.errors()["evidence_time"] == "Enter what shows it"
        answers = {f"rating_{one}": "improve" for one in Measure}
        answers |= {f"evidence_{one}": UNICODE for one in Measure}
        answers |= day("covers_from", begins) | day("covers_until", begins + timedelta(days=30))
        page = bursar.submit(page.form("Record the review").fill(**answers))
        assert UNICODE in page.words
        page = supplier.get(supplier.get(f"/contracts/{contract.id}/reviews").links()["Reply to this review"])
        page = supplier.submit(page.form("Send the reply").fill(reply="We have a second van now."))
        assert "We have a second van now." in page.words
        member = as_person(contest.tender.schools[1].bursar)
        assert "We have a second van now." in member.get(f"/suppliers/{winner.id}/reviews").words
        shown = bursar.get(bursar.get(f"/contracts/{contract.id}").links()["See service credits"])
        form = bursar.get(shown.links()["Record a rule"]).form("Record the rule")
        page = bursar.submit(form.fill(title="Late", trigger="15 minutes late"), status=422)
        assert list(page.errors()) == ["each"]
        page = bursar.submit(page.form("Record the rule").fill(percent="2.5", most_percent="10"))
        assert "2.5% of a month’s charge each time" in page.words
        form = bursar.get(page.links()["Claim a credit"]).form("Claim the service credit")
        page = bursar.submit(form.fill(occurrences="2", evidence=UNICODE, **day("occurred_on", begins)))
        assert UNICODE in page.words
        (task,) = (words for words in supplier.get("/").links() if words.startswith("Answer a claim"))
        form = supplier.get(supplier.get("/").links()[task]).form("Send the answer")
        page = supplier.submit(form.fill(answer="disputed"), status=422)
        assert list(page.errors()) == ["reply"]
        page = supplier.submit(page.form("Send the answer").fill(answer="accepted"))
        assert "Accepted, to be deducted" in page.words
        finance = as_person(lead)
        (task,) = (words for words in finance.get("/").links() if words.startswith("Deduct a service credit"))
        form = finance.get(finance.get("/").links()[task]).form("Note the deduction")
        page = finance.submit(form.fill(reference="INV-9"))
        assert "INV-9" in page.words
        rival = as_person(contest.suppliers[0].admin)
        for path in ("reviews", "credits"):
            rival.get(f"/contracts/{contract.id}/{path}", status=404)
