"""A whole letting that was really held: ten lots, thirty-three quotes, from Excel to an award of each lot."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import actions as awards
from suppliers.awards import bought
from suppliers.awards.combining import actions, jobs, queries
from suppliers.awards.combining.rules import LotRecommendation, State
from suppliers.awards.queries import live_awards
from suppliers.quotes.actions import take_prices
from suppliers.quotes.filled_schedule import read_schedule
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.price_schedule import price_schedule
from tests import make
from tests.make.quotes import BIDS

AS_GATHERED = {
    ("R-37669-A", "MILESTONE CONTRACTORS LP"): Money(7_749_209_57),
    ("R-44001-B", "RIETH-RILEY CONSTRUCTION CO., INC."): Money(13_419_967_07),
    ("R-44001-B", "F H PASCHEN S N NIELSEN & ASSOCIATES LLC"): Money(14_880_974_75),
}
"""What the gathered prices of three losing bids add up to, which is not what was published."""


@dataclass(frozen=True, slots=True)
class Held:
    """A contract of the letting: its lines as (item, unit, quantity), and each bidder's prices and total."""

    title: str
    lines: tuple[tuple[str, str, Decimal], ...]
    bids: Mapping[str, tuple[tuple[Decimal, ...], Money]]
    winner: str


def total_of(contract: str, bid: dict[str, str]) -> Money:
    """What a bid came to."""
    return AS_GATHERED.get((contract, bid["name"])) or Money.from_pounds(Decimal(bid["total"]))


def letting() -> list[Held]:
    """The letting of 7 May 2026, dollars read as pounds."""
    held = json.loads((BIDS / "indot_letting_2026-05-07.json").read_text("utf-8"))
    return [
        Held(
            f"{one['contract']} {one['description']}".capitalize(),
            tuple(
                (f"{item['line']} {item['description']}", item["unit"], Decimal(item["quantity"]))
                for item in one["items"]
            ),
            {
                bid["name"]: (
                    tuple(Decimal(bid["unit_prices"][item["line"]]) for item in one["items"]),
                    AS_GATHERED.get((one["contract"], bid["name"]))
                    or Money.from_pounds(Decimal(bid["total"])),
                )
                for bid in one["bidders"]
            },
            min(one["bidders"], key=lambda bid: bid["rank"])["name"],
        )
        for one in held["contracts"]
    ]


def offer_of(asked: Schedule, contracts: list[Held], bidder: str) -> Offer:
    """What a bidder offered, for the lots that it bid for."""
    prices: dict[uuid.UUID, Decimal] = {}
    for lot, contract in zip(asked.lots, contracts, strict=True):
        if bidder in contract.bids:
            unit_prices, _ = contract.bids[bidder]
            prices |= dict(zip([line.id for line in lot.lines], unit_prices, strict=True))
    return Offer(prices)


def filled_in(asked: Schedule, contracts: list[Held], bidder: str) -> bytes:
    """The workbook that a bidder uploads, without the sheets of lots that it does not bid for."""
    offer = offer_of(asked, contracts, bidder)
    lots = tuple(lot for lot in asked.lots if lot.lines[0].id in offer.prices)
    own = replace(asked, lots=lots)
    vars(own)["fingerprint"] = asked.fingerprint
    return price_schedule(own, offer)


@pytest.mark.embedded
@pytest.mark.long
@pytest.mark.usefixtures("app")
def test_a_real_letting_goes_from_excel_to_the_award_that_was_published() -> None:
    contracts = letting()
    assert (len(contracts), sum(len(one.bids) for one in contracts)) == (10, 33)
    alliance = make.alliance(schools=2)
    buyer = alliance.schools[0]
    tender = make.published_tender(
        alliance,
        title="Roads and bridges",
        category="other",
        lots=[
            make.lot(one.title, {(item, unit): {buyer.id: units} for item, unit, units in one.lines}, [])
            for one in contracts
        ],
        schools=[buyer],
        criteria=make.PRICE_ONLY,
        divided=make.Divided(),
    )
    asked = make.quote_schedule(tender)
    suppliers = {}
    for name in dict.fromkeys(bidder for one in contracts for bidder in one.bids):
        supplier = make.supplier(name.title(), categories=["other"])
        reading = read_schedule(filled_in(asked, contracts, name), asked)
        assert not reading.problems
        take_prices(supplier.admin, tender.id, supplier.id, reading.offer)
        draft = make.draft_of(tender, supplier)
        make.submit_draft(draft, supplier)
        suppliers[draft] = name
    make.opened_quotes(tender)

    problem = queries.problem_of(make.fresh(), tender.row)
    assert problem
    for lot, contract in zip(problem.results.lots, contracts, strict=True):
        totals = {suppliers[offer.quote_id]: offer.total for offer in lot.comparison.offers}
        assert totals == {name: total for name, (_, total) in contract.bids.items()}
    run_id = new_id()
    coordinator = alliance.coordinator
    actions.ask_for_combinations(coordinator, tender.id, run_id, 60)
    jobs.work_out_waiting()
    worked = queries.worked_on(make.fresh(), tender.id, problem)
    assert worked
    assert worked.best.state is State.PROVEN
    wanted = LotRecommendation(worked.best.winners, "The lowest price of each lot.")
    with pytest.raises(RuleBroken, match="abnormally low, and it has not been asked"):
        actions.recommend_lots(coordinator, tender.id, tender.version, wanted)
    make.accept_low_prices(coordinator, tender)
    actions.recommend_lots(coordinator, tender.id, tender.version, wanted)
    live = live_awards(make.fresh(), tender.id)
    assert [(suppliers[award.quote_id], award.total) for award in live] == [
        (contract.winner, contract.bids[contract.winner][1]) for contract in contracts
    ]
    assert bought.by_school(make.fresh(), tender.id, live) == {buyer.id: Money(worked.best.cost)}
    for school in alliance.schools:
        awards.approve_award(school.headteacher, tender.id, tender.version)
    make.confirm_award(make.Contest(tender, (), tuple(suppliers)))
    assert tender.row.status is TenderStatus.AWARDED
    made = make.fresh().scalars(select(Contract)).all()
    assert sorted(one.supplier_name for one in made) == sorted(one.winner.title() for one in contracts)
