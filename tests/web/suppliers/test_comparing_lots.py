"""The comparison page, its downloads and a quote's page, where each lot is won on its own."""

import csv
import io
import uuid
from collections.abc import Callable

import openpyxl
import pytest

from tests import make
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")


def test_each_lot_is_compared_on_its_own_and_can_be_taken_away(
    client_for: Callable[[uuid.UUID | None], Client],
) -> None:
    schools = make.alliance()
    tender = make.published_tender(
        schools,
        lots=[
            make.lot(name, {("Meal", "meal"): 1_000}, schools.schools) for name in ("North", "South", "West")
        ],
        criteria=make.PRICE_ONLY,
        divided=make.Divided(tiers={1: (2,)}, bundles={"Both": ((1, 2), 50)}),
    )
    contest = make.contest_of(
        tender,
        [
            make.lot_offer(tender, {1: ("3", "2.5"), 2: ("4",)}, {"Both": "5"}),
            make.lot_offer(tender, {1: ("2.6", "2.6")}),
        ],
    )
    site = client_for(contest.tender.schools[0].bursar.person_id)
    path = f"/tenders/{tender.id}/comparison"
    page = site.get(path)
    firsts = page.texts("table")[0]
    for words in ("Lot 1: North", "2", "Supplier 1", "£7,500.00", "Lot 3: West", "No quote can be compared"):
        assert words in firsts
    for words in (
        "This tender has bundles, so who wins what is worked out over all lots together",
        "What lot 1 would cost at the prices of each tier",
        "From 2 schools If every school buys",
        "No quote for this lot can be compared, so it cannot be awarded.",
    ):
        assert words in page.words
    book = openpyxl.load_workbook(io.BytesIO(site.download(f"{path}.xlsx").data))
    assert book.sheetnames[:5] == [
        "First in each lot",
        "By school",
        "Lot 1",
        "Lot 1 by tier",
        "Lot 1 schools",
    ]
    assert [cell.value for cell in book["First in each lot"][2]][:5] == [1, "North", 2, "Supplier 1", 7500]
    rows = list(csv.reader(io.StringIO(site.download(f"{path}.csv").data.decode("utf-8-sig"))))
    assert len(rows) == 1 + 3
    assert rows[1][5] == "Supplier 1"
    assert rows[1][7:] == ["2.5000", "7500.00", "1"]
    own = site.get(f"/quotes/{contest.quotes[0]}/assessment")
    assert "Its place in each lot that it is for" in own.words
    assert "Lot 2: South 1 £12,000.00" in own.words
