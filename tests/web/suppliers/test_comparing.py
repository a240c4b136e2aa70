"""The comparison page and its downloads."""

import csv
import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from marketplace.tenders import actions
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.rules import PriceFormula
from suppliers.awards.letters import drafting
from suppliers.evaluation.actions import exclude_quote
from tests import make
from tests.make import Contest
from tests.web.client import Client, listening

pytestmark = pytest.mark.usefixtures("app")
AsPerson = Callable[[Actor], Client]


@pytest.fixture
def as_person(client_for: Callable[[uuid.UUID | None], Client]) -> AsPerson:
    return lambda actor: client_for(actor.person_id)


def comparison(contest: Contest) -> str:
    return f"/tenders/{contest.tender.id}/comparison"


def queries_of(client: Client, path: str) -> int:
    with listening(db.engine) as heard:
        client.get(path)
    return len(heard)


def test_all_quotes_stand_side_by_side_with_ranks_marks_and_savings(as_person: AsPerson) -> None:
    contest = make.priced_contest()
    page = as_person(contest.tender.schools[2].bursar).get(comparison(contest))
    ranking = page.texts("table")[0]
    assert "£225,000.00" in ranking
    assert "£216,000.00 Lowest" in ranking
    assert "£36,000.00 less (14.3%)" in ranking
    assert page.texts("tbody")[0].index("Supplier 2") < page.texts("tbody")[0].index("Supplier 1")
    assert "Supplier 2 has 94.60 of 100 marks, 7.24 marks more than Supplier 3 in second place." in page.words
    assert "Supplier 2 wins for any price weight between 0% and 86.21%." in page.words
    assert "The published weight is 60%." in page.words
    assert "No agreed score, one mark higher or lower, would change which quote is first." in page.words
    assert (
        "By the average of what 2 evaluators gave before they agreed, Supplier 1 would be first" in page.words
    )
    assert "Leaving out any one of the other quotes would not change which is first." in page.words
    assert page.select("svg title")
    by_schools = as_person(contest.coordinator).get(page.links()["By number of schools"])
    assert "3 Cedar Primary School Supplier 2 £225,000.00 £75,000.00 £75,000.00" in by_schools.words
    for school in contest.tender.schools:
        assert school.name in page.words


def test_quality_set_against_price_is_compared_recommended_and_told_without_giving_a_price_away(
    as_person: AsPerson,
) -> None:
    """216,000 for 68 points, 225,000 for 92 and 247,500 for 88."""
    price, menus, staff = make.PRICE_AND_QUALITY
    halves = (replace(price, weight=50), replace(menus, weight=30), replace(staff, weight=20))
    contest = make.priced_contest(criteria=halves, formula=PriceFormula.PRICE_PER_QUALITY)
    coordinator = as_person(contest.coordinator)
    page = coordinator.get(comparison(contest))
    assert "1 £225,000.00 92.00 £2,445.65" in page.texts("tbody tr")[0]
    assert (
        "Supplier 2 has £2,445.65 for each quality point, £366.85 less than Supplier 3 in second place."
        in page.words
    )
    assert "Supplier 2 wins for any price weight between 0% and 88.1%. Above" in page.words
    assert "Other weights are those of the weighted value index." in page.words
    assert "marks" not in page.words.lower().replace("pass marks", "")
    book = openpyxl.load_workbook(io.BytesIO(coordinator.download(comparison(contest) + ".xlsx").data))
    rows = list(book["Ranking"].iter_rows(values_only=True))
    assert rows[0][3:6] == ("Total price", "Quality points of 100", "Price of a quality point")
    assert rows[1][3:6] == (225_000, 92, 2_445.65)
    first = coordinator.get(f"/quotes/{contest.quotes[1]}/assessment")
    assert "92.00 of 100 quality points" in first.words
    make.recommend_award(contest)
    make.approve_award(contest)
    told = drafting.drafts(make.fresh(), contest.tender.row)
    own, winner = told[contest.quotes[0]].own[0], told[contest.quotes[0]].winners[0]
    assert own.outcome == "£3,176.47 for each quality point"
    assert winner.outcome == "92.00 of 100 quality points"
    assert "2,445" not in told[contest.quotes[0]].to_json()
    assert "confidential price" in winner.lines[0].reason


def test_each_schools_conditions_are_held_against_the_quote_in_first_place(as_person: AsPerson) -> None:
    """30,000 meals over three years at £2.40 are £24,000 a year, £4,000 less than today."""
    alliance = make.alliance(schools=2)
    tender = make.joining_tender(alliance, criteria=make.PRICE_ONLY)
    alder, beech = alliance.schools
    make.commit(tender, alder, conditions=Conditions(price_at_most=Money(24_000_00), schools_at_least=2))
    make.commit(tender, beech, conditions=Conditions(saving_at_least=1_500))
    commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
    actions.publish_tender(beech.headteacher, tender.id, tender.version)
    for price in ("2.40", "2.60"):
        make.submitted_quote(tender, make.supplier(f"At {price}"), price)
    make.opened_quotes(tender)
    page = as_person(alder.bursar).get(f"/tenders/{tender.id}/comparison")
    rows = page.texts("tbody tr")
    assert "Alder Primary School it pays at most £24,000.00 a year before VAT Holds" in rows
    assert "Beech Primary School it saves at least 15% of what it pays today Does not hold" in rows


def test_nobody_sees_a_price_before_the_price_envelope_is_open(as_person: AsPerson) -> None:
    contest = make.moderated_contest(prices=("2.3917", "2.4519", "2.5123"))
    for person in (contest.coordinator, contest.alliance.auditor, contest.tender.schools[0].headteacher):
        client = as_person(person)
        for ending in ("", ".xlsx", ".csv"):
            client.get(comparison(contest) + ending, status=404)
        for address in ("/evaluation", f"/tenders/{contest.tender.id}", "/awards"):
            assert "2.3917" not in client.get(address).text


