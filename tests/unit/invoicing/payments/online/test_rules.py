"""What counts of a report, and where money at Stripe stands."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.ledger.rules import AccountKind
from invoicing.payments.online import rules
from invoicing.payments.online.news import rules as news
from invoicing.payments.online.news.rules import NewsKind
from invoicing.payments.online.refunds import rules as refunds
from invoicing.payments.online.rules import OnlineStatus
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

SCHOOL = uuid.uuid4()
THING = {"id": "po_1", "amount": 98_30, "currency": "gbp", "status": "paid", "created": 1_700_000_000}


def test_of_a_report_only_what_counts_is_kept() -> None:
    said = {
        "data": {
            "object": {
                **THING,
                "customer_details": {"email": "payer@example.org"},
                "metadata": {"weald_refund": "r", "note": "private"},
                "balance_transactions": [{"id": "txn_1", "amount": -1, "description": "private"}],
            }
        }
    }
    facts = news.facts_of(said)
    assert facts == {
        **THING,
        "weald_refund": "r",
        "balance_transactions": [{"id": "txn_1", "amount": -1}],
    }
    unreadable: tuple[dict[str, object], ...] = ({}, {"data": None}, {"data": {"object": []}})
    assert all(news.facts_of(nothing) == {} for nothing in unreadable)


def test_a_payout_counts_when_it_arrives_and_never_after_it_was_reported() -> None:
    for arrives, day in ((1_699_900_000, 1_699_900_000), (1_800_000_000, 1_700_000_100)):
        facts = {**THING, "arrival_date": arrives}
        assert news.read(NewsKind.PAYOUT_PAID, "acct", 1_700_000_100, facts).happened == day
    assert rules.day_of(1_700_000_000) == date(2023, 11, 14)
    assert rules.day_of(9_999_999_999) == clock.today()


VALUES = st.none() | st.text() | st.integers()


@given(st.dictionaries(st.sampled_from([*THING, "balance_transactions"]), VALUES))
def test_whatever_a_report_lacks_is_a_sentence_and_no_crash(facts: dict[str, object]) -> None:
    with suppress(RuleBroken):
        read = news.read(NewsKind.DISPUTE_CREATED, "acct", 1, facts)
        assert read.amount.pence == facts["amount"]
        assert facts["currency"] == "gbp"


def test_what_stripe_takes_and_gives_moves_between_its_account_and_the_schools() -> None:
    fee = rules.fee_leg(SCHOOL, Money(1_70))
    assert (fee.debit.kind, fee.credit.kind) == (AccountKind.EXPENSE, AccountKind.AT_STRIPE)
    assert rules.fee_leg(SCHOOL, Money(-1_70)) == fee.reversed()
    payout = rules.payout_leg(SCHOOL, Money(98_30))
    assert (payout.debit.kind, payout.credit.kind) == (AccountKind.BANK, AccountKind.AT_STRIPE)
    assert rules.payout_leg(SCHOOL, Money(-98_30)) == payout.reversed()


def test_what_was_received_stays_received_whatever_is_heard_of_before() -> None:
    assert not rules.MOVES[OnlineStatus.RECEIVED]
    for status in OnlineStatus:
        if status is not OnlineStatus.RECEIVED:
            assert rules.may_become(status, OnlineStatus.RECEIVED)
    assert not rules.may_become(OnlineStatus.PENDING, OnlineStatus.EXPIRED)


def test_a_refund_is_asked_for_again_later_each_time_up_to_an_hour() -> None:
    now = clock.now()
    waits = [refunds.next_try(attempts, now) - now for attempts in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[-1] == refunds.LONGEST_WAIT
    with pytest.raises(RuleBroken, match=r"£5\.00 or less"):
        refunds.check_amount(Money(5_01), Money(5_00))
