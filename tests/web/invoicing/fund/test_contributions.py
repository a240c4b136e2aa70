"""Opening a fund and collecting contributions, page by page."""

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.fund.models import Contribution, ContributionRound, Fund
from invoicing.fund.rules import ContributionStatus
from marketplace.alliance.models import School
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import fund as making
from tests.web.client import Client
from tests.web.page import Form

ClientFor = Callable[[uuid.UUID | None], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: ClientFor) -> Callable[[Actor], Client]:
    return lambda actor: client_for(actor.person_id)


Browse = Callable[[Actor], Client]


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def filled_proposal(form: Form, **changes: object) -> Form:
    values = {"title": "Kitchen £ & Küche", "purpose": "shared_staff", "total": "7,200.00"}
    return form.fill(**(values | changes))


def test_a_coordinator_opens_the_fund_and_reads_what_comes_next(browse: Browse, session: Session) -> None:
    alliance = make.alliance(schools=2)
    client = browse(alliance.coordinator)
    page = client.get("/funds")
    assert "No fund yet" in page.words
    page = client.get(page.links()["Open a Partnership Fund"])
    page = client.submit(page.form().fill(name="Fonds für £", **day("opened_on", clock.today())))
    assert page.heading == "Fonds für £"
    assert "You opened the Fonds für £." in page.words
    assert "No contributions yet" in page.words
    assert client.get("/funds").heading == "Fonds für £"
    assert session.scalars(select(Fund.name)).all() == ["Fonds für £"]


def test_opening_needs_a_name_and_a_real_past_date(browse: Browse, session: Session) -> None:
    alliance = make.alliance(schools=1)
    client = browse(alliance.coordinator)
    address = f"/funds/alliances/{alliance.id}/open"
    form = client.get(address).form()
    page = client.submit(form.fill(name="", **day("opened_on", clock.today())), status=422)
    assert page.errors() == {"name": "Enter the name of the fund."}
    broken = {"opened_on-day": "31", "opened_on-month": "2", "opened_on-year": "2026"}
    page = client.submit(page.form().fill(name="Fund", **broken), status=422)
    assert "real date" in page.errors()["opened_on-day"]
    assert page.form().values["opened_on-day"] == "31"
    page = client.submit(page.form().fill(**day("opened_on", date(2099, 1, 1))), status=422)
    assert page.errors() == {"opened_on-day": "The date must be today or in the past."}
    assert not session.scalars(select(Fund.id)).all()


def test_everybody_else_waits_for_the_coordinator(browse: Browse) -> None:
    alliance = make.alliance(schools=1)
    assert "The coordinator of your alliance opens it" in browse(alliance.auditor).get("/funds").words
    head = browse(alliance.schools[0].headteacher)
    head.get(f"/funds/alliances/{alliance.id}/open", status=403)


@pytest.fixture
def held() -> make.Fund:
    return make.partnership_fund(make.alliance(schools=3))


def test_a_coordinator_sees_each_schools_share_before_anything_is_sent(
    held: make.Fund, browse: Browse, session: Session
) -> None:
    client = browse(held.alliance.coordinator)
    form = client.get(f"/funds/{held.id}/contributions/propose").form()
    page = client.submit(filled_proposal(form), "Check each school’s share")
    assert page.heading == "Check each school’s share"
    for school in held.schools:
        assert f"{school.name} {school.pupils} £{school.pupils * 10:,}.00" in page.words
    assert not session.scalars(select(ContributionRound.id)).all()
    page = client.submit(page.form(), "Ask 3 schools for £7,200.00")
    assert page.heading == "Kitchen £ & Küche"
    assert "You asked 3 schools for £7,200.00." in page.words


def test_a_school_can_be_left_out(held: make.Fund, browse: Browse) -> None:
    client = browse(held.alliance.coordinator)
    form = client.get(f"/funds/{held.id}/contributions/propose").form()
    chosen = [str(school.id) for school in held.schools[:2]]
    page = client.submit(filled_proposal(form, schools=chosen, total="100"), "Check each school’s share")
    page = client.submit(page.form(), "Ask 2 schools for £100.00")
    assert held.schools[2].name not in page.words


