"""What a service credit comes to, and what a review must say."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from suppliers.awards.credits import rules
from suppliers.awards.credits.rules import CreditStatus, CreditTerms
from suppliers.awards.performance import rules as performance
from suppliers.awards.performance.rules import Measure, Rated, Rating, Reviewed

LATE = CreditTerms("Late service", "More than 15 minutes late", each=Money(50_00), most_basis_points=500)
SHARE = CreditTerms("Outage", "No service for a day", basis_points=250)
YEAR = Money(12_000_00)
TODAY = date(2027, 3, 1)


def refused(terms: CreditTerms) -> str | None:
    with pytest.raises(RuleBroken) as found:
        rules.check_terms(terms)
    return found.value.field


def test_a_credit_is_a_sum_each_time_or_a_share_of_a_months_charge() -> None:
    assert rules.credit(LATE, 3, YEAR, ZERO) == Money(150_00)
    assert rules.credit(SHARE, 2, YEAR, ZERO) == Money(50_00)
    assert rules.credit(SHARE, 1, Money(100_01), ZERO) == Money(21)


def test_a_credit_ends_at_the_most_of_the_contract_year() -> None:
    assert rules.credit(LATE, 20, YEAR, ZERO) == Money(600_00)
    assert rules.credit(LATE, 20, YEAR, Money(580_00)) == Money(20_00)
    with pytest.raises(RuleBroken, match="claimed already"):
        rules.credit(LATE, 1, YEAR, Money(600_00))


@given(some.lists(some.integers(1, 40), max_size=12), some.integers(1, 10_000), some.integers(1, 10**9))
def test_credits_of_a_year_never_come_to_more_than_its_most(times: list[int], most: int, annual: int) -> None:
    terms, claimed = replace(LATE, most_basis_points=most), ZERO
    limit = Money((2 * annual * most + 10_000) // 20_000)
    for occurrences in times:
        try:
            claimed += rules.credit(terms, occurrences, Money(annual), claimed)
        except RuleBroken:
            assert claimed >= limit
    assert claimed <= max(limit, ZERO)


def test_a_rule_is_a_sum_or_a_share_and_says_when() -> None:
    assert refused(replace(LATE, basis_points=100)) == "each"
    assert refused(replace(LATE, each=None)) == "each"
    assert refused(replace(LATE, each=ZERO)) == "each"
    assert refused(replace(LATE, title=" ")) == "title"
    assert refused(replace(LATE, trigger="")) == "trigger"
    assert refused(replace(SHARE, basis_points=10_001)) == "percent"
    rules.check_terms(LATE)


def test_the_contract_year_begins_on_the_contracts_first_day() -> None:
    starts_on = date(2027, 9, 1)
    assert rules.contract_year(starts_on, date(2028, 8, 31)) == starts_on
    assert rules.contract_year(starts_on, date(2028, 9, 1)) == date(2028, 9, 1)


def test_a_settled_credit_stays_and_a_disputed_one_gives_reasons() -> None:
    for wanted in CreditStatus:
        with pytest.raises(RuleBroken):
            rules.move(CreditStatus.SETTLED, wanted)
    with pytest.raises(RuleBroken) as found:
        rules.check_answer(CreditStatus.DISPUTED, " ")
    assert found.value.field == "reply"
    rules.check_answer(CreditStatus.ACCEPTED, "")


def reviewed(evidence: str = "Eleven of twelve on time.", **changes: object) -> Reviewed:
    ratings = tuple(Rated(one, Rating.GOOD, evidence) for one in Measure)
    return replace(Reviewed(date(2027, 1, 1), date(2027, 2, 28), ratings), **changes)  # type: ignore[arg-type]


def test_a_review_rates_every_measure_with_evidence() -> None:
    starts_on = date(2027, 1, 1)
    performance.check_review(reviewed(), starts_on, TODAY)
    for wrong, field in (
        (reviewed(" "), "evidence_quality"),
        (reviewed(covers_until=date(2026, 12, 31)), "covers_until"),
        (reviewed(covers_from=date(2026, 12, 31)), "covers_from"),
        (reviewed(covers_until=date(2027, 3, 2)), "covers_until"),
        (reviewed(ratings=()), None),
    ):
        with pytest.raises(RuleBroken) as found:
            performance.check_review(wrong, starts_on, TODAY)
        assert found.value.field == field


def test_other_schools_read_a_review_once_the_supplier_replied_or_had_ten_working_days() -> None:
    recorded_on = date(2027, 3, 1)
    last = performance.reply_until(recorded_on)
    assert last == date(2027, 3, 12)
    assert not performance.is_open_to_members(recorded_on, last, replied=False)
    assert performance.is_open_to_members(recorded_on, date(2027, 3, 13), replied=False)
    assert performance.is_open_to_members(recorded_on, recorded_on, replied=True)
