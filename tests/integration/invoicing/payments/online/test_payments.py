"""Online payments through the pretend Stripe: asked for once, counted once, in both schools' books."""

from __future__ import annotations

import socket
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.gateways import stripe as gateway
from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.models import Account, Entry
from invoicing.ledger.periods.actions import close_period
from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.payments.models import Payment
from invoicing.payments.online import actions, queries
from invoicing.payments.online.jobs import count_reports, see_to_online_payments
from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.news import actions as news_actions
from invoicing.payments.online.news.models import StripeNews
from invoicing.payments.online.news.rules import NewsStatus
from invoicing.payments.online.rules import OnlineStatus
from invoicing.reminders.queries import due
from invoicing.settlement import queries as settlements
from invoicing.verification.queries import verify
from marketplace.alliance.models import Membership
from marketplace.core import clock, events
from marketplace.core.db import db, transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import SYSTEM, Act
from tests import databases, make
from tests.make import School, kept
from tests.stripe import Stripe

AS_PEOPLE_HAVE_IT = gateway.MILLISECONDS
THREADS = 50
OCTOBER, NOVEMBER = datetime(2026, 10, 5, 9, tzinfo=UTC), datetime(2026, 11, 12, 9, tzinfo=UTC)


Sold = tuple[School, School, uuid.UUID]


@pytest.fixture
def sold(app: Flask, at_stripe: Stripe) -> Sold:  # noqa: ARG001  # it needs both
    """A school that is paid online, one that pays, and an invoice of £100.00 between them."""
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    invoice_id = make.issued_invoice(alder, beech)
    make.paid_online(alder)
    return alder, beech, invoice_id


def held(school: School, kind: AccountKind, other: School | None = None, purpose: str = "") -> Money:
    """What stands on an account of a school."""
    name = AccountName(school.id, kind, other.id if other else None, purpose)
    return ledger.balance(db.session(), name)


def books(session: Session) -> dict[str, int]:
    """Every account and what stands on it."""
    session.expire_all()
    codes = session.scalars(select(Account)).all()
    names = [AccountName(one.holder_id, one.kind, one.counterparty_id, one.purpose) for one in codes]
    found = ledger.balances(session, names)
    return {code: amount.pence for code, amount in found.items() if amount}


def entries(session: Session) -> list[tuple[object, ...]]:
    """Every entry but for its ids, in an order that does not depend on when it was made."""
    return sorted(
        (
            entry.posted_on,
            entry.description,
            tuple((leg.debit.code, leg.credit.code, leg.amount.pence) for leg in entry.transfers),
        )
        for entry in session.scalars(select(Entry))
    )


def test_a_card_pays_an_invoice_and_stripe_holds_the_money_less_its_fee_until_it_is_paid_out(
    sold: Sold, at_stripe: Stripe, session: Session
) -> None:
    alder, beech, invoice_id = sold
    payment = make.online_payment(beech, invoice_id)
    assert (payment.status, payment.amount) == (OnlineStatus.OPEN, Money(100_00))
    back = at_stripe.pay(payment.url)
    assert back.endswith(f"/online-payments/{payment.id}?back=paid")
    assert make.invoice(invoice_id).status is InvoiceStatus.ISSUED  # coming back proves nothing
    make.hear(at_stripe.said())
    paid = make.invoice(invoice_id)
    assert (paid.status, paid.outstanding) == (InvoiceStatus.PAID, ZERO)
    assert make.stored_payment(payment.id).status is OnlineStatus.RECEIVED
    assert held(alder, AccountKind.AT_STRIPE) == Money(100_00)
    assert held(alder, AccountKind.RECEIVABLE, beech) == ZERO
    assert (held(beech, AccountKind.BANK), held(beech, AccountKind.PAYABLE, alder)) == (Money(-100_00), ZERO)
    assert session.scalars(select(Payment)).one().recorded_by is None
    see_to_online_payments()
    assert held(alder, AccountKind.AT_STRIPE) == Money(98_30)  # 1.5 % and 20p
    at_stripe.do("pay_out", payment.account)
    make.hear(at_stripe.said())
    see_to_online_payments()
    assert held(alder, AccountKind.AT_STRIPE) == ZERO
    assert (held(alder, AccountKind.BANK), held(alder, AccountKind.EXPENSE)) == (Money(98_30), Money(1_70))
    known = make.stored_payment(payment.id)
    assert known.payout
    assert known.payout.amount == Money(98_30)
    assert queries.fees_of(known) == Money(1_70)
    assert not ledger.incomplete_entries(session)
    assert see_to_online_payments() == 0