BAD_PROPOSALS: list[tuple[dict[str, object], str, str]] = [
    ({"total": "0"}, "total", "£0.01 or more"),
    ({"total": "-5"}, "total", "£0.01 or more"),
    ({"total": "1.234,50"}, "total", "must be a number"),
    ({"total": "999999999999"}, "total", "£100,000,000.00 or less"),
    ({"title": " "}, "title", "Enter a title."),
    ({"title": "x" * 121}, "title", "longer than 120"),
    ({"schools": []}, "schools", "Choose at least one school."),
    ({"year_end-year": "2029"}, "year_end-day", "twelve months"),
    ({"year_end-year": "2020"}, "year_end-day", "end after it starts"),
]


def test_a_bad_proposal_comes_back_filled_in(held: make.Fund, browse: Browse) -> None:
    client = browse(held.alliance.coordinator)
    for changes, field, message in BAD_PROPOSALS:
        form = client.get(f"/funds/{held.id}/contributions/propose").form()
        page = client.submit(filled_proposal(form, **changes), status=422)
        assert message in page.errors()[field], changes
        assert "title" in changes or page.form().values["title"] == "Kitchen £ & Küche", changes


def test_pupils_that_change_between_looking_and_sending_are_shown_again(
    held: make.Fund, browse: Browse, session: Session
) -> None:
    client = browse(held.alliance.coordinator)
    form = client.get(f"/funds/{held.id}/contributions/propose").form()
    page = client.submit(filled_proposal(form))
    with transaction() as changing:
        changing.get_one(School, held.schools[0].id).pupils = 1000
    page = client.submit(page.form(), "Ask 3 schools for £7,200.00", status=409)
    assert "have changed since you looked at them" in page.words
    assert f"{held.schools[0].name} 1,000" in page.words
    assert not session.scalars(select(ContributionRound.id)).all()
    client.submit(page.form(), "Ask 3 schools for £7,200.00")
    assert len(session.scalars(select(ContributionRound.id)).all()) == 1


def test_what_was_changed_without_checking_again_is_not_sent(
    held: make.Fund, browse: Browse, session: Session
) -> None:
    client = browse(held.alliance.coordinator)
    page = client.submit(filled_proposal(client.get(f"/funds/{held.id}/contributions/propose").form()))
    client.submit(page.form().fill(total="9,000"), "Ask 3 schools for £7,200.00", status=409)
    assert not session.scalars(select(ContributionRound.id)).all()


def test_a_double_click_asks_once(held: make.Fund, browse: Browse, session: Session) -> None:
    client = browse(held.alliance.coordinator)
    page = client.submit(filled_proposal(client.get(f"/funds/{held.id}/contributions/propose").form()))
    for _ in range(2):
        answer = client.submit(page.form(), "Ask 3 schools for £7,200.00")
        assert answer.heading == "Kitchen £ & Küche"
    assert len(session.scalars(select(ContributionRound.id)).all()) == 1


def test_a_governor_confirms_from_the_round(held: make.Fund, browse: Browse, session: Session) -> None:
    round_id = make.proposed_round(held, Money(7_200_00))
    school = held.schools[0]
    client = browse(school.governor)
    page = client.get(f"/funds/contributions/rounds/{round_id}")
    page = client.get(page.links()["Confirm"])
    assert page.heading == f"Confirm {school.name}’s contribution of £2,100.00"
    form = page.form().fill(
        minute_reference="FGB 2026 №7 £", own_budget="y", **day("minuted_on", date(2026, 10, 1))
    )
    page = client.submit(form)
    assert f"You confirmed {school.name}’s contribution" in page.words
    assert "FGB 2026 №7 £" in page.words
    assert "Confirm" not in page.links()
    again = client.submit(form)
    assert again.heading == page.heading
    confirmed = select(Contribution).where(Contribution.status == ContributionStatus.CONFIRMED)
    assert len(session.scalars(confirmed).all()) == 1


def test_a_confirmation_needs_its_minute_its_date_and_its_source(held: make.Fund, browse: Browse) -> None:
    contribution_id = making.contributions(held, make.proposed_round(held))[held.schools[0].id].id
    client = browse(held.schools[0].governor)
    address = f"/funds/contributions/{contribution_id}/confirm"
    page = client.submit(client.get(address).form(), status=422)
    assert set(page.errors()) == {"minute_reference", "minuted_on-day"}
    form = page.form().fill(minute_reference="FGB 7", **day("minuted_on", date(2026, 10, 1)))
    page = client.submit(form, status=422)
    assert "parents’ association" in page.errors()["own_budget"]
    assert page.form().values["minute_reference"] == "FGB 7"


