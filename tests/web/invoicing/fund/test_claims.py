"""Claims: made, decided and paid, page by page."""

import io
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.fund.models import Claim
from invoicing.fund.rules import ClaimStatus
from marketplace.alliance.models import RoleHolding
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Role
from tests import make
from tests.make import fund as making
from tests.web.client import Client
from tests.web.page import Form

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def held() -> make.Fund:
    """A fund of four schools that holds £6,000."""
    held = make.partnership_fund(make.alliance(schools=4))
    make.received_round(held, Money(6_000_00))
    return held


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def file(name: str = "Rechnung £.pdf", content: bytes = making.PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def filled_claim(form: Form, **changes: object) -> Form:
    form.fill(title="Chöre für £5", purpose="staff_training", amount="£1,250.50", evidence=file())
    return form.fill(**changes)


def test_a_bursar_claims_with_evidence_that_everybody_can_download(
    held: make.Fund, browse: Browse, session: Session
) -> None:
    school = held.schools[0]
    client = browse(school.bursar)
    page = client.get(client.get(f"/funds/{held.id}").links()["Make a claim"])
    assert "£6,000.00" in page.words
    page = client.submit(filled_claim(page.form()))
    assert page.heading == "Chöre für £5"
    assert "Two people from two other schools decide on it now." in page.words
    claim = session.scalars(select(Claim)).one()
    assert (claim.amount, claim.school_id) == (Money(1_250_50), school.id)
    reader = browse(held.alliance.auditor)
    answer = reader.download(f"/funds/claims/{claim.id}/evidence")
    assert answer.data == making.PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "Rechnung%20%C2%A3.pdf" in answer.headers["Content-Disposition"]


BAD_CLAIMS: list[tuple[dict[str, object], str, str]] = [
    ({"amount": ""}, "amount", "Enter the amount."),
    ({"amount": "0"}, "amount", "£0.01 or more"),
    ({"amount": "-20"}, "amount", "£0.01 or more"),
    ({"amount": "six"}, "amount", "must be a number"),
    ({"amount": "6,000.01"}, "amount", "£6,000.00 available"),
    ({"title": ""}, "title", "Enter what it is for."),
    ({"title": "x\x07y"}, "title", "control characters"),
    ({"purpose": "holidays"}, "purpose", "Choose one of the options"),
    ({"evidence": ""}, "evidence", "Choose the evidence"),
    ({"evidence": file("bill.exe")}, "evidence", "must be a file of type"),
    ({"evidence": file("bill.pdf", b"MZ\x90\x00 not a PDF")}, "evidence", "is not a complete PDF"),
    ({"evidence": file("bill.xlsx", making.PDF)}, "evidence", "is not a complete Excel workbook"),
    ({"evidence": file("bill.pdf", making.PDF[:40])}, "evidence", "may be damaged"),
    ({"evidence": file("bill.pdf", b"")}, "evidence", "empty"),
]


def test_a_bad_claim_comes_back_filled_in_and_claims_nothing(held: make.Fund, browse: Browse) -> None:
    client = browse(held.schools[0].bursar)
    for changes, field, message in BAD_CLAIMS:
        form = client.get(f"/funds/{held.id}/claims/make").form()
        page = client.submit(filled_claim(form, **changes), status=422)
        assert message in page.errors()[field], changes
        again = page.form().values
        for name, kept in (("title", "Chöre für £5"), ("amount", "£1,250.50")):
            assert name in changes or again[name] == kept, changes
    assert "No claims yet" in client.get(f"/funds/{held.id}/claims").words


def test_a_double_click_claims_once(held: make.Fund, browse: Browse, session: Session) -> None:
    client = browse(held.schools[0].bursar)
    form = client.get(f"/funds/{held.id}/claims/make").form()
    for _ in range(2):
        page = client.submit(filled_claim(form, evidence=file()))
        assert page.heading == "Chöre für £5"
    assert len(session.scalars(select(Claim.id)).all()) == 1


def test_a_claim_is_made_for_no_school_but_ones_own(
    held: make.Fund, browse: Browse, session: Session
) -> None:
    client = browse(held.schools[0].bursar)
    form = client.get(f"/funds/{held.id}/claims/make").form()
    sent = filled_claim(form).data(None)
    sent["school"] = str(held.schools[1].id)
    client.post(form.action, sent)
    assert session.scalars(select(Claim.school_id)).all() == [held.schools[0].id]
    for person in (held.alliance.coordinator, held.schools[0].governor):
        browse(person).get(f"/funds/{held.id}/claims/make", status=403)


def test_a_person_of_two_schools_says_for_which(held: make.Fund, browse: Browse, session: Session) -> None:
    alder, beech, *_ = held.schools
    with transaction() as adding:
        adding.add(
            RoleHolding(person_id=alder.bursar.person_id, organisation_id=beech.id, role=Role.FINANCE_LEAD)
        )
    client = browse(alder.bursar)
    form = client.get(f"/funds/{held.id}/claims/make").form()
    page = client.submit(filled_claim(form), status=422)
    assert page.errors() == {"school": "Choose the school."}
    client.submit(filled_claim(page.form(), school=str(beech.id), evidence=file()))
    assert session.scalars(select(Claim.school_id)).all() == [beech.id]


def test_two_heads_of_other_schools_approve_and_the_coordinator_pays(
    held: make.Fund, browse: Browse, session: Session
) -> None:
    claim_id = make.claim(held, held.schools[0], Money(600_00))
    for school in held.schools[1:3]:
        client = browse(school.headteacher)
        (link,) = [one.get("href", "") for one in client.get("/").select(".weald-tasks a")]
        page = client.get(client.get(link).links()["Approve this claim"])
        page = client.submit(page.form(), "Approve £600.00")
        assert "You approved claim FC-" in page.words
        assert "Approve this claim" not in page.links()
    client = browse(held.alliance.coordinator)
    page = client.get(client.get(f"/funds/claims/{claim_id}").links()["Record that it was paid"])
    assert "What each school’s share would bear today" in page.words
    form = page.form().fill(**day("paid_on", clock.today()))
    for _ in range(2):
        page = client.submit(form)
        assert f"You recorded the payment of £600.00 to {held.schools[0].name}." in page.words
    assert "What each school’s share bore" in page.words
    assert session.get_one(Claim, claim_id).status is ClaimStatus.PAID
    assert "£5,400.00" in client.get(f"/funds/{held.id}").texts(".weald-stats__value")


def test_a_double_click_approves_once_and_says_so(held: make.Fund, browse: Browse, session: Session) -> None:
    claim_id = make.claim(held, held.schools[0])
    client = browse(held.schools[1].headteacher)
    form = client.get(f"/funds/claims/{claim_id}/approve").form()
    for _ in range(2):
        assert "You approved claim" in client.submit(form).words
    assert len(session.get_one(Claim, claim_id).approvals) == 1


def test_the_claimants_own_school_cannot_decide(held: make.Fund, browse: Browse) -> None:
    claim_id = make.claim(held, held.schools[0])
    for person in (held.schools[0].headteacher, held.schools[0].governor):
        client = browse(person)
        page = client.get(f"/funds/claims/{claim_id}")
        assert not {"Approve this claim", "Refuse this claim"} & set(page.links())
        for step in ("approve", "refuse"):
            client.get(f"/funds/claims/{claim_id}/{step}", status=403)
            client.post(f"/funds/claims/{claim_id}/{step}", {"reason": "No"}, status=403)


def test_the_same_school_cannot_approve_twice(held: make.Fund, browse: Browse) -> None:
    claim_id, school = make.claim(held, held.schools[0]), held.schools[1]
    making.approve(claim_id, school)
    client = browse(school.governor)
    assert "Approve this claim" not in client.get(f"/funds/claims/{claim_id}").links()
    page = client.submit(client.get(f"/funds/claims/{claim_id}/approve").form(), status=422)
    assert "must come from another school" in page.words


def test_a_governor_of_two_schools_says_for_which(held: make.Fund, browse: Browse, session: Session) -> None:
    claim_id, (_, beech, cedar, _) = make.claim(held, held.schools[0]), held.schools
    with transaction() as adding:
        adding.add(
            RoleHolding(person_id=beech.governor.person_id, organisation_id=cedar.id, role=Role.GOVERNOR)
        )
    client = browse(beech.governor)
    page = client.submit(client.get(f"/funds/claims/{claim_id}/approve").form(), status=422)
    assert page.errors() == {"school": "Choose the school."}
    client.submit(page.form().fill(school=str(cedar.id)))
    assert [one.school_id for one in session.get_one(Claim, claim_id).approvals] == [cedar.id]


def test_a_refusal_needs_a_reason_and_shows_it(held: make.Fund, browse: Browse) -> None:
    claim_id = make.claim(held, held.schools[0])
    client = browse(held.schools[1].governor)
    page = client.get(client.get(f"/funds/claims/{claim_id}").links()["Refuse this claim"])
    page = client.submit(page.form(), status=422)
    assert page.errors() == {"reason": "Enter the reason."}
    form = page.form().fill(reason="Not shared: <b>£</b>\nAsk again.")
    for _ in range(2):
        page = client.submit(form)
    assert "Not shared: <b>£</b>" in page.words
    assert "Refused" in page.texts(".govuk-tag")


def test_a_claim_that_another_tab_refused_is_not_approved(held: make.Fund, browse: Browse) -> None:
    claim_id = make.claim(held, held.schools[0])
    client = browse(held.schools[1].headteacher)
    approving = client.get(f"/funds/claims/{claim_id}/approve").form()
    refusing = client.get(f"/funds/claims/{claim_id}/refuse").form()
    client.submit(refusing.fill(reason="No"))
    page = client.submit(approving, status=422)
    assert "has been refused, so it cannot be approved" in page.words
    assert client.get(f"/funds/claims/{claim_id}/approve").path == f"/funds/claims/{claim_id}"


def test_a_claim_with_one_approval_is_not_paid_by_address(held: make.Fund, browse: Browse) -> None:
    claim_id = make.claim(held, held.schools[0])
    making.approve(claim_id, held.schools[1])
    client = browse(held.alliance.coordinator)
    page = client.post(f"/funds/claims/{claim_id}/pay", day("paid_on", clock.today()), status=422)
    assert "Two people from two other schools must approve" in page.words


def test_two_tabs_pay_once(held: make.Fund, browse: Browse) -> None:
    claim_id = make.approved_claim(held, held.schools[0])
    client = browse(held.alliance.coordinator)
    tabs = [
        client.get(f"/funds/claims/{claim_id}/pay").form().fill(**day("paid_on", clock.today()))
        for _ in range(2)
    ]
    client.submit(tabs[0])
    page = client.submit(tabs[1], status=422)
    assert "has been paid already" in page.words


def test_a_payment_needs_a_date_between_approval_and_today(held: make.Fund, browse: Browse) -> None:
    claim_id = make.approved_claim(held, held.schools[0])
    client = browse(held.alliance.coordinator)
    address = f"/funds/claims/{claim_id}/pay"
    assert client.submit(client.get(address).form(), status=422).errors() == {
        "paid_on-day": "Enter the date it was paid."
    }
    for wrong in (-1, 1):
        wanted = day("paid_on", clock.today() + timedelta(days=wrong))
        page = client.submit(client.get(address).form().fill(**wanted), status=422)
        assert set(page.errors()) == {"paid_on-day"}


def test_what_the_fund_can_no_longer_pay_says_so(held: make.Fund, browse: Browse) -> None:
    first, second = (make.approved_claim(held, held.schools[place], Money(4_000_00)) for place in (0, 1))
    making.pay(held, first)
    client = browse(held.alliance.coordinator)
    page = client.get(f"/funds/claims/{second}/pay")
    assert "The fund holds £2,000.00 for this purpose, less than this claim." in page.words
    page = client.submit(page.form().fill(**day("paid_on", clock.today())), status=422)
    assert "The fund has £2,000.00 available" in page.words
    assert page.form().values["paid_on-year"] == str(clock.today().year)


def test_claims_are_listed_searched_filtered_sorted_and_paged(held: make.Fund, browse: Browse) -> None:
    for number in range(27):
        make.claim(held, held.schools[number % 4], Money(number + 1), f"Claim № {number + 1:02d}")
    client = browse(held.alliance.auditor)
    address = f"/funds/{held.id}/claims"
    page = client.get(address)
    assert len(page.select("tbody tr")) == 25
    assert "Showing 1 to 25 of 27" in page.words
    page = client.get(f"{address}?sort=amount&page=2")
    assert page.texts("tbody th a") == ["Claim № 26", "Claim № 27"]
    page = client.submit(page.form("Apply filters").fill(q="№ 05"))
    assert len(page.select("tbody tr")) == 1
    page = client.submit(page.form("Apply filters").fill(q="", status="paid"))
    assert "No claims match" in page.words
    assert len(client.get(page.links()["Clear filters"]).select("tbody tr")) == 25
    client.get(f"{address}?status=nonsense", status=422)
    client.get(f"{address}?sort=nonsense&page=-3&_external=1&fund_id=x")


def test_other_alliances_do_not_find_a_claim(held: make.Fund, browse: Browse) -> None:
    claim_id = make.approved_claim(held, held.schools[0])
    other = make.alliance(schools=1, name="Elsewhere")
    for person in (other.coordinator, other.auditor, other.schools[0].headteacher):
        client = browse(person)
        for step in ("", "/evidence", "/approve", "/refuse", "/pay"):
            assert held.schools[0].name not in client.get(f"/funds/claims/{claim_id}{step}", status=404).words
        client.get(f"/funds/{held.id}/claims", status=404)
        client.get(f"/funds/{held.id}/claims/make", status=404)
        client.post(f"/funds/claims/{claim_id}/pay", day("paid_on", clock.today()), status=404)


def test_an_auditor_reads_everything_and_does_nothing(held: make.Fund, browse: Browse) -> None:
    claim_id = make.approved_claim(held, held.schools[0])
    client = browse(held.alliance.auditor)
    client.get(f"/funds/claims/{claim_id}")
    for step in ("approve", "refuse", "pay"):
        client.get(f"/funds/claims/{claim_id}/{step}", status=403)
        client.post(f"/funds/claims/{claim_id}/{step}", {"reason": "x"}, status=403)
