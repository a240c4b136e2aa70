"""What schools owe one another nets to zero and is settled by the fewest payments."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.settlement import rules
from invoicing.settlement.rules import Debt, NetPayment, SettlementStatus
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money


def school(place: int) -> uuid.UUID:
    return uuid.UUID(int=place + 1)


def debt(invoice: int, issuer: int, buyer: int, pence: int) -> Debt:
    return Debt(uuid.UUID(int=1_000 + invoice), school(issuer), school(buyer), Money(pence))


@st.composite
def debts(draw: st.DrawFn, most_schools: int = 20) -> list[Debt]:
    """Invoices between schools; small amounts, so that equal figures and zero sums are frequent."""
    schools = draw(st.integers(2, most_schools))
    sides = st.tuples(st.integers(0, schools - 1), st.integers(0, schools - 1)).filter(
        lambda two: two[0] != two[1]
    )
    lines = draw(st.lists(st.tuples(sides, st.integers(1, 9)), min_size=1, max_size=40))
    return [debt(place, *two, pence) for place, (two, pence) in enumerate(lines)]


def partitions(things: Sequence[int]) -> Iterator[list[list[int]]]:
    """Every way to divide things into groups."""
    if not things:
        yield []
        return
    first, *rest = things
    for groups in partitions(rest):
        yield [[first], *groups]
        for place, group in enumerate(groups):
            yield [*groups[:place], [first, *group], *groups[place + 1 :]]


def most_groups(pence: Sequence[int]) -> int:
    """By trying everything: into how many groups that each sum to zero these figures can be divided."""
    return max(len(groups) for groups in partitions(list(pence)) if all(sum(group) == 0 for group in groups))


def settled(owed: dict[uuid.UUID, Money], payments: Sequence[NetPayment]) -> dict[uuid.UUID, Money]:
    """What is left of the figures when the payments were made."""
    left = dict(owed)
    for payment in payments:
        left[payment.payer_id] += payment.amount
        left[payment.payee_id] -= payment.amount
    return left


@given(debts())
def test_what_schools_pay_and_get_sums_to_zero_and_the_payments_settle_it_exactly(lines: list[Debt]) -> None:
    owed = rules.figures(lines)
    assert Money.total(owed.values()) == ZERO
    planned = rules.plan(owed)
    assert not any(settled(owed, planned.payments).values())
    assert all(payment.amount > ZERO for payment in planned.payments)
    assert all(owed[one.payer_id] < ZERO < owed[one.payee_id] for one in planned.payments)
    assert len(planned.payments) <= max(0, sum(map(bool, owed.values())) - 1)
    assert rules.plan(dict(reversed(owed.items()))) == planned


@given(debts(most_schools=7))
def test_no_division_of_up_to_seven_schools_needs_fewer_payments(lines: list[Debt]) -> None:
    owed = rules.figures(lines)
    left = [figure.pence for figure in owed.values() if figure]
    planned = rules.plan(owed)
    assert planned.is_fewest
    assert len(planned.payments) == len(left) - (most_groups(left) if left else 0)


def test_twelve_schools_in_four_groups_of_three_take_eight_payments() -> None:
    """Greedy by size would pay across the groups."""
    pence = [7, 11, -18, 101, 23, -124, 5_000, 409, -5_409, 60, 77_000, -77_060]
    planned = rules.plan({school(place): Money(amount) for place, amount in enumerate(pence)})
    assert (len(planned.payments), planned.is_fewest) == (8, True)


def test_more_than_twelve_schools_that_pair_off_are_still_proven() -> None:
    pence = [amount for one in range(1, 11) for amount in (one * 100, -one * 100)]
    planned = rules.plan({school(place): Money(amount) for place, amount in enumerate(pence)})
    assert (len(planned.payments), planned.is_fewest) == (10, True)


def test_for_thirteen_schools_it_is_said_that_fewer_payments_may_do() -> None:
    pence = [2**place for place in range(12)]
    owed = {school(place): Money(amount) for place, amount in enumerate([*pence, -sum(pence)])}
    planned = rules.plan(owed)
    assert (len(planned.payments), planned.is_fewest) == (12, False)
    assert not any(settled(owed, planned.payments).values())


def test_figures_that_do_not_sum_to_zero_are_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        rules.plan({school(0): Money(1)})


def test_a_chain_of_debts_becomes_one_payment_from_its_end_to_its_beginning() -> None:
    lines = [debt(1, 0, 1, 500), debt(2, 1, 2, 500)]
    assert rules.pairs(lines) == 2
    assert rules.plan(rules.figures(lines)).payments == (NetPayment(school(2), school(0), Money(500)),)


def test_schools_in_a_circle_pay_nothing() -> None:
    lines = [debt(1, 0, 1, 500), debt(2, 1, 2, 500), debt(3, 2, 0, 500)]
    assert rules.plan(rules.figures(lines)).payments == ()


def test_nothing_due_and_nothing_saved_are_not_proposed() -> None:
    with pytest.raises(RuleBroken, match="nothing to net"):
        rules.check_worth_proposing([], rules.plan({}))
    one_way = [debt(1, 0, 1, 500), debt(2, 0, 1, 200)]
    with pytest.raises(RuleBroken, match="as usual"):
        rules.check_worth_proposing(one_way, rules.plan(rules.figures(one_way)))


def test_what_was_paid_meanwhile_is_taken_out_and_nothing_is_ever_added() -> None:
    proposed = [debt(1, 0, 1, 500), debt(2, 1, 2, 300), debt(3, 2, 0, 100)]
    now = {proposed[0].invoice_id: Money(200), proposed[2].invoice_id: Money(900)}
    assert rules.still_due(proposed, now) == [debt(1, 0, 1, 200), debt(3, 2, 0, 100)]


def test_only_schools_whose_lines_or_payments_changed_accept_again() -> None:
    before = [debt(1, 0, 1, 500), debt(2, 1, 2, 300), debt(3, 3, 4, 50)]
    after = before[1:]
    planned = [rules.plan(rules.figures(lines)).payments for lines in (before, after)]
    assert rules.touched((before, planned[0]), (after, planned[1])) == {school(0), school(1), school(2)}


def test_only_a_proposed_settlement_is_accepted_and_only_real_days_are_taken() -> None:
    with pytest.raises(RuleBroken, match="withdrawn"):
        rules.check_accepting(SettlementStatus.WITHDRAWN)
    with pytest.raises(RuleBroken, match="between 3 November 2026"):
        rules.check_paid_on(date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 9))
    with pytest.raises(RuleBroken, match="Say why"):
        rules.check_reason(" ")
    assert rules.is_time_to_propose(date(2026, 11, 7))
    assert not rules.is_time_to_propose(date(2026, 11, 8))
    assert len(rules.payment_reference("NET-2026-0042", 3)) <= 18
