"""Quotes side by side: totals to the penny, published ranks, marks and what is said about them."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import ANYONE
from marketplace.tenders.rules import PriceFormula
from suppliers.evaluation import findings, queries
from suppliers.quotes.rules import Envelope
from tests import make

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("number", "abnormally_low"), [("R-43683-A", [False] * 10), ("T-43855-A", [True, False, False, False])]
)
def test_real_quotes_have_their_published_totals_and_ranks(number: str, abnormally_low: list[bool]) -> None:
    real = make.real_quotes(number)
    make.open_envelope(real.tender, Envelope.PRICE)
    compared = queries.comparison_of(make.fresh(), real.tender.row)
    bids = real.contract.bids
    assert not compared.set_aside
    assert [offer.quote_id for offer in compared.offers] == [real.quotes[bid.name] for bid in bids]
    assert [offer.total for offer in compared.offers] == [bid.total for bid in bids]
    assert [offer.rank for offer in compared.offers] == [str(bid.rank) for bid in bids]
    lines = [line for lot in compared.lots for line in lot.lines]
    for column, bid in enumerate(bids):
        assert tuple(line.cells[column].unit_price for line in lines) == bid.prices
        assert Money.total(line.cells[column].amount for line in lines) == bid.total
    assert [offer.is_lowest for offer in compared.offers] == [True] + [False] * (len(bids) - 1)
    assert [offer.is_abnormally_low for offer in compared.offers] == abnormally_low
    assert ("£596,764.44" in findings.find(compared).low_price) == any(abnormally_low)


def test_what_schools_lots_and_lines_come_to_adds_up_to_the_total() -> None:
    schools = make.alliance()
    one, two, _ = schools.schools
    lots = [
        make.lot("Meals", {("Meal", "meal"): 333, ("Fruit", "piece"): Decimal("0.3333")}, schools.schools),
        make.lot("Snacks", {("Snack", "snack"): 77}, (one, two)),
    ]
    contest = make.price_contest(schools, prices=("1.3337", "2.4441"), lots=lots)
    compared = contest.comparison
    for column, offer in enumerate(compared.offers):
        assert offer.total == Money.total(row.cells[column].amount for row in compared.schools)
        assert offer.total == Money.total(lot.totals[column].amount for lot in compared.lots)
        for lot in compared.lots:
            lines = Money.total(line.cells[column].amount for line in lot.lines)
            assert lot.totals[column].amount == lines
    three = compared.schools[2]
    assert three.cells[0].amount < compared.schools[0].cells[0].amount


def test_savings_are_against_the_baseline_over_the_whole_term() -> None:
    contest = make.price_contest(prices=("2.4000", "3.2000"))
    compared = contest.comparison
    assert compared.baseline == Money(252_000_00)
    first, second = compared.offers
    assert first.saving is not None
    assert first.saving.amount == Money(36_000_00)
    assert second.saving is not None
    assert second.saving.words == "£36,000.00 more (14.3%)"
    row = compared.schools[0]
    assert row.baseline == Money(84_000_00)
    assert row.cells[0].saving is not None
    assert row.cells[0].saving.amount == Money(12_000_00)


def test_the_lowest_is_marked_only_where_there_is_something_to_tell_apart() -> None:
    contest = make.price_contest(prices=("2.4000", "2.4000"))
    assert not any(offer.is_lowest for offer in contest.comparison.offers)
    contest = make.price_contest(contest.alliance, prices=("2.4000", "2.4000", "2.5000"))
    assert [offer.is_lowest for offer in contest.comparison.offers] == [True, True, False]
    assert [offer.rank for offer in contest.comparison.offers] == ["1=", "1=", "3"]
    assert len(contest.comparison.firsts) == 2
    assert "Draw lots" in " ".join(findings.find(contest.comparison).why_first)


def test_a_sole_quote_gets_full_marks_for_price_under_every_formula() -> None:
    schools = make.alliance()
    for formula in (PriceFormula.PROPORTION_OF_LOWEST, PriceFormula.LINEAR_LOWEST_HIGHEST):
        contest = make.price_contest(schools, prices=("2.4000",), formula=formula)
        (offer,) = contest.comparison.offers
        assert (offer.marks, offer.rank) == (Decimal("100.00"), "1")
        assert "the only quote" in findings.find(contest.comparison).why_first[0]


def test_under_ceiling_and_optimum_marks_do_not_depend_on_the_other_quotes() -> None:
    schools = make.alliance()
    marks = []
    for prices in (("2.4000",), ("2.4000", "2.9000", "3.3000")):
        contest = make.price_contest(
            schools,
            prices=prices,
            formula=PriceFormula.CEILING_OPTIMUM,
            ceiling=Money(300_000_00),
            optimum=Money(200_000_00),
        )
        marks.append(contest.comparison.offers[0].marks)
    assert marks == [Decimal("84.00"), Decimal("84.00")]


def test_equal_marks_are_parted_by_the_published_tie_break_and_the_page_says_how() -> None:
    contest = make.priced_contest(
        prices=("2.0000", "2.0000"), scores=((5, 0), (2, 5)), criteria=make.PRICE_AND_QUALITY
    )
    first, second = contest.comparison.offers
    assert first.marks == second.marks == Decimal("85.00")
    assert (first.rank, second.rank) == ("1=", "1=")
    assert contest.comparison.firsts == (first,)
    assert first.quote_id == contest.quotes[0]
    words = findings.find(contest.comparison).why_first[0]
    assert "“Menus”, which weighs most" in words


def test_the_comparison_is_for_people_of_the_alliance_once_prices_are_open(session: Session) -> None:
    contest = make.moderated_contest()
    with pytest.raises(NotFound):
        queries.get_comparison(session, contest.coordinator, contest.tender.id)
    make.open_envelope(contest.tender, Envelope.PRICE)
    readers = [contest.coordinator, contest.alliance.auditor, contest.tender.schools[0].bursar]
    for reader in readers:
        queries.get_comparison(make.fresh(), reader, contest.tender.id)
    for stranger in (contest.suppliers[0].admin, make.alliance(name="Other").coordinator, ANYONE):
        with pytest.raises(NotFound):
            queries.get_comparison(make.fresh(), stranger, contest.tender.id)