def test_two_tabs_cannot_confirm_differently(held: make.Fund, browse: Browse) -> None:
    contribution_id = making.contributions(held, make.proposed_round(held))[held.schools[0].id].id
    client = browse(held.schools[0].governor)
    address = f"/funds/contributions/{contribution_id}/confirm"
    tabs = [client.get(address).form() for _ in range(2)]
    for tab, status in zip(tabs, (200, 422), strict=True):
        tab.fill(minute_reference=f"FGB {status}", own_budget="y", **day("minuted_on", date(2026, 10, 1)))
        page = client.submit(tab, status=status)
    assert "somebody may have been here before you" in page.words
    assert page.form().values["minute_reference"] == "FGB 422"
    assert client.get(address).path.startswith("/funds/contributions/rounds/")


def test_the_coordinator_records_what_came_in(held: make.Fund, browse: Browse) -> None:
    round_id = make.proposed_round(held, Money(7_200_00))
    making.confirm(held, round_id, held.schools[0], date(2026, 10, 1))
    client = browse(held.alliance.coordinator)
    page = client.get(f"/funds/contributions/rounds/{round_id}")
    page = client.get(page.links()["Record receipt"])
    page = client.submit(page.form().fill(**day("received_on", date(2026, 9, 30))), status=422)
    assert "confirmed this on 1 October 2026" in page.errors()["received_on-day"]
    form = page.form().fill(**day("received_on", date(2026, 10, 2)))
    for _ in range(2):
        page = client.submit(form)
        assert f"You recorded £2,100.00 from {held.schools[0].name}." in page.words
    assert "£2,100.00" in client.get(f"/funds/{held.id}").texts(".weald-stats__value")


def test_a_receipt_that_was_recorded_in_another_tab_is_refused(held: make.Fund, browse: Browse) -> None:
    contribution_id = making.confirm(held, make.proposed_round(held), held.schools[0])
    client = browse(held.alliance.coordinator)
    address = f"/funds/contributions/{contribution_id}/receive"
    tabs = [client.get(address).form().fill(**day("received_on", clock.today())) for _ in range(2)]
    client.submit(tabs[0])
    page = client.submit(tabs[1], status=422)
    assert "has been recorded already" in page.words


def test_what_is_not_confirmed_cannot_be_received_by_address(held: make.Fund, browse: Browse) -> None:
    contribution_id = making.contributions(held, make.proposed_round(held))[held.schools[0].id].id
    client = browse(held.alliance.coordinator)
    address = f"/funds/contributions/{contribution_id}/receive"
    assert client.get(address).path.startswith("/funds/contributions/rounds/")
    page = client.post(address, day("received_on", clock.today()), status=422)
    assert "has not confirmed this contribution" in page.words


def test_other_alliances_and_suppliers_do_not_find_any_of_it(held: make.Fund, browse: Browse) -> None:
    round_id = make.proposed_round(held)
    contribution_id = making.contributions(held, round_id)[held.schools[0].id].id
    other = make.alliance(schools=1, name="Elsewhere")
    for person in (other.coordinator, other.auditor, other.schools[0].governor):
        client = browse(person)
        for path in (
            f"/funds/{held.id}",
            f"/funds/{held.id}/contributions/propose",
            f"/funds/contributions/rounds/{round_id}",
            f"/funds/contributions/{contribution_id}/confirm",
            f"/funds/contributions/{contribution_id}/receive",
        ):
            page = client.get(path, status=404)
            assert held.schools[0].name not in page.words


def test_members_read_all_of_it_and_write_none_of_what_is_not_theirs(held: make.Fund, browse: Browse) -> None:
    round_id = make.proposed_round(held)
    contribution_id = making.contributions(held, round_id)[held.schools[0].id].id
    for person in (held.alliance.auditor, held.schools[1].governor, held.schools[0].bursar):
        client = browse(person)
        client.get(f"/funds/{held.id}")
        page = client.get(f"/funds/contributions/rounds/{round_id}")
        assert page.links().get("Confirm", "").find(str(contribution_id)) == -1
        client.get(f"/funds/{held.id}/contributions/propose", status=403)
        client.get(f"/funds/contributions/{contribution_id}/confirm", status=403)
        client.get(f"/funds/contributions/{contribution_id}/receive", status=403)
