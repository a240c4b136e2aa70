import dataclasses
import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.money import Money
from suppliers.quotes import amounts, offers, shown
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.rules import Envelope
from tests.unit.suppliers.quotes.schedules import apart, line, question, schedule

PRICES = st.decimals(min_value=0, max_value=10_000_000, places=4)
TEXTS = st.text(max_size=200)


STARTS = st.decimals(min_value=1, max_value=1_000_000, places=4)
PERCENTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99.99"), places=2)


@settings(max_examples=50)
@given(
    st.dictionaries(st.uuids(), PRICES, max_size=5),
    st.dictionaries(st.uuids(), TEXTS, max_size=3),
    st.dictionaries(st.tuples(st.uuids(), STARTS), PRICES, max_size=3),
    st.dictionaries(st.uuids(), PERCENTS, max_size=2),
    st.frozensets(st.uuids(), max_size=3),
)
def test_what_is_sealed_is_what_is_read_again(
    prices: dict[uuid.UUID, Decimal],
    answers: dict[uuid.UUID, str],
    tiers: dict[tuple[uuid.UUID, Decimal], Decimal],
    discounts: dict[uuid.UUID, Decimal],
    lots: frozenset[uuid.UUID],
) -> None:
    offer = Offer(prices, answers, tiers, discounts, lots)
    assert Offer.from_bodies(offer.bodies(tuple(Envelope))) == offer


def test_an_envelope_sealed_before_there_were_lots_reads_as_it_did() -> None:
    line_id = uuid.uuid4()
    body = b'{"prices":{"' + str(line_id).encode() + b'":"2.4575"}}'
    offer = Offer.from_bodies({Envelope.PRICE: body})
    assert offer == Offer({line_id: Decimal("2.4575")})
    assert offer.bodies((Envelope.PRICE,)) == {Envelope.PRICE: body}


def test_prices_are_only_in_the_price_envelope_and_answers_only_in_the_other() -> None:
    offer = Offer({uuid.uuid4(): Decimal("7.1234")}, {uuid.uuid4(): "Fresh bread"})
    bodies = offer.bodies(tuple(Envelope))
    assert b"7.1234" in bodies[Envelope.PRICE]
    assert b"Fresh bread" not in bodies[Envelope.PRICE]
    assert b"7.1234" not in bodies[Envelope.QUALITY]


def test_the_same_offer_is_always_the_same_bytes() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    one = Offer({first: Decimal(1), second: Decimal(2)}).bodies((Envelope.PRICE,))
    other = Offer({second: Decimal(2), first: Decimal(1)}).bodies((Envelope.PRICE,))
    assert one == other


def test_each_school_pays_its_own_volume_rounded_to_the_penny_and_they_add_up() -> None:
    asked = schedule([line(1, "Pen", "pen", Alder="1", Beech="1")])
    view = shown.view(asked, Offer(dict.fromkeys(asked.lines, Decimal("0.005"))))
    assert view.by_school == (("Alder", Money(1)), ("Beech", Money(1)))
    assert view.total == Money(2)
    assert view.lots[0].lines[0].amount == Money(2)


def test_an_offer_with_gaps_names_each_of_them() -> None:
    asked = schedule(questions=[question(1), question(2)])
    first = next(iter(asked.lines))
    offer = Offer({first: Decimal(2)}, {asked.questions[0].id: "one two three four five six"})
    texts = [gap.text for gap in offers.gaps(asked, offer)]
    assert texts == [
        "Lot 1, line 2: enter a price for =Infant “meal” £",
        "Lot 1, line 3: enter a price for Salad bar 🥗",
        "Lot 2, line 1: enter a price for Kitchen cover",
        "Question 1: the answer has 6 words; shorten it to 5 or fewer",
        "Question 2: answer “Menus 2”",
    ]


def test_a_line_may_be_free_but_a_lot_may_not() -> None:
    asked = schedule()
    prices = dict.fromkeys(asked.lines, Decimal(1))
    first, *_, last = prices
    assert not offers.gaps(asked, Offer(prices | {first: Decimal(0)}))
    assert [one.item for one in offers.free_lines(asked, Offer(prices | {first: Decimal(0)}))] == [
        "Primary meal"
    ]
    assert "Lot 2 comes to £0.00" in offers.gaps(asked, Offer(prices | {last: Decimal(0)}))[0].text


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("  ", 0), ("one", 1), ("well-kept kitchens\n\nand menus", 4), ("crème brûlée £2.50", 3)],
)
def test_words_are_counted_as_word_processors_do(text: str, count: int) -> None:
    assert offers.words(text) == count


def test_what_a_tender_does_not_ask_is_left_out() -> None:
    asked = schedule(questions=[question(1)])
    known = next(iter(asked.lines))
    offer = Offer(
        {known: Decimal(1), uuid.uuid4(): Decimal(1)}, {uuid.uuid4(): "?", asked.questions[0].id: "  "}
    )
    assert offer.within(asked) == Offer({known: Decimal(1)}, {})


@pytest.mark.parametrize("price", ["-0.01", "10000000.0001"])
def test_an_impossible_price_is_left_out(price: str) -> None:
    asked = schedule()
    assert not Offer({next(iter(asked.lines)): Decimal(price)}).within(asked).prices


