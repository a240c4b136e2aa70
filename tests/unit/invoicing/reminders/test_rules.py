"""A reminder goes once, on its day, and none for what is settled; interest is what the Act gives."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.reminders import rules
from invoicing.reminders.interest import rules as interest
from invoicing.reminders.interest.rules import Span
from invoicing.reminders.rules import Sequence, Step
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

ISSUED, DUE = date(2026, 3, 1), date(2026, 3, 31)
USUAL = rules.usual_sequence(DUE)


def step_on(days: int, *sent: Step, issued_on: date = ISSUED) -> Step | None:
    today = DUE + timedelta(days=days)
    return rules.due_step(USUAL, issued_on=issued_on, due_on=DUE, today=today, sent=sent)


def test_the_usual_reminders_go_three_days_before_and_7_21_and_35_days_after() -> None:
    assert [USUAL.days(step) for step in Step] == [-3, 7, 21, 35]
    found = {days: step_on(days) for days in (-4, -3, 0, 1, 6, 7, 20, 21, 35, 400)}
    assert found == {
        -4: None,
        -3: Step.BEFORE,
        0: Step.BEFORE,
        1: None,
        6: None,
        7: Step.FIRST,
        20: Step.FIRST,
        21: Step.SECOND,
        35: Step.LAST,
        400: Step.LAST,
    }
    assert step_on(-1, issued_on=DUE - timedelta(days=2)) is None
    assert rules.in_words(USUAL) == "3 days before an invoice is due, then 7, 21 and 35 days after it"


@given(st.lists(st.integers(-10, 120), min_size=1, max_size=60))
def test_no_reminder_goes_twice_and_none_goes_after_a_later_one(days: list[int]) -> None:
    sent: list[Step] = []
    for day in sorted(days):
        step = step_on(day, *sent)
        if step is not None:
            assert list(Step).index(step) > max((list(Step).index(one) for one in sent), default=-1)
            sent.append(step)


def test_the_next_reminder_is_known_until_the_last_has_gone() -> None:
    def coming(days: int, *sent: Step) -> tuple[Step, date] | None:
        today = DUE + timedelta(days=days)
        return rules.next_day(USUAL, issued_on=ISSUED, due_on=DUE, today=today, sent=sent)

    assert coming(-9) == (Step.BEFORE, DUE - timedelta(days=3))
    assert coming(0, Step.BEFORE) == (Step.FIRST, DUE + timedelta(days=7))
    assert coming(8) == (Step.FIRST, DUE + timedelta(days=8))
    assert coming(36, Step.LAST) is None


@pytest.mark.parametrize(
    ("sequence", "field"),
    [
        (Sequence(1, 7, 21, 35), "before"),
        (Sequence(-3, 0, 21, 35), "first"),
        (Sequence(-3, 7, 7, 35), "second"),
        (Sequence(-3, 7, 21, 366), "last"),
    ],
)
def test_each_reminder_goes_after_the_one_before_it(sequence: Sequence, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_sequence(sequence)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("starts_on", "reference", "basis_points"),
    [
        (date(2026, 1, 1), date(2025, 12, 31), 1_175),
        (date(2026, 6, 30), date(2025, 12, 31), 1_175),
        (date(2026, 7, 1), date(2026, 6, 30), 1_175),
        (date(2025, 7, 1), date(2025, 6, 30), 1_225),
        (date(2025, 1, 15), date(2024, 12, 31), 1_275),
    ],
)
def test_the_rate_is_bank_rate_of_the_last_reference_date_and_eight(
    starts_on: date, reference: date, basis_points: int
) -> None:
    rate = interest.rate_from(starts_on)
    assert (rate.reference_date, rate.basis_points) == (reference, basis_points)


@pytest.mark.parametrize("starts_on", [date(2027, 1, 1), date(2020, 1, 1)])
def test_a_rate_that_is_not_known_is_refused(starts_on: date) -> None:
    with pytest.raises(RuleBroken, match="does not know the Bank of England’s rate of 31 December"):
        interest.rate_from(starts_on)


@pytest.mark.parametrize(
    ("pence", "sum_pence"),
    [(1, 40_00), (999_99, 40_00), (1_000_00, 70_00), (9_999_99, 70_00), (10_000_00, 100_00)],
)
def test_the_fixed_sum_follows_the_size_of_the_debt(pence: int, sum_pence: int) -> None:
    assert interest.fixed_sum(Money(pence), DUE) == Money(sum_pence)


def test_a_year_late_is_the_yearly_rate_and_a_part_payment_lowers_it_from_the_next_day() -> None:
    whole = [(ISSUED, Money(1_000_00))]
    year = interest.work_out(whole, due_on=DUE, charged_until=None, today=DUE + timedelta(days=365))
    assert (year.amount, year.fixed_sum, year.total) == (Money(117_50), Money(70_00), Money(187_50))
    paid = [*whole, (DUE + timedelta(days=10), Money(-600_00)), (DUE + timedelta(days=30), Money(-400_00))]
    found = interest.work_out(paid, due_on=DUE, charged_until=None, today=DUE + timedelta(days=99))
    day = timedelta(days=1)
    assert found.spans == (
        Span(DUE + day, DUE + 10 * day, Money(1_000_00)),
        Span(DUE + 11 * day, DUE + 30 * day, Money(400_00)),
    )
    assert [span.days for span in found.spans] == [10, 20]
    assert found.amount == Money(5_79)  # (1,000 × 10 + 400 × 20) × 11.75 % / 365


def test_days_are_charged_once_and_the_fixed_sum_with_the_first() -> None:
    moved = [(ISSUED, Money(500_00))]
    first = interest.work_out(moved, due_on=DUE, charged_until=None, today=DUE + timedelta(days=20))
    rest = interest.work_out(
        moved, due_on=DUE, charged_until=DUE + timedelta(days=20), today=DUE + timedelta(days=40)
    )
    assert (first.fixed_sum, rest.fixed_sum) == (Money(40_00), ZERO)
    assert [span.days for span in (*first.spans, *rest.spans)] == [20, 20]
    for until, today in ((None, 0), (20, 20)):
        with pytest.raises(RuleBroken, match="not been charged yet"):
            interest.work_out(
                moved,
                due_on=DUE,
                charged_until=DUE + timedelta(days=until) if until else None,
                today=DUE + timedelta(days=today),
            )


def test_a_school_charges_interest_only_when_it_chose_to_and_nothing_is_disputed() -> None:
    interest.check_charging(charges=True, disputed=ZERO)
    with pytest.raises(RuleBroken, match="does not charge interest"):
        interest.check_charging(charges=False, disputed=ZERO)
    with pytest.raises(RuleBroken, match="is disputed"):
        interest.check_charging(charges=True, disputed=Money(1))
