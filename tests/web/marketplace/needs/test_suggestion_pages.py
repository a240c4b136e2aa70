import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from marketplace.core import clock, events
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.core.policy import Actor
from marketplace.core.web import day
from marketplace.needs.rules import Joint
from marketplace.needs.suggestions.actions import give_consent
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID], Client]
As = Callable[[Actor], Client]


@pytest.fixture
def as_(client_for: ClientFor) -> As:
    """A browser for an actor."""

    def sign_in(actor: Actor) -> Client:
        assert actor.person_id
        return client_for(actor.person_id)

    return sign_in


@pytest.fixture
def alliance(app: object) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=5)


def first_of_month(months: int) -> date:
    """The first day of the month so many months from now."""
    return months_later(clock.today().replace(day=1), months)


START = 11


def a_group(alliance: make.Alliance) -> str:
    """Alder, and Beech and Cedar with needs, can start together; Damson almost; Elm said no. Its address."""
    alder, beech, cedar, damson, elm = alliance.schools
    start = first_of_month(START)
    usual: dict[str, Any] = {"category": "insurance", "title": "Insurance"}
    make.contract(alder, **usual, ends_on=start - timedelta(days=1), renewal_months=12)
    for school in (beech, cedar):
        make.approved_need(
            school,
            "insurance",
            contract_ends_on=start - timedelta(days=1),
            wanted_from=start,
            current_annual_spend=Money(10_000_00),
        )
    make.contract(damson, **usual, ends_on=start - timedelta(days=31), annual_value=Money(50_000_00))
    make.contract(elm, **usual, ends_on=start - timedelta(days=1))
    make.approved_need(elm, "insurance", wanted_from=start, joint=Joint.NO)
    return f"/needs/suggestions/{alliance.id}/insurance/{start}"


def test_one_suggestion_says_who_why_when_and_what_it_comes_to(alliance: make.Alliance, as_: As) -> None:
    address = a_group(alliance)
    alder, beech, cedar, damson, elm = (school.name for school in alliance.schools)
    coordinator = as_(alliance.coordinator)
    shown = coordinator.get("/needs/suggestions")
    assert shown.texts(".weald-card__title") == [f"Insurance from {day(first_of_month(START))}"]
    page = coordinator.get(address)
    assert f"{alder}, {beech} and {cedar} are all free on" in page.words
    to_come, members, buyers, others, places, rest = (table for table in page.select("table"))
    assert "Not asked yet" in "".join(to_come.itertext())
    assert [
        name in page.words for name in ("Last safe notice date", "Latest date to join", "Bridge or overlap")
    ]
    assert "Give notice by" in "".join(members.itertext())
    assert f"With {damson} you cross £207,720." in page.words
    assert "An extension of 30 days" in "".join(others.itertext())
    assert alder in "".join(buyers.itertext())
    assert "km" in "".join(places.itertext())
    assert elm in "".join(rest.itertext())
    assert "said that it buys this on its own" in "".join(rest.itertext())
    titles = page.texts("svg title")
    assert "Where the schools are" in titles
    assert "Today’s contracts and the joint one" in titles


def test_one_click_leads_to_a_draft_with_these_needs(alliance: make.Alliance, as_: As) -> None:
    coordinator = as_(alliance.coordinator)
    page = coordinator.get(a_group(alliance))
    draft = coordinator.get(page.links()["Draft a tender with 2 needs"])
    form = draft.form("Draft the tender")
    assert form.values["title"] == "Insurance for 2 schools"
    assert len(form.values.getlist("needs")) == 2
    done = coordinator.submit(form, "Draft the tender")
    assert "You drafted the tender" in done.words