def test_suppliers_and_other_alliances_do_not_see_the_comparison(as_person: AsPerson) -> None:
    contest = make.priced_contest()
    other = make.alliance(name="Other")
    for person in (contest.suppliers[0].admin, other.coordinator, other.schools[0].governor):
        for ending in ("", ".xlsx", ".csv"):
            as_person(person).get(comparison(contest) + ending, status=404)


def test_a_price_far_below_the_others_is_flagged_with_what_to_do(as_person: AsPerson) -> None:
    contest = make.price_contest(prices=("1.5000", "2.4000", "2.5000", "2.7500"))
    page = as_person(contest.coordinator).get(comparison(contest))
    assert "Explain the price" in page.texts("tbody")[0]
    assert "15% below the average of all quotes but the highest" in page.words
    assert "Ask the supplier in writing to explain the price" in page.words


def test_the_page_says_how_marks_are_given(as_person: AsPerson) -> None:
    contest = make.priced_contest(
        formula=PriceFormula.CEILING_OPTIMUM,
        ceiling=Money(300_000_00),
        optimum=Money(100_000_00),
        indexation=Decimal(2),
        discount_rate=Decimal("3.5"),
    )
    page = as_person(contest.coordinator).get(comparison(contest))
    assert "Price counts for 60 of 100 marks, quality for 40." in page.words
    assert "A total price at the ceiling or above gets no marks" in page.words
    assert "The time at which a quote arrived never counts." in page.words
    assert "Prices rise by 2% a year" in page.words.replace("From the second year on prices", "Prices")
    first = contest.comparison.offers[0]
    assert first.whole_life
    assert first.whole_life.years == (Money(75_000_00), Money(76_500_00), Money(78_030_00))
    assert first.whole_life.nominal == Money(229_530_00)
    assert first.judged == first.whole_life.discounted == Money(221_754_88)
    assert "All years, as paid" in page.words
    assert "£221,754.88" in page.words
    assert "Its whole-life cost of £221,754.88 is" in page.words


def test_prices_alone_are_compared_without_a_quality_column(as_person: AsPerson) -> None:
    contest = make.price_contest()
    page = as_person(contest.coordinator).get(comparison(contest))
    assert "Quality" not in page.texts("table thead")[0]
    assert len(page.select("svg")) >= 1


def test_a_school_without_a_known_spend_has_no_saving_and_the_page_says_so(as_person: AsPerson) -> None:
    schools = make.alliance()
    one, two, three = schools.schools
    baselines = {one.id: Money(0), two.id: Money(28_000_00), three.id: Money(28_000_00)}
    contest = make.price_contest(schools, baselines=baselines)
    page = as_person(contest.coordinator).get(comparison(contest))
    assert f"Today’s spend of {one.name} is not known" in page.words
    assert "Against today’s spend" not in page.words


def test_when_every_quote_is_out_the_page_says_why(as_person: AsPerson) -> None:
    contest = make.price_contest(prices=("2.40",))
    quote = make.quote(contest.quotes[0])
    exclude_quote(contest.coordinator, quote.id, "No certificate.", quote.version)
    page = as_person(contest.coordinator).get(comparison(contest))
    assert "No quote can be compared" in page.words
    assert "No certificate." in page.words


def test_the_workbook_holds_texts_as_texts_and_amounts_as_numbers(as_person: AsPerson) -> None:
    schools = make.alliance()
    lots = [make.lot("Meals", {("=HYPERLINK(1)", "+meal"): 1_000}, schools.schools)]
    contest = make.price_contest(schools, lots=lots, title="@Meals & more £")
    answer = as_person(contest.coordinator).download(f"{comparison(contest)}.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == [
        *("Ranking", "By school", "By lot", "By line", "Scores and reasons", "By number of schools")
    ]
    assert [row[0].value for row in book["By number of schools"].iter_rows(min_row=2)][-3:] == [1, 2, 3]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book["By line"]["C2"].value == "=HYPERLINK(1)"
    assert book["Ranking"]["D2"].value == 7200
    assert book["By line"]["F2"].value == 2.4
    assert book["Ranking"]["B2"].value == "Supplier 1"


def test_the_csv_gives_every_price_and_no_formula(as_person: AsPerson) -> None:
    schools = make.alliance()
    lots = [make.lot("Meals", {("=1+1", "@meal"): 1_000, ("Snack £", "snack"): 10}, schools.schools)]
    contest = make.price_contest(schools, lots=lots)
    answer = as_person(contest.coordinator).download(f"{comparison(contest)}.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[1][:5] == ["1", "1", "'=1+1", "'@meal", "3000.0000"]
    assert rows[2][2] == "Snack £"
    assert rows[1][5:7] == ["2.4000", "7200.00"]
    assert rows[-1][2] == "Total"
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-"))]


def test_the_number_of_queries_does_not_grow_with_quotes_and_lines(as_person: AsPerson) -> None:
    few = make.price_contest(prices=("2.40",))
    client = as_person(few.coordinator)
    client.get(comparison(few))
    asked = queries_of(client, comparison(few))
    lots = [make.lot("Meals", {(f"Item {n}", "meal"): 100 + n for n in range(20)}, few.tender.schools)]
    many = make.price_contest(few.alliance, prices=("2.40", "2.50", "2.60", "2.70", "2.80"), lots=lots)
    assert queries_of(client, comparison(many)) == asked