# ------------------------------------------------------------------ lots, tiers and bundles
def two_lots() -> tuple[Schedule, Offer]:
    """A lot of one line with two lower prices, one without, and a complete offer for both."""
    lots = [[line(1, "Meal")], [line(1, "Clean")], [line(1, "Gas")]]
    asked = schedule(*lots, divided=apart)
    meal, clean, _ = asked.lines
    return asked, Offer(
        {meal: Decimal(3), clean: Decimal(50)},
        {},
        {(meal, Decimal(2)): Decimal("2.5"), (meal, Decimal(5)): Decimal(2)},
        {asked.division.bundles[0].id: Decimal(4)},
        frozenset({asked.lots[0].id, asked.lots[1].id}),
    )


def texts(asked: Schedule, offer: Offer, **changes: Any) -> list[str]:
    return [gap.text for gap in offers.gaps(asked, dataclasses.replace(offer, **changes))]


def test_only_the_lots_that_are_chosen_need_prices() -> None:
    asked, offer = two_lots()
    assert texts(asked, offer) == []
    assert offer.within(asked) == offer
    meal, clean, gas = asked.lines
    assert texts(asked, offer, lots=frozenset()) == [
        "Choose the lots that you quote for",
        "Lot 1 has prices, but you did not choose it. Choose it, or take its prices out",
        "Lot 2 has prices, but you did not choose it. Choose it, or take its prices out",
        "Bundle “Both”: you do not quote for all its lots. Choose them, or take the discount out",
    ]
    everything = {
        "prices": {**offer.prices, gas: Decimal(1)},
        "lots": frozenset(lot.id for lot in asked.lots),
    }
    assert texts(asked, offer, **everything) == ["You chose 3 lots. Quote for at most 2"]
    assert texts(asked, offer, tier_prices={(meal, Decimal(2)): Decimal(4)}) == [
        "Lot 1, line 1: the price from 2 schools is higher than the one before it. Enter the same or less",
        "Lot 1, line 1: enter a price from 5 schools for Meal",
    ]
    assert offers.price_field(clean) != offers.tier_field(meal, 1)


def test_the_price_that_holds_when_every_school_buys_makes_the_total() -> None:
    asked, offer = two_lots()
    assert asked.reached(asked.lots[0]) == 2
    seen = shown.view(asked, offer)
    # 100 and 20.5 units at 2.50, and at 50.00; the third lot is not quoted for
    assert seen.total == Money(250_00 + 51_25 + 5_000_00 + 1_025_00)
    assert [tier.is_reached for tier in seen.lots[0].lines[0].tiers] == [True, False]
    assert (seen.priced, seen.lines) == (4, 4)
    assert [lot.is_quoted for lot in seen.lots] == [True, True, False]
    assert seen.by_school == (("Alder", Money(5_250_00)), ("Beech", Money(1_076_25)))


def test_a_lot_that_is_free_at_its_lowest_price_is_refused() -> None:
    asked, offer = two_lots()
    meal = next(iter(asked.lines))
    free = {**offer.tier_prices, (meal, Decimal(5)): Decimal(0)}
    assert "Lot 1 comes to £0.00" in texts(asked, offer, tier_prices=free)[0]
    assert [one.item for one in offers.free_lines(asked, dataclasses.replace(offer, tier_prices=free))] == [
        "Meal"
    ]


def test_what_is_sealed_holds_nothing_of_lots_that_are_not_quoted_for() -> None:
    asked, offer = two_lots()
    first = dataclasses.replace(offer, lots=frozenset({asked.lots[0].id}))
    sealed = first.for_its_lots(asked)
    meal = next(iter(asked.lines))
    assert set(sealed.prices) == {meal}
    assert {key for key, _ in sealed.tier_prices} == {meal}
    assert not sealed.discounts
    assert offer.for_its_lots(asked) == offer


def test_tiers_bundles_and_lots_that_a_tender_does_not_have_are_left_out() -> None:
    asked, offer = two_lots()
    meal = next(iter(asked.lines))
    strange = dataclasses.replace(
        offer,
        tier_prices={**offer.tier_prices, (meal, Decimal(3)): Decimal(1)},
        discounts={**offer.discounts, uuid.uuid4(): Decimal(1)},
        lots=offer.lots | {uuid.uuid4()},
    )
    assert strange.within(asked) == offer
    for percent in ("0", "100", "2.555", "-1"):
        wrong = dict.fromkeys(offer.discounts, Decimal(percent))
        assert not dataclasses.replace(offer, discounts=wrong).within(asked).discounts
    together = schedule([line(1, "Meal")])
    assert not dataclasses.replace(offer, lots=frozenset({together.lots[0].id})).within(together).lots


@given(st.integers(0, 10**12), PERCENTS)
def test_a_discount_is_rounded_to_the_penny_and_never_more_than_the_amount(
    pence: int, percent: Decimal
) -> None:
    left = amounts.less(Money(pence), percent)
    exact = Fraction(pence) * (100 - Fraction(percent)) / 100
    assert 0 <= left.pence <= pence
    assert abs(left.pence - exact) <= Fraction(1, 2)