def test_abuse_15_fifty_starts_at_the_same_moment_make_one_payment(
    app: Flask, sold: Sold, at_stripe: Stripe, session: Session
) -> None:
    _, beech, invoice_id = sold
    session.rollback()

    def start(_: int) -> uuid.UUID:
        with app.app_context():
            return actions.start_payment(beech.bursar, new_id(), invoice_id)

    with ThreadPoolExecutor(THREADS) as threads:
        started = set(threads.map(start, range(THREADS)))
    (payment,) = session.scalars(select(OnlinePayment))
    assert started == {payment.id}
    payment = make.online_payment(beech, invoice_id)  # whoever was not answered asks again
    assert payment.status is OnlineStatus.OPEN
    at_stripe.pay(payment.url)
    assert len(at_stripe.said()) == 1
    status, _, _ = at_stripe.ask(f"/pay/{payment.session}")
    assert status == 410


def everything_that_happens(at_stripe: Stripe, payment: OnlinePayment) -> list[dict[str, Any]]:
    """A Direct Debit comes, some is refunded, the bank takes back the rest and gives it again; a payout."""
    at_stripe.pay(payment.url, "bacs_debit")
    reports = at_stripe.said()
    intent = reports[0]["data"]["object"]["payment_intent"]
    at_stripe.do("succeed", intent)
    at_stripe.refund(payment.account, intent, 30_00)
    reports += at_stripe.said()
    at_stripe.do("refund_arrives", reports[-1]["data"]["object"]["id"])
    at_stripe.do("dispute", intent)
    reports += at_stripe.said()
    at_stripe.do("win", reports[-1]["data"]["object"]["id"])
    at_stripe.do("pay_out", payment.account)
    return [*reports, *at_stripe.said()]


def test_abuse_14_any_shuffle_and_duplication_of_webhooks_gives_the_same_ledger(
    sold: Sold, at_stripe: Stripe, session: Session, shelf: kept.Shelf
) -> None:
    _, beech, invoice_id = sold
    payment = make.online_payment(beech, invoice_id)
    reports = everything_that_happens(at_stripe, payment)
    assert len(reports) == 9
    name = f"webhooks-{payment.id}"
    shelf.let_go()
    shelf.keep(name, None)

    def heard(order: list[int]) -> tuple[object, ...]:
        shelf.put_back(name)
        make.hear(reports[place] for place in order)
        news = list(session.scalars(select(StripeNews)))
        assert {one.status for one in news} == {NewsStatus.COUNTED}
        assert len(news) == len(reports)
        invoice = make.invoice(invoice_id)
        return books(session), entries(session), invoice.status, invoice.paid

    expected = heard(list(range(len(reports))))
    assert expected[2:] == (InvoiceStatus.PART_PAID, Money(70_00))
    assert not [outcome for outcome in verify(session) if outcome.differing]

    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.permutations(range(len(reports))), st.lists(st.integers(0, len(reports) - 1), max_size=5))
    def in_any_order(order: list[int], twice: list[int]) -> None:
        assert heard([*twice, *order]) == expected

    in_any_order()
    assert heard(list(reversed(range(len(reports))))) == expected


def test_the_same_report_at_the_same_moment_counts_once(
    app: Flask, sold: Sold, at_stripe: Stripe, session: Session
) -> None:
    _, beech, invoice_id = sold
    at_stripe.pay(make.online_payment(beech, invoice_id).url)
    said = at_stripe.said()
    session.rollback()

    def hear(_: int) -> None:
        with app.app_context():
            make.hear(said)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(hear, range(8)))
    count_reports()
    assert make.invoice(invoice_id).paid == Money(100_00)
    assert len(session.scalars(select(StripeNews)).all()) == 1


