import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.fund import rules as fund_rules
from invoicing.fund.refunds import rules
from invoicing.fund.refunds.rules import Approval, RefundStatus
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money

LEAVER, BEECH, CEDAR = (uuid.UUID(int=number) for number in range(1, 4))
ANN, BOB = uuid.UUID(int=11), uuid.UUID(int=12)
YEAR = (date(2026, 9, 1), date(2027, 8, 31))


def test_two_people_of_two_other_schools_approve_a_refund() -> None:
    first = (Approval(ANN, BEECH),)
    rules.check_approver(LEAVER, first, Approval(BOB, CEDAR), {CEDAR})
    with pytest.raises(RuleBroken, match="Somebody from your school"):
        rules.check_approver(LEAVER, first, Approval(BOB, BEECH), {BEECH})
    with pytest.raises(RuleBroken, match="You have approved"):
        rules.check_approver(LEAVER, first, Approval(ANN, CEDAR), {BEECH, CEDAR})
    for own in ({LEAVER}, {LEAVER, CEDAR}):
        with pytest.raises(Forbidden, match="belong to the school that left"):
            rules.check_approver(LEAVER, first, Approval(BOB, CEDAR), own)
    with pytest.raises(Forbidden):
        rules.check_approver(LEAVER, (), Approval(BOB, LEAVER), set())


def test_a_refund_is_paid_once_and_only_after_both_approvals() -> None:
    both = (Approval(ANN, BEECH), Approval(BOB, CEDAR))
    rules.check_awaits_payment(RefundStatus.APPROVED, LEAVER, both)
    for given_ in ((), both[:1], (Approval(ANN, BEECH), Approval(ANN, CEDAR))):
        with pytest.raises(RuleBroken, match="Two people from two other schools"):
            rules.check_awaits_payment(RefundStatus.APPROVED, LEAVER, given_)
    for status in (RefundStatus.PAID, RefundStatus.WITHDRAWN):
        with pytest.raises(RuleBroken):
            rules.check_awaits_payment(status, LEAVER, both)
        assert not rules.MOVES[status]


def test_a_share_that_holds_a_penny_less_pays_no_refund() -> None:
    rules.check_share(Money(100), Money(100))
    with pytest.raises(RuleBroken, match="less than this refund"):
        rules.check_share(Money(100), Money(99))


def test_a_school_that_has_not_joined_again_gets_its_share_back() -> None:
    rules.check_withdrawable(belongs_again=True, school="Alder School")
    with pytest.raises(RuleBroken, match="Alder School does not belong"):
        rules.check_withdrawable(belongs_again=False, school="Alder School")


def test_what_a_leaver_owes_counts_its_days_and_both_ends() -> None:
    amount = Money(365_00)
    joined = date(2020, 1, 1)
    for left_on, due in (
        (date(2026, 8, 31), ZERO),
        (date(2026, 9, 1), Money(1_00)),
        (date(2027, 1, 14), Money(136_00)),
        (date(2027, 8, 31), amount),
        (date(2028, 1, 1), amount),
    ):
        assert fund_rules.due_by_days(amount, YEAR, (joined, left_on))[0] == due, left_on


def test_a_school_that_joined_during_the_year_was_asked_for_the_rest_of_it() -> None:
    due, belonged, asked = fund_rules.due_by_days(Money(243_00), YEAR, (date(2027, 1, 1), date(2027, 1, 31)))
    assert (due, belonged, asked) == (Money(31_00), 31, 243)
    assert fund_rules.due_by_days(Money(1_00), YEAR, (date(2027, 9, 1), date(2027, 9, 2))) == (ZERO, 0, 0)


@given(st.integers(1, 10_000_000), st.integers(-400, 800))
def test_no_leaver_owes_more_than_was_confirmed_or_less_a_day_later(pence: int, days: int) -> None:
    left_on = YEAR[0] + timedelta(days=days)
    today = fund_rules.due_by_days(Money(pence), YEAR, (date(2020, 1, 1), left_on))[0]
    tomorrow = fund_rules.due_by_days(Money(pence), YEAR, (date(2020, 1, 1), left_on + timedelta(days=1)))[0]
    assert ZERO <= today <= Money(pence)
    assert today <= tomorrow


def test_a_former_member_reads_periods_in_which_it_belonged() -> None:
    first, last = date(2026, 1, 10), date(2027, 1, 14)
    rules.check_belonged(date(2026, 9, 1), date(2027, 8, 31), first, last)
    rules.check_belonged(last, last, first, last)
    for start, end, field in (
        (date(2027, 1, 15), date(2027, 8, 31), "start"),
        (date(2025, 1, 1), date(2026, 1, 9), "end"),
    ):
        with pytest.raises(RuleBroken, match="10 January 2026 to 14 January 2027") as refused:
            rules.check_belonged(start, end, first, last)
        assert refused.value.field == field
