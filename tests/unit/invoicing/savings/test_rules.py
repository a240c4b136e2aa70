"""A saving is price + volume + avoided rise, to the penny, and negative where more was paid."""

from contextlib import nullcontext
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.savings import rules
from invoicing.savings.rules import Accepted, BaselineTerms, InvoicedTerms, Saving
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

YEAR = (date(2026, 9, 1), date(2027, 8, 31))
OLD_INVOICES = "Twelve invoices of the old caterer"


def before(
    pence: int = 100_000_00, quantity: str | None = "40000", rise: int = 0, source: str = OLD_INVOICES
) -> BaselineTerms:
    return BaselineTerms(
        Money(pence),
        source,
        Decimal(quantity) if quantity else None,
        "meals" if quantity else "",
        rise,
        "Letter of 3 March" if rise else "",
    )


def now(pence: int, quantity: str | None = "38000", days: tuple[date, date] = YEAR) -> InvoicedTerms:
    return InvoicedTerms(*days, Money(pence), "KC-1 to KC-12", Decimal(quantity) if quantity else None)


def test_a_saving_worked_out_by_hand() -> None:
    saving = rules.measure(before(rise=450), Money(88_000_00), now(85_500_00))
    # old price 2.50 a meal: 38,000 meals would have cost 95,000; 4.5 % more would have been 4,275
    assert saving == Saving(
        baseline=Money(100_000_00),
        awarded=Money(88_000_00),
        invoiced=Money(85_500_00),
        price=Money(9_500_00),
        volume=Money(5_000_00),
        avoided=Money(4_275_00),
    )
    assert saving.total == Money(18_775_00)


def test_a_term_is_held_against_the_baseline_of_its_months() -> None:
    saving = rules.measure(
        before(), Money(88_000_00), now(27_000_00, "10000", (date(2026, 9, 1), date(2026, 11, 30)))
    )
    assert (saving.baseline, saving.awarded) == (Money(25_000_00), Money(22_000_00))
    assert (saving.price, saving.volume, saving.total) == (Money(-2_000_00), ZERO, Money(-2_000_00))


def test_who_pays_more_sees_a_minus_and_buying_more_is_told_apart_from_paying_more() -> None:
    saving = rules.measure(before(), Money(1), now(120_000_00, "50000"))
    assert (saving.price, saving.volume) == (Money(5_000_00), Money(-25_000_00))
    assert saving.total == Money(-20_000_00)


def test_without_a_quantity_all_of_the_difference_is_price() -> None:
    saving = rules.measure(before(quantity=None), Money(1), now(90_000_00, None))
    assert (saving.price, saving.volume) == (Money(10_000_00), ZERO)


terms = st.builds(
    BaselineTerms,
    st.integers(1, 10**9).map(Money),
    st.just(OLD_INVOICES),
    st.none() | st.integers(1, 10**9).map(lambda number: Decimal(number).scaleb(-4)),
    st.just("units"),
    st.integers(0, 10_000),
)
costs = st.builds(
    InvoicedTerms,
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.dates(date(2027, 1, 1), date(2029, 1, 1)),
    st.integers(0, 10**9).map(Money),
    st.just("1 to 12"),
    st.none() | st.integers(1, 10**9).map(lambda number: Decimal(number).scaleb(-4)),
)


@given(st.lists(st.tuples(terms, costs), max_size=6))
def test_price_volume_and_avoided_rise_explain_every_penny_of_one_and_of_all(
    pairs: list[tuple[BaselineTerms, InvoicedTerms]],
) -> None:
    savings = [rules.measure(baseline, Money(5), cost) for baseline, cost in pairs]
    for one, (baseline, cost) in zip(savings, pairs, strict=True):
        assert cost.amount is not None
        assert one.price + one.volume + one.avoided == one.total
        assert one.total == one.baseline + one.avoided - cost.amount
        assert one.avoided >= ZERO
        assert bool(one.avoided) <= bool(baseline.rise)
    whole = rules.added_up(savings)
    assert whole.total == Money.total(one.total for one in savings)
    assert whole.price == Money.total(one.price for one in savings)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (before(source=" "), "source"),
        (before(pence=0), "amount"),
        (BaselineTerms(Money(1), OLD_INVOICES, Decimal(1), ""), "unit"),
        (BaselineTerms(Money(1), OLD_INVOICES, None, "", 450, ""), "rise_source"),
        (BaselineTerms(Money(1), OLD_INVOICES, None, "", 10_001, "Letter"), "rise"),
    ],
)
def test_a_baseline_without_evidence_is_refused(terms: BaselineTerms, field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.check_baseline(terms)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ((date(2026, 10, 1), date(2026, 9, 30)), "ends_on"),
        ((date(2026, 9, 1), date(2026, 11, 28)), "ends_on"),
        ((date(2026, 8, 31), date(2026, 9, 30)), "starts_on"),
        ((date(2026, 9, 30), date(2026, 10, 31)), "starts_on"),
    ],
)
def test_a_time_that_is_not_over_outside_the_contract_or_counted_already_is_refused(
    days: tuple[date, date], field: str
) -> None:
    september = (date(2026, 9, 1), date(2026, 9, 30))
    with pytest.raises(RuleBroken) as refusal:
        rules.check_invoiced(
            now(1, None, days),
            contract=YEAR,
            known=[september],
            measured=False,
            accepted=[],
            today=date(2026, 11, 27),
        )
    assert refusal.value.field == field
    with pytest.raises(RuleBroken, match="Enter the quantity"):
        rules.check_invoiced(
            now(1, None, september),
            contract=YEAR,
            known=[],
            measured=True,
            accepted=[],
            today=date(2026, 11, 27),
        )


def test_without_an_amount_what_was_accepted_for_the_time_is_counted_credit_notes_taken_off() -> None:
    days = (date(2026, 9, 1), date(2026, 9, 30))
    blank = InvoicedTerms(*days, None, "")
    bought = [
        Accepted(date(2026, 8, 31), "KC-0", Money(999_00)),
        Accepted(date(2026, 9, 1), "KC-1", Money(100_00)),
        Accepted(date(2026, 9, 30), "KC-2", Money(50_00)),
        Accepted(date(2026, 9, 30), "CN-1", Money(-20_00)),
    ]
    found = rules.counted(blank, bought)
    assert found is not None
    assert (found.amount, found.source) == (Money(130_00), "Counted from what was accepted: KC-1, KC-2, CN-1")
    assert rules.counted(blank, bought[:1]) is None
    typed = now(1, None, days)
    assert rules.counted(typed, bought) is typed
    for accepted, refused in ((bought[:1], True), (bought, False)):
        with pytest.raises(RuleBroken, match="has accepted no invoice") if refused else nullcontext():
            rules.check_invoiced(
                blank,
                contract=YEAR,
                known=[],
                measured=False,
                accepted=accepted,
                today=date(2026, 11, 27),
            )
