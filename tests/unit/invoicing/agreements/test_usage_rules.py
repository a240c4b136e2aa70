import uuid
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.agreements.charging import rules as charging
from invoicing.agreements.offers import rules as offers
from invoicing.agreements.rules import LONGEST_TEXT, Basis, Price, Schedule, Service, Supply
from invoicing.agreements.usage import rules
from invoicing.agreements.usage.rules import UsageStatus, Used
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money

ANN, BOB = uuid.UUID(int=1), uuid.UUID(int=2)
SINCE, UNTIL = date(2026, 9, 1), date(2026, 11, 27)
A_DAY = Price(Basis.PER_UNIT, Money(185_00), unit="day")
AT_COST, A_THIRD = Price(Basis.AT_COST), Price(Basis.SHARE, share=3_333)
days = st.dates(date(2024, 1, 1), date(2029, 12, 31))


def used(**changes: object) -> Used:
    usual = {"on": UNTIL, "words": "Server room", "units": Decimal(1)}
    return Used(**(usual | changes))  # type: ignore[arg-type]  # each test gives what it is about


def test_something_used_moves_only_along_its_table_and_confirmed_it_stays() -> None:
    allowed = {
        *product(["logged"], ["confirmed", "questioned", "taken_back"]),
        *product(["questioned"], ["logged", "confirmed", "taken_back"]),
    }
    for present, wanted in product(UsageStatus, repeat=2):
        if (present.value, wanted.value) in allowed:
            assert rules.move(present, wanted) is wanted
        else:
            with pytest.raises(RuleBroken):
                rules.move(present, wanted)


@pytest.mark.parametrize(
    ("changes", "price", "field"),
    [
        ({"on": SINCE - timedelta(days=1)}, A_DAY, "used_on"),
        ({"on": UNTIL + timedelta(days=1)}, A_DAY, "used_on"),
        ({"words": " "}, A_DAY, "words"),
        ({"words": "DBS 001234567890"}, A_DAY, "words"),
        ({"units": Decimal(0)}, A_DAY, "units"),
        ({"units": Decimal(10_001)}, A_DAY, "units"),
        ({"units": None}, AT_COST, "cost"),
        ({"units": None, "cost": Money(0)}, A_THIRD, "cost"),
        ({"units": None, "cost": Money(1)}, A_THIRD, None),
        ({}, Price(Basis.FIXED, Money(100)), None),
    ],
)
def test_what_was_not_used_under_the_agreement_is_refused_with_a_sentence(
    changes: dict[str, object], price: Price, field: str | None
) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_used(used(**changes), price, since=SINCE, until=UNTIL)
    assert refused.value.field == field
    assert refused.value.message.endswith(".")


def test_what_was_used_comes_to_its_price_to_the_penny() -> None:
    rules.check_used(used(), A_DAY, since=SINCE, until=UNTIL)
    assert rules.amount(A_DAY, used(units=Decimal("2.5"))) == Money(462_50)
    cost = used(units=None, cost=Money(100_01))
    assert rules.amount(AT_COST, cost) == Money(100_01)
    assert rules.amount(A_THIRD, cost) == Money(33_33)
    assert rules.amount(Price(Basis.SHARE, share=5_000), used(units=None, cost=Money(3))) == Money(2)


def test_nobody_confirms_what_they_have_logged() -> None:
    rules.check_confirmer(ANN, BOB)
    with pytest.raises(Forbidden, match="Ask a colleague"):
        rules.check_confirmer(ANN, ANN)


@given(st.sampled_from(Schedule), days, st.integers(1, 900), st.integers(0, 1_000))
def test_every_day_of_an_agreement_belongs_to_one_period(
    schedule: Schedule, starts_on: date, length: int, later: int
) -> None:
    last_day = starts_on + timedelta(days=length)
    today = starts_on + timedelta(days=later)
    parts = list(charging.finished_parts(schedule, starts_on, last_day, today))
    day = starts_on
    for part in parts:
        assert part.starts_on == day
        assert part.period.starts_on <= part.starts_on <= part.ends_on <= part.period.ends_on
        assert part.ends_on < today
        day = part.ends_on + timedelta(days=1)
    assert day > last_day or charging.period_of(schedule, day).ends_on >= today or last_day >= today