def test_reports_that_wait_stand_in_nobodys_way_who_has_one_of_their_payments(
    app: Flask, sold: Sold, at_stripe: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has the second payment and goes on to write an event, while the worker counts the first."""
    alder, beech, first = sold
    paid = [
        make.online_payment(beech, invoice_id) for invoice_id in (first, make.issued_invoice(alder, beech))
    ]
    for payment in paid:
        at_stripe.pay(payment.url)
    with monkeypatch.context() as many:
        many.setattr(news_actions, "is_crowded", lambda: True)
        make.hear(at_stripe.said())

    def count() -> int:
        with app.app_context():
            return count_reports()

    with ThreadPoolExecutor(1) as worker:
        with transaction() as acting:
            queries.lock_payment(acting, paid[1].id)
            counted = worker.submit(count)
            databases.wait_until_it_waits(acting, counted)
            events.record(acting, SYSTEM, Act.TENDER_CLOSE, first)
        assert counted.result() == len(paid)
    assert {make.invoice(one.invoice_id).status for one in paid} == {InvoiceStatus.PAID}


def payout_that_names(paid: Mapping[str, Any]) -> dict[str, Any]:
    """A report of a payout by the account of a report, with the name of its payment in it."""
    thing = {"id": "po_1", "amount": 50_00, "currency": "gbp", "status": "paid"}
    intent = paid["data"]["object"]["payment_intent"]
    return {
        **{known: paid[known] for known in ("account", "created")},
        "id": "evt_payout",
        "type": "payout.paid",
        "data": {"object": thing | {"payment_intent": intent}},
    }


def test_reports_of_one_payment_that_wait_are_counted_in_one_step_and_its_payout_in_another(
    sold: Sold, at_stripe: Stripe, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, beech, invoice_id = sold
    payment = make.online_payment(beech, invoice_id)
    at_stripe.pay(payment.url)
    (paid,) = at_stripe.said()
    at_stripe.refund(payment.account, paid["data"]["object"]["payment_intent"], 30_00)
    waiting = [*reversed([paid, *at_stripe.said()]), payout_that_names(paid)]
    assert len(waiting) > 2
    steps: list[int] = []
    with monkeypatch.context() as many:
        many.setattr(news_actions, "is_crowded", lambda: True)
        many.setattr(news_actions, "make_way", lambda: steps.append(1))
        make.hear(waiting)
        assert count_reports() == len(waiting)
    assert len(steps) == 2
    assert make.invoice(invoice_id).paid == Money(70_00)
    session.rollback()
    assert {one.status for one in session.scalars(select(StripeNews))} == {NewsStatus.COUNTED}


def test_a_payout_that_names_a_payment_stands_in_nobodys_way_who_has_its_account(
    app: Flask, sold: Sold, at_stripe: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody counts another payout of the account, while the worker counts the payment, then this one."""
    _, beech, invoice_id = sold
    payment = make.online_payment(beech, invoice_id)
    at_stripe.pay(payment.url)
    paid = at_stripe.said()
    payout = payout_that_names(paid[0])
    with monkeypatch.context() as many:
        many.setattr(news_actions, "is_crowded", lambda: True)
        make.hear([*paid, payout])

    def count() -> int:
        with app.app_context():
            return count_reports()

    with ThreadPoolExecutor(1) as worker:
        with transaction() as acting:
            queries.lock_account(acting, payment.account)
            counted = worker.submit(count)
            databases.wait_until_it_waits(acting, counted)
            events.record(acting, SYSTEM, Act.TENDER_CLOSE, invoice_id)
        assert counted.result() == len(paid) + 1
    assert make.invoice(invoice_id).status is InvoiceStatus.PAID


def test_a_direct_debit_is_pending_until_it_comes_and_the_buyer_hears_when_it_fails(
    sold: Sold, at_stripe: Stripe, session: Session
) -> None:
    _, beech, invoice_id = sold
    payment = make.online_payment(beech, invoice_id)
    at_stripe.pay(payment.url, "bacs_debit")
    make.hear(said := at_stripe.said())
    assert make.stored_payment(payment.id).status is OnlineStatus.PENDING
    assert make.invoice(invoice_id).paid == ZERO
    later = clock.today() + timedelta(days=40)
    assert due(session, later) == []
    alliance_id = session.scalars(select(Membership.alliance_id)).first()
    assert alliance_id
    assert settlements.due_debts(session, alliance_id, later) == []
    with pytest.raises(RuleBroken, match="on its way already"):
        actions.cancel_payment(beech.bursar, payment.id)
    at_stripe.do("fail", said[0]["data"]["object"]["payment_intent"])
    make.hear(at_stripe.said())
    assert make.stored_payment(payment.id).status is OnlineStatus.FAILED
    told = session.scalars(
        select(Message.subject).where(Message.subject.startswith("Your Direct Debit"))
    ).all()
    assert told == [f"Your Direct Debit for invoice {make.invoice(invoice_id).number} failed"]
    assert [invoice.id for invoice, _ in due(session, later)] == [invoice_id]
    assert [debt.invoice_id for debt in settlements.due_debts(session, alliance_id, later)] == [invoice_id]
    again = make.online_payment(beech, invoice_id)
    assert (again.status, again.id != payment.id) == (OnlineStatus.OPEN, True)


def test_what_was_paid_by_bank_meanwhile_leaves_the_online_payment_on_account(
    sold: Sold, at_stripe: Stripe, session: Session
) -> None:
    alder, beech, invoice_id = sold
    payment = make.online_payment(beech, invoice_id)
    make.pay(alder, invoice_id, 60_00)
    at_stripe.pay(payment.url)
    make.hear(said := at_stripe.said())
    invoice = make.invoice(invoice_id)
    assert (invoice.status, invoice.paid) == (InvoiceStatus.PAID, Money(100_00))
    assert held(alder, AccountKind.PAYABLE, beech, "on account") == Money(-60_00)
    assert held(beech, AccountKind.RECEIVABLE, alder, "on account") == Money(60_00)
    # what is over goes back first; beyond it the invoice is unpaid again
    intent = said[0]["data"]["object"]["payment_intent"]
    at_stripe.refund(payment.account, intent, 75_00)
    make.hear(at_stripe.said())
    assert held(alder, AccountKind.PAYABLE, beech, "on account") == ZERO
    assert (make.invoice(invoice_id).status, make.invoice(invoice_id).outstanding) == (
        InvoiceStatus.PART_PAID,
        Money(15_00),
    )
    assert held(alder, AccountKind.RECEIVABLE, beech) == Money(15_00)
    assert held(beech, AccountKind.PAYABLE, alder) == Money(-15_00)
    assert not [str(one) for outcome in verify(session) for one in outcome.kept]


def test_what_does_not_fit_is_kept_aside_with_a_sentence_and_counts_once_it_is_right(
    sold: Sold, at_stripe: Stripe, session: Session
) -> None:
    _, beech, invoice_id = sold
    payment = make.online_payment(beech, invoice_id)
    at_stripe.pay(payment.url)
    (said,) = at_stripe.said()
    thing = said["data"]["object"]
    unlike: dict[str, tuple[dict[str, Any], str]] = {
        "evt_euro": ({"currency": "eur"}, "another currency (EUR)"),
        "evt_less": ({"amount_total": 99_99}, "Stripe reports £99.99, and £100.00 was asked for"),
        "evt_half": ({"amount_total": None}, "does not say what Weald needs"),
        "evt_none": ({"payment_intent": None}, "does not say which payment"),
    }
    for name, (other, _) in unlike.items():
        make.hear([{**said, "id": name, "data": {"object": {**thing, **other}}}])
    make.hear([{**said, "id": "evt_other", "account": "acct_ofsomebodyelse"}])
    for name, (_, sentence) in unlike.items():
        news = session.scalars(select(StripeNews).where(StripeNews.stripe_id == name)).one()
        assert news.status is NewsStatus.ASIDE
        assert sentence in news.reason
    elsewhere = session.scalars(select(StripeNews).where(StripeNews.stripe_id == "evt_other")).one()
    assert (elsewhere.status, elsewhere.school_id) == (NewsStatus.ASIDE, None)
    assert make.invoice(invoice_id).paid == ZERO
    assert make.stored_payment(payment.id).status is OnlineStatus.OPEN
    make.hear([said])
    assert make.invoice(invoice_id).paid == Money(100_00)
    kept_facts = [str(one.facts) for one in session.scalars(select(StripeNews))]
    assert not any("url" in one or "title" in one for one in kept_facts)


def test_what_is_heard_after_its_month_closed_counts_in_the_open_month(
    app: Flask,  # noqa: ARG001  # it needs the database
    at_stripe: Stripe,
    session: Session,
) -> None:
    with clock.travelling(OCTOBER):
        alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
        invoice_id = make.issued_invoice(alder, beech)
        account = make.paid_online(alder)
        payment = make.online_payment(beech, invoice_id)
    at_stripe.pay(payment.url)
    (said,) = at_stripe.said()
    said |= {"account": account, "created": int(OCTOBER.timestamp())}
    strange = {**said, "id": "evt_strange", "data": {"object": {**said["data"]["object"], "currency": "eur"}}}
    with clock.travelling(NOVEMBER):
        make.hear([strange])
        close = (alder.finance_lead, new_id(), alder.id, date(2026, 10, 31))
        with pytest.raises(RuleBroken, match="reported by Stripe on 5 October 2026 and not counted"):
            close_period(*close)
        news_id = session.scalars(select(StripeNews.id)).one()
        news_actions.see_to(alder.finance_lead, news_id, "A trial in euros.")
        close_period(*close)
        make.hear([said])
    assert session.scalars(select(Payment.paid_on)).one() == date(2026, 11, 1)
    assert make.invoice(invoice_id).status is InvoiceStatus.PAID


def test_a_stripe_that_never_answers_keeps_nobody_waiting_and_is_asked_for_the_same_payment_again(
    app: Flask, sold: Sold, at_stripe: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, beech, invoice_id = sold
    right = app.extensions["settings"]
    monkeypatch.setattr(gateway, "MILLISECONDS", AS_PEOPLE_HAVE_IT)
    with socket.create_server(("127.0.0.1", 0)) as hole:  # takes connections and says nothing
        app.extensions["settings"] = replace(
            right, stripe_api_base=f"http://127.0.0.1:{hole.getsockname()[1]}"
        )
        began = time.monotonic()
        payment = make.online_payment(beech, invoice_id)
        assert time.monotonic() - began < 5, "not as long as a hole is silent"
    assert (payment.status, payment.url) == (OnlineStatus.PREPARED, "")
    app.extensions["settings"] = right
    with clock.travelling(clock.now() + timedelta(minutes=1)):
        assert [see_to_online_payments() for _ in range(2)] == [1, 0]
    again = make.online_payment(beech, invoice_id)
    assert (again.id, again.status) == (payment.id, OnlineStatus.OPEN)
    assert not at_stripe.said()


def test_only_the_buyers_finance_people_pay_and_only_what_can_be_paid_online(
    sold: Sold,
    at_stripe: Stripe,  # noqa: ARG001  # Stripe is there to be asked
) -> None:
    alder, beech, invoice_id = sold
    for actor, refusal in ((beech.headteacher, Forbidden), (alder.finance_lead, Forbidden)):
        with pytest.raises(refusal):
            actions.start_payment(actor, new_id(), invoice_id)
    stranger = make.alliance(1).schools[0]
    with pytest.raises(NotFound):
        actions.start_payment(stranger.bursar, new_id(), invoice_id)
    with pytest.raises(RuleBroken, match="bank transfers only"):
        actions.start_payment(alder.bursar, new_id(), make.issued_invoice(beech, alder))
    small = make.issued_invoice(alder, beech, make.line("0.29"))
    with pytest.raises(RuleBroken, match=r"Between £0\.30 and"):
        actions.start_payment(beech.bursar, new_id(), small)
    make.pay(alder, invoice_id, 100_00)
    with pytest.raises(RuleBroken, match="not waiting for money"):
        actions.start_payment(beech.bursar, new_id(), invoice_id)


def test_a_cancelled_page_is_closed_at_stripe_and_a_page_that_was_paid_is_not_cancelled(
    sold: Sold, at_stripe: Stripe
) -> None:
    _, beech, invoice_id = sold
    first = make.online_payment(beech, invoice_id)
    for _ in range(2):
        actions.cancel_payment(beech.finance_lead, first.id)
    assert make.stored_payment(first.id).status is OnlineStatus.CANCELLED
    assert at_stripe.ask(f"/pay/{first.session}")[0] == 410
    second = make.online_payment(beech, invoice_id)
    at_stripe.pay(second.url)
    with pytest.raises(RuleBroken, match="closed this payment already"):
        actions.cancel_payment(beech.bursar, second.id)
    make.hear(at_stripe.said())
    assert make.invoice(invoice_id).status is InvoiceStatus.PAID
