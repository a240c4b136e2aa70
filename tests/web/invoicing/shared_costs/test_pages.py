"""Recording a shared cost: the split is shown before anything is drafted, and nothing typed is lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices.models import Invoice
from invoicing.shared_costs.models import SharedCost
from marketplace.core import events
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import Alliance
from tests.web.client import Client
from tests.web.page import Form

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")
TITLE = "Fire doors – £ “Łódź” & <b>"


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def alliance() -> Alliance:
    """Schools of 210, 240 and 270 pupils that can be paid."""
    made = make.alliance(3)
    for school in made.schools:
        make.payable_school(school)
    return made


def filled(client: Client, **changes: object) -> Form:
    """The form with a right cost of £1,000.01."""
    form = client.get("/shared-costs/record").form("Check the split")
    return form.fill(title=TITLE, amount="£1,000.01").fill(**changes)


def test_a_bursar_sees_the_split_then_records_it(
    alliance: Alliance, browse: Browse, session: Session
) -> None:
    alder = alliance.schools[0]
    client = browse(alder.bursar)
    check = client.submit(filled(client))
    assert check.heading == "Check the split"
    assert {"£291.6696", "£333.3367", "£375.0038", "£291.67", "£333.34", "£375.00", "£1,000.01"} <= set(
        check.words.split()
    )
    assert session.query(SharedCost).count() == 0
    page = client.submit(
        check.form("Record the cost and draft 2 invoices"), "Record the cost and draft 2 invoices"
    )
    assert page.heading == TITLE
    assert "None: it paid the bill" in page.words
    drafts = session.scalars(select(Invoice)).all()
    assert Money.total(draft.net for draft in drafts) + Money(291_67) == Money(1_000_01)


def test_a_double_click_on_the_last_button_drafts_once(
    alliance: Alliance, browse: Browse, session: Session
) -> None:
    client = browse(alliance.schools[0].bursar)
    form = client.submit(filled(client)).form()
    for _ in range(2):
        client.submit(form, "Record the cost and draft 2 invoices")
    assert session.query(SharedCost).count() == 1
    assert session.query(Invoice).count() == 2


def test_change_something_brings_everything_back(
    alliance: Alliance, browse: Browse, session: Session
) -> None:
    alder, beech, _ = alliance.schools
    client = browse(alder.bursar)
    use = {f"use_{school.id.hex}": "2.5" for school in (alder, beech)}
    form = filled(client, split="use", schools=[str(alder.id), str(beech.id)], supplier_name="Sparkle", **use)
    check = client.submit(form)
    back = client.submit(check.form(), "Change something")
    again = back.form("Check the split").values
    for name in ("title", "amount", "split", "supplier_name", "new_id", *use):
        assert again[name] == form.values[name], name
    assert again.getlist("schools") == form.values.getlist("schools")
    assert session.query(SharedCost).count() == 0


def test_a_split_that_changed_since_it_was_shown_is_shown_again(
    alliance: Alliance, browse: Browse, session: Session
) -> None:
    alder, beech, _ = alliance.schools
    client = browse(alder.bursar)
    check = client.submit(filled(client))
    make.import_schools({"URN": beech.urn, "NumberOfPupils": 900, "EstablishmentName": beech.name})
    again = client.submit(check.form(), "Record the cost and draft 2 invoices")
    assert "The shares changed since you looked" in again.words
    assert session.query(SharedCost).count() == 0
    client.submit(again.form(), "Record the cost and draft 2 invoices")
    assert session.query(SharedCost).count() == 1


BAD_COSTS: list[tuple[dict[str, object], str, str]] = [
    ({"title": " "}, "title", "Enter what was paid for."),
    ({"title": "x" * 151}, "title", "150"),
    ({"amount": ""}, "amount", "Enter the amount to share."),
    ({"amount": "0"}, "amount", "£0.01 or more"),
    ({"amount": "-5"}, "amount", "£0.01 or more"),
    ({"amount": "1e9"}, "amount", "must be a number"),
    ({"amount": "999999999999"}, "amount", "or less"),
    ({"amount": "0.001"}, "amount", "2 decimal places"),
    ({"split": "by magic"}, "split", "options on the list"),
    ({"schools": []}, "schools", "Choose the schools that share it."),
    ({"supplied_on-day": "32"}, "supplied_on-day", "real date"),
]


@pytest.mark.parametrize("wrong", BAD_COSTS)
def test_a_cost_that_cannot_be_is_refused_with_everything_kept(
    alliance: Alliance, browse: Browse, session: Session, wrong: tuple[dict[str, object], str, str]
) -> None:
    changes, field, message = wrong
    client = browse(alliance.schools[0].bursar)
    form = filled(client, supplier_name="Sparkle")
    page = client.submit(form.fill(**changes), status=422)
    (named,) = [said for where, said in page.errors().items() if where.startswith(field)]
    assert message in named
    again = page.form("Check the split").values
    assert again["supplier_name"] == "Sparkle"
    if field != "title":
        assert again["title"] == TITLE
    assert session.query(SharedCost).count() == 0


def test_a_split_by_use_without_figures_names_the_school(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    client = browse(alder.bursar)
    figures = {f"use_{alder.id.hex}": "1", f"use_{beech.id.hex}": "", f"use_{cedar.id.hex}": "3"}
    page = client.submit(filled(client, split="use", **figures), status=422)
    assert "Enter the use of each school" in page.errors()[f"use_{beech.id.hex}"]
    assert page.form("Check the split").values[f"use_{cedar.id.hex}"] == "3"
    page = client.submit(filled(client, split="use", **dict.fromkeys(figures, "0")), status=422)
    assert "more than 0" in page.errors()[f"use_{alder.id.hex}"]
    page = client.submit(filled(client, split="use", **dict.fromkeys(figures, "-1")), status=422)
    assert len(page.errors()) == 3


def test_a_posted_school_of_another_alliance_is_refused(alliance: Alliance, browse: Browse) -> None:
    alder = alliance.schools[0]
    stranger = make.alliance(1, name="Other").schools[0]
    client = browse(alder.bursar)
    page = client.submit(filled(client, schools=[str(alder.id), str(stranger.id)]), status=422)
    assert "options on the list" in " ".join(page.errors().values())


def test_a_school_alone_is_told_why_it_cannot_share(browse: Browse) -> None:
    page = browse(make.alliance(1).schools[0].bursar).get("/shared-costs/record")
    assert "No other school yet" in page.words


def test_the_finance_lead_issues_from_the_cost_and_the_others_see_how_it_is_divided(
    alliance: Alliance, browse: Browse
) -> None:
    alder, beech, cedar = alliance.schools
    cost_id = make.shared_cost(alder, alliance.schools, 72_000)
    client = browse(alder.finance_lead)
    page = client.get(f"/shared-costs/{cost_id}")
    assert "Check and issue 2 drafts" in page.links()
    issue = client.get(page.links()["Check and issue 2 drafts"])
    client.submit(issue.form("Issue the ticked invoices"))
    (mine,) = (one for one in make.invoices_of(cost_id) if one.buyer_id == beech.id)
    buyer = browse(beech.finance_lead)
    page = buyer.get(f"/invoices/{mine.id}")
    page = buyer.get(page.links()["How this cost is divided between the schools"])
    assert mine.number in page.links()
    assert cedar.name in page.words
    assert page.words.count("Not yours to see") == 1


def test_a_cost_one_has_no_part_in_is_not_found(alliance: Alliance, browse: Browse) -> None:
    alder, beech, cedar = alliance.schools
    cost_id = make.shared_cost(alder, [alder, beech])
    for actor in (beech.finance_lead, cedar.finance_lead, alliance.coordinator):
        browse(actor).get(f"/shared-costs/{cost_id}", status=404)
    assert "£1,000.00" in browse(alliance.auditor).get(f"/shared-costs/{cost_id}").words
    browse(alder.governor).get("/shared-costs/record", status=403)


def test_the_list_of_costs_leads_to_each(alliance: Alliance, browse: Browse) -> None:
    alder = alliance.schools[0]
    client = browse(alder.bursar)
    assert "No shared costs yet" in client.get("/shared-costs").words
    cost_id = make.shared_cost(alder, alliance.schools, title=TITLE)
    assert client.get("/shared-costs").links()[TITLE] == f"/shared-costs/{cost_id}"


def test_an_awards_recovery_fee_waits_for_the_lead_schools_finance_lead(
    alliance: Alliance, browse: Browse, session: Session
) -> None:
    contest = make.awarded_on_price(alliance, recovery_fee=Money(36_000))
    events.deliver_due()
    session.rollback()
    client = browse(contest.tender.lead.finance_lead)
    page = client.get(client.get("/").links()["Issue 2 draft invoices"])
    assert contest.tender.row.reference in page.words
    client.submit(page.form("Issue the ticked invoices"))
    invoices = session.scalars(select(Invoice)).all()
    assert all(invoice.number for invoice in invoices)