@given(st.integers(1, 10_000_00), st.sampled_from(Schedule), days)
def test_the_parts_of_a_period_never_come_to_more_than_a_penny_off_the_whole(
    pence: int, schedule: Schedule, day: date
) -> None:
    price = Price(Basis.FIXED, Money(pence))
    period = charging.period_of(schedule, day)
    assert period.starts_on <= day <= period.ends_on
    whole = charging.PartOf(period, period.starts_on, period.ends_on)
    assert charging.fixed_amount(price, whole) == Money(pence)
    until = charging.PartOf(period, period.starts_on, day)
    if day < period.ends_on:
        rest = charging.PartOf(period, day + timedelta(days=1), period.ends_on)
        both = charging.fixed_amount(price, until) + charging.fixed_amount(price, rest)
        assert abs(both.pence - pence) <= 1


def test_a_part_of_a_month_is_charged_by_its_days_and_says_so() -> None:
    price = Price(Basis.PER_PUPIL, Money(1_00), pupils=310)
    (part,) = charging.finished_parts(
        Schedule.MONTHLY, date(2026, 9, 12), date(2027, 8, 31), date(2026, 10, 1)
    )
    assert charging.fixed_amount(price, part) == Money(196_33)
    words = charging.fixed_words("Library service", price, part)
    assert words == "Library service: September 2026, £1.00 a pupil for 310 pupils, 19 of 30 days"


def test_terms_begin_in_september_january_and_may() -> None:
    labels = [charging.period_of(Schedule.TERMLY, date(2026, month, 15)).label for month in (12, 3, 8)]
    assert labels == ["Autumn term 2026", "Spring term 2026", "Summer term 2026"]
    assert charging.newest_finished(Schedule.TERMLY, date(2027, 1, 1)).label == "Autumn term 2026"
    assert charging.newest_finished(Schedule.MONTHLY, date(2026, 3, 31)).ends_on == date(2026, 2, 28)


def test_a_period_is_due_once() -> None:
    began, today = date(2026, 9, 12), date(2026, 10, 1)
    assert charging.is_due(Schedule.MONTHLY, began, None, today)
    assert not charging.is_due(Schedule.MONTHLY, began, date(2026, 9, 30), today)
    assert not charging.is_due(Schedule.MONTHLY, date(2026, 10, 1), None, today)
    assert not charging.is_due(Schedule.MONTHLY, began, None, date(2026, 9, 30))


def offered(**changes: object) -> offers.Offered:
    usual: dict[str, object] = {
        "service": Service.MINIBUS,
        "title": "Minibus",
        "what": "16 seats, without a driver",
        "supply": Supply.NO_STAFF,
        "price": Price(Basis.PER_UNIT, Money(1_20), unit="mile"),
        "schedule": Schedule.MONTHLY,
        "contact": "The bursar",
    }
    return offers.Offered(**(usual | changes))  # type: ignore[arg-type]  # each test gives what it is about


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"what": " "}, "what"),
        ({"contact": ""}, "contact"),
        ({"contact": "DBS 0012 3456 7890"}, "contact"),
        ({"service": Service.TECHNICIAN}, "supply"),
        ({"price": Price(Basis.PER_UNIT, Money(1_20))}, "unit"),
    ],
)
def test_an_offer_that_says_too_little_is_refused_on_its_field(
    changes: dict[str, object], field: str
) -> None:
    offers.check_offer(offered())
    offers.check_offer(offered(price=Price(Basis.PER_PUPIL, Money(5_00))))
    with pytest.raises(RuleBroken) as refused:
        offers.check_offer(offered(**changes))
    assert refused.value.field == field


def test_what_a_school_asks_for_leaves_work_with_children_to_be_answered() -> None:
    wish = offers.Wish(date(2027, 1, 4), date(2027, 7, 20), "Fridays")
    terms = offers.asked_terms(
        offered(price=Price(Basis.PER_PUPIL, Money(5_00))), wish, buyer="Beech School", pupils=240
    )
    assert terms.regulated is None
    assert terms.price.pupils == 240
    assert terms.work == "16 seats, without a driver\n\nBeech School asks: Fridays"
    long = offers.asked_terms(offered(what="x" * LONGEST_TEXT), wish, buyer="Beech", pupils=1)
    assert len(long.work) == LONGEST_TEXT
