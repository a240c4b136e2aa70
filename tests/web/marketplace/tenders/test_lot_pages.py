"""The pages about lots: a reason for one, limits, tiers and bundles for several."""

import uuid
from collections.abc import Callable

from marketplace.core.money import Money
from marketplace.tenders.lots import queries
from marketplace.tenders.rules import PriceFormula
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def test_a_coordinator_says_what_holds_for_three_lots_and_reads_what_cannot_be_published(
    app: object,  # noqa: ARG001  # it needs the database
    client_for: ClientFor,
) -> None:
    alliance = make.alliance(schools=2)
    tender = make.draft_tender(
        alliance,
        lots=[make.lot(f"Lot {name}", {("Meal", "meal"): 900}, alliance.schools) for name in "ABC"],
    )
    coordinator = client_for(alliance.coordinator.person_id)
    base = f"/tenders/{tender.id}/edit/lots"
    form = coordinator.get(f"{base}/limits").form("Save and continue")
    page = coordinator.submit(form.fill(most_awarded="3"), "Save and continue", status=422)
    assert set(page.errors()) == {"most_awarded"}
    form = page.form("Save and continue").fill(most_awarded="1", selection="least_cost", mechanism="By sum.")
    page = coordinator.submit(form, "Save and continue")
    assert "A supplier may be awarded at most 1 lot." in page.words
    assert "limits of lots for each supplier would have no effect" in page.words
    form = coordinator.get(f"{base}/{tender.lots[0].id}/tiers").form("Save and continue")
    page = coordinator.submit(form.fill(basis="schools", start_1="3"), "Save and continue", status=422)
    assert page.errors() == {"start_1": "Nobody can reach this tier: all together come to 2."}
    page = coordinator.submit(page.form("Save and continue").fill(start_1="2"), "Save and continue")
    assert "Lower prices from 2 schools" in page.words
    form = coordinator.get(f"{base}/bundles/add").form("Add the bundle")
    form.fill(title="All", parts=[str(lot.id) for lot in tender.lots], least_share="60")
    page = coordinator.submit(form, "Add the bundle")
    assert "All: lot 1 and lot 2 and lot 3" in page.words
    page = coordinator.submit(page.form("Remove the bundle “All”"), "Remove the bundle “All”")
    assert queries.bundles_of(make.fresh(), tender.id) == []
    assert "would have no effect" in coordinator.get(f"/tenders/{tender.id}/invite").words
    form = coordinator.get(f"{base}/limits").form("Save and continue").fill(decided="apart")
    page = coordinator.submit(form, "Save and continue")
    assert "Apart: each lot is won on its own" in page.words
    assert "Choose the formula “Between a ceiling and an optimum”" in page.words


def test_each_lot_that_is_won_on_its_own_gets_its_ceiling_and_optimum(
    app: object,  # noqa: ARG001
    client_for: ClientFor,
) -> None:
    alliance = make.alliance(schools=2)
    tender = make.draft_tender(
        alliance,
        lots=[make.lot(f"Lot {name}", {("Meal", "meal"): 900}, alliance.schools) for name in "AB"],
        formula=PriceFormula.CEILING_OPTIMUM,
        ceiling=Money(5_000_00),
        optimum=Money(3_000_00),
    )
    coordinator = client_for(alliance.coordinator.person_id)
    form = coordinator.get(f"/tenders/{tender.id}/edit/lots/limits").form("Save and continue")
    form.fill(decided="apart", ceiling_1="2000", optimum_1="1000", ceiling_2="3000")
    page = coordinator.submit(form, status=422)
    assert page.errors() == {"optimum_2": "Enter the optimum of lot 2 too."}
    page = coordinator.submit(page.form("Save and continue").fill(optimum_2="3000"), status=422)
    assert "above its optimum" in page.errors()["ceiling_2"]
    page = coordinator.submit(page.form("Save and continue").fill(optimum_2="2000"))
    assert "Ceiling £3,000.00, optimum £2,000.00" in page.words
    assert "would have no effect" not in page.words


def test_one_lot_is_asked_why_and_its_suppliers_are_told(app: object, client_for: ClientFor) -> None:  # noqa: ARG001
    tender = make.draft_tender(make.alliance(schools=2))
    coordinator = client_for(tender.alliance.coordinator.person_id)
    path = f"/tenders/{tender.id}/edit/lots/limits"
    form = coordinator.get(path).form("Save and continue")
    page = coordinator.submit(form.fill(undivided_reason=""), "Save and continue", status=422)
    assert "section 18" in page.errors()["undivided_reason"]
    form = page.form("Save and continue").fill(undivided_reason="One kitchen team cooks every meal.")
    assert "One kitchen team cooks every meal." in coordinator.submit(form, "Save and continue").words


def test_a_school_reads_who_agreed_the_shared_cost_before_it_commits(
    app: object,  # noqa: ARG001
    client_for: ClientFor,
) -> None:
    tender = make.joining_tender(make.alliance(schools=2))
    school = tender.schools[1]
    reader = client_for(school.headteacher.person_id)
    page = reader.get(f"/tenders/{tender.id}/schools/{school.id}/commit")
    assert f"Version 1, by {tender.alliance.coordinator.name}" in page.words
    assert "It is fixed from publication on, before any quote is opened." in page.words


def test_the_shared_cost_of_a_published_tender_says_that_it_is_fixed(
    app: object,  # noqa: ARG001
    client_for: ClientFor,
) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    coordinator = client_for(tender.alliance.coordinator.person_id)
    page = coordinator.get(f"/tenders/{tender.id}/edit/shared-cost", status=422)
    assert "fixed when the tender was published" in page.words
