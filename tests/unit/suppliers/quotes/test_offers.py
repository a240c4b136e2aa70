import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from suppliers.quotes import offers
from suppliers.quotes.offers import Offer
from suppliers.quotes.rules import Envelope
from tests.unit.suppliers.quotes.schedules import line, question, schedule

PRICES = st.decimals(min_value=0, max_value=10_000_000, places=4)
TEXTS = st.text(max_size=200)


@given(st.dictionaries(st.uuids(), PRICES), st.dictionaries(st.uuids(), TEXTS))
def test_what_is_sealed_is_what_is_read_again(
    prices: dict[uuid.UUID, Decimal], answers: dict[uuid.UUID, str]
) -> None:
    offer = Offer(prices, answers)
    assert Offer.from_bodies(offer.bodies(tuple(Envelope))) == offer


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
    view = offers.view(asked, Offer(dict.fromkeys(asked.lines, Decimal("0.005"))))
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