def test_a_coordinator_asks_the_others_to_post_a_need(alliance: make.Alliance, as_: As) -> None:
    address = a_group(alliance)
    alder = alliance.schools[0]
    coordinator = as_(alliance.coordinator)
    page = coordinator.get(address)
    asked = coordinator.submit(page.form(f"Ask {alder.name} to post a need"))
    assert "You asked 1 school to post a need" in asked.words
    assert "asked for a need on" in asked.words
    again = coordinator.submit(page.form(f"Ask {alder.name} to post a need"))
    assert "or was asked for one" in again.words
    assert f"{alder.name} Asked on {day(clock.today())}; no need is submitted yet" in asked.words
    bursar = as_(alder.bursar)
    begin = bursar.get(bursar.get("/").links()["Post a need: Insurance"])
    draft = bursar.submit(begin.form("Start the need from this contract Insurance"))
    assert "You started a need from the contract." in draft.words
    need = make.need(uuid.UUID(draft.path.split("/")[2]))
    end = first_of_month(START) - timedelta(days=1)
    assert (need.category, need.title, need.contract_ends_on) == ("insurance", "Insurance", end)
    assert need.wanted_from == first_of_month(START)
    assert need.details["contract_renews"] == "yes"
    assert need.current_supplier
    events.deliver_due()
    assert "1 suggestion to buy together" in coordinator.get("/").words
    assert not [one for one in coordinator.statements if "neighbour_consent" in one]


def test_who_sees_suggestions_and_who_may_act_on_them(alliance: make.Alliance, as_: As) -> None:
    address = a_group(alliance)
    school = alliance.schools[0]
    for reader in (alliance.auditor, school.bursar, school.headteacher):
        page = as_(reader).get(address)
        assert "Draft a tender" not in page.words
        assert "to post a need" not in page.texts("button")
    for other in (school.governor, school.finance_lead):
        as_(other).get("/needs/suggestions", status=403)
        as_(other).get(address, status=404)
    stranger = make.alliance(schools=1, name="Strangers")
    as_(stranger.coordinator).get(address, status=404)
    assert "No suggestion at the moment" in as_(stranger.coordinator).get("/needs/suggestions").words
    assert "who could buy together" in as_(school.bursar).get("/needs").words


def test_an_address_of_no_suggestion_is_not_found(alliance: make.Alliance, as_: As) -> None:
    coordinator = as_(alliance.coordinator)
    for end in ("insurance/2027-02-30", "insurance/soon", "gas/2030-01-01", "rubbish/2030-01-01"):
        coordinator.get(f"/needs/suggestions/{alliance.id}/{end}", status=404)


def test_a_neighbour_is_named_with_its_alliance_and_no_part_of_the_draft(
    alliance: make.Alliance, as_: As
) -> None:
    address = a_group(alliance)
    neighbour = make.alliance(schools=1, name="Coldharbour Partnership").schools[0]
    start = first_of_month(START)
    make.approved_need(neighbour, "insurance", contract_ends_on=start - timedelta(days=1), wanted_from=start)
    coordinator = as_(alliance.coordinator)
    assert "Coldharbour" not in coordinator.get(address).words
    give_consent(neighbour.headteacher, neighbour.id)
    page = coordinator.get(address)
    assert "Member of Coldharbour Partnership" in page.words
    assert f"{neighbour.name} belongs to another alliance" in page.words
    assert "Draft a tender with 2 needs" in page.links()


def test_a_headteacher_shows_the_school_to_neighbours_and_takes_it_back(
    alliance: make.Alliance, as_: As
) -> None:
    head = as_(alliance.schools[0].headteacher)
    page = head.get("/needs/suggestions")
    name = alliance.schools[0].name
    given = head.submit(page.form(f"Show the school to neighbouring alliances {name}"))
    assert "neighbouring alliances see the school." in given.words
    back = head.submit(given.form(f"Stop showing the school to neighbouring alliances {name}"))
    assert "only your own alliances see the school." in back.words
    assert "Neighbouring alliances" not in as_(alliance.schools[0].bursar).get("/needs/suggestions").words


def test_a_school_too_far_from_the_start_reads_when_its_renewed_contract_ends(as_: As) -> None:
    far_alliance = make.alliance(schools=3, name="Three Schools")
    address_start = first_of_month(START)
    near, other, far = far_alliance.schools
    usual: dict[str, Any] = {"category": "waste", "title": "Waste"}
    for school in (near, other):
        make.contract(school, **usual, ends_on=address_start - timedelta(days=1))
    ended = clock.today().replace(day=1) - timedelta(days=1)
    make.contract(far, **usual, ends_on=ended, renewal_months=60, notice_days=0)
    page = as_(far_alliance.coordinator).get(f"/needs/suggestions/{far_alliance.id}/waste/{address_start}")
    (row,) = (text for text in page.texts("tr") if text.startswith(far.name))
    assert str(months_later(ended, 60).year) in row
    assert "too far from this start" in row
