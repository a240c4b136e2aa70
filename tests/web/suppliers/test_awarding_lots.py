"""The pages on which lots go to several suppliers: combinations, recommendation, acceptance, award."""

import io
import uuid
from collections.abc import Callable

import openpyxl
import pytest

from suppliers.awards.combining import jobs, rules
from tests import make
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")
ClientFor = Callable[[uuid.UUID | None], Client]


@pytest.fixture
def contest() -> make.Contest:
    """Two schools, three lots of which one finds no quote, two suppliers, tiers and a bundle."""
    schools = make.alliance(schools=2)
    tender = make.published_tender(
        schools,
        lots=[
            make.lot(one, {("Meal", "meal"): 1_000}, schools.schools) for one in ("North", "South", "West")
        ],
        criteria=make.PRICE_ONLY,
        divided=make.Divided(tiers={1: (2,)}, bundles={"Both": ((1, 2), 60)}),
    )
    return make.contest_of(
        tender,
        [
            make.lot_offer(tender, {1: ("3", "2"), 2: ("2.1",)}, {"Both": "10"}),
            make.lot_offer(tender, {1: ("1.9", "1.9"), 2: ("2",)}),
        ],
    )


def test_a_coordinator_sees_the_combinations_recommends_the_best_and_schools_read_who_won_what(
    contest: make.Contest, client_for: ClientFor
) -> None:
    tender = contest.tender
    site = client_for(contest.coordinator.person_id)
    page = site.get(site.get(f"/tenders/{tender.id}/comparison").links()["See the combinations of lots"])
    assert "Nothing is worked out yet" in page.words
    page = site.submit(page.form("Work out the combinations"))
    for words in (
        "Proven: no combination that the rules allow is better.",
        "Best combination Lot 1: Supplier 1; Lot 2: Supplier 1 £7,380.00 The same",
        "without bundles Lot 1: Supplier 2; Lot 2: Supplier 2 £7,800.00 £420.00 more",
        "No quote can be compared for Lot 3: West",
        f"Without {tender.schools[0].name}",
    ):
        assert words in page.words
    by_schools = site.get(page.links()["What it costs by the number of schools that join"])
    assert "Lot 1: Supplier 2; Lot 2: Supplier 2 £3,900.00" in by_schools.words
    assert "Others than with one school fewer £7,380.00 £3,690.00" in by_schools.words
    book = openpyxl.load_workbook(io.BytesIO(site.open(f"/tenders/{tender.id}/comparison.xlsx").data))
    rows = list(book["By number of schools"].iter_rows(values_only=True))
    assert [row[0] for row in rows[-2:]] == [1, 2]
    page = site.get(page.links()["Recommend an award"])
    form = page.form("Recommend to the schools")
    assert form.values["lot_1"] == str(contest.quotes[0])
    page = site.submit(form.fill(lot_2=str(contest.quotes[1]), reasons="The least sum."), status=422)
    assert "not the proven best combination" in page.errors()["departure"]
    form = page.form("Recommend to the schools").fill(lot_2=str(contest.quotes[0]))
    page = site.submit(form)
    for words in ("Who wins which lot", "Lot 2: South Supplier 1", "10% off as a bundle", "£7,380.00"):
        assert words in page.words
    head = client_for(tender.schools[0].headteacher.person_id)
    assert "Approve the award to Supplier 1" in head.get(f"/tenders/{tender.id}/award/approve").words


def test_what_takes_long_is_worked_out_later_and_the_page_looks_again_by_itself(
    contest: make.Contest, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "AT_ONCE", 0)
    site = client_for(contest.coordinator.person_id)
    path = f"/tenders/{contest.tender.id}/award/combinations"
    page = site.submit(site.get(path).form("Work out the combinations"))
    assert "Weald is working this out." in page.words
    assert site.open(path).headers["Refresh"] == "5"
    jobs.work_out_waiting()
    assert "Proven" in site.get(path).words
    assert "Refresh" not in site.open(path).headers


def test_only_people_who_may_compare_see_combinations_and_only_the_coordinator_recommends(
    contest: make.Contest, client_for: ClientFor
) -> None:
    paths = [f"/tenders/{contest.tender.id}/award/{one}" for one in ("combinations", "recommend-lots")]
    for actor in (contest.suppliers[0].admin, make.alliance(schools=1, name="Others").coordinator):
        for path in paths:
            client_for(actor.person_id).get(path, status=404)
    bursar = client_for(contest.tender.schools[0].bursar.person_id)
    bursar.get(paths[1], status=403)
    page = bursar.get(paths[0])
    assert "The coordinator has the combinations worked out" in page.words
    with pytest.raises(KeyError):
        page.form("Work out the combinations")
