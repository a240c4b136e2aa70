"""What the year saved, added up from its awards."""

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.annual_pack import rules
from invoicing.annual_pack.rules import Bought, Purchase
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

ALDER, BEECH = uuid.UUID(int=1), uuid.UUID(int=2)


def purchase(*schools: Bought) -> Purchase:
    return Purchase(uuid.uuid4(), "T-1", "Meals", "Catering", "Alpha", date(2026, 10, 1), None, schools)


def bought(school_id: uuid.UUID, price: int, baseline: int | None) -> Bought:
    name = {ALDER: "Alder", BEECH: "Beech"}[school_id]
    return Bought(school_id, name, Money(price), None if baseline is None else Money(baseline))


purchases = st.lists(
    st.builds(
        purchase,
        st.builds(bought, st.just(ALDER), st.integers(0, 10**9), st.none() | st.integers(0, 10**9)),
        st.builds(bought, st.just(BEECH), st.integers(0, 10**9), st.none() | st.integers(0, 10**9)),
    ),
    max_size=6,
)


def test_a_school_that_pays_more_is_shown_with_a_minus() -> None:
    (alder, beech) = rules.savings_by_school([purchase(bought(ALDER, 900, 1000), bought(BEECH, 700, 500))])
    assert (alder.school, alder.saving) == ("Alder", Money(100))
    assert (beech.school, beech.saving) == ("Beech", Money(-200))
    assert rules.whole([alder, beech]).saving == Money(-100)


def test_a_purchase_without_known_spend_is_counted_and_left_out_of_the_sums() -> None:
    one = purchase(bought(ALDER, 900, None), bought(BEECH, 400, 500))
    (alder, _) = rules.savings_by_school([one, purchase(bought(ALDER, 10, 30))])
    assert (alder.purchases, alder.unknown, alder.saving) == (2, 1, Money(20))
    assert one.saving is None


@given(purchases)
def test_schools_add_up_to_the_whole_and_to_the_purchases(awarded: list[Purchase]) -> None:
    savings = rules.savings_by_school(awarded)
    known = [one for purchase in awarded for one in purchase.schools if one.baseline is not None]
    expected = Money.total(one.baseline - one.price for one in known if one.baseline is not None)
    assert rules.whole(savings).saving == expected
    assert rules.savings_by_school(list(reversed(awarded))) == savings


def test_priorities_that_fill_a_book_are_refused() -> None:
    assert rules.check_priorities("  Buy insurance together.\n") == "Buy insurance together."
    with pytest.raises(RuleBroken, match="6,000 characters"):
        rules.check_priorities("x" * 6_001)
