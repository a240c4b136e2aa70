"""Ages and statements come from the ledger, mirror each other, and agree with the invoices to the penny."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from invoicing.accounts import queries, shown
from invoicing.accounts.rules import Band, Period, Side
from invoicing.bank import actions as bank
from invoicing.bank.proposals import actions as proposals
from invoicing.payments import actions as payments
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import settlement as making
from tests.make.bank import Movement

pytestmark = pytest.mark.usefixtures("app")


def test_everything_between_two_schools_is_on_both_statements_and_makes_what_is_open(
    session: Session,
) -> None:
    made = making.ring()
    alder, beech, cedar = made.schools
    today = clock.today()
    paid = make.issued_invoice(alder, beech, make.line("120.00"))
    (line_id,) = make.money_in(alder, Movement(150_00, payer="Beech"))
    bank.match_payment(alder.finance_lead, line_id, 1, [paid], Money(30_00))
    credited = make.issued_invoice(beech, alder, make.line("80.00"))
    make.credit(beech, credited, {1: 15_00})
    making.agreed_settlement(made)
    late = make.issued_invoice(alder, beech, make.line("200.00"))
    payments.use_on_account(alder.finance_lead, new_id(), late)
    given_up = new_id()
    proposals.propose_write_off(alder.bursar, given_up, late, amount=Money(20_00), reason="Not worth it")
    proposals.approve_proposal(alder.headteacher, given_up)
    session.rollback()

    period = Period(today, today)
    ours = shown.account(session, (alder.id, alder.name), (beech.id, beech.name), period)
    theirs = shown.account(session, (beech.id, beech.name), (alder.id, alder.name), period)
    assert dict(ours.sums) == {
        "Invoices issued": Money(820_00),
        "Invoices received": Money(-80_00),
        "Credit notes received": Money(15_00),
        "Payments received": Money(-150_00),
        "Settled between schools": Money(-500_00),
        "Written off": Money(-20_00),
    }
    assert ours.statement.closing == Money(85_00) == -theirs.statement.closing
    assert [-line.amount for line in theirs.statement.lines] == [line.amount for line in ours.statement.lines]
    assert ours.of_no_invoice == theirs.of_no_invoice == ZERO
    assert {item.number: amount.pence for item, amount in ours.open_items} == {
        make.invoice(late).number: 150_00,
        make.invoice(credited).number: -65_00,
    }
    assert (make.invoice(late).outstanding, make.invoice(credited).outstanding) == (
        Money(150_00),
        Money(65_00),
    )
    for school in (alder, beech, cedar):
        for side in Side:
            assert not shown.aged_list(session, school.id, side, today).differing

    tomorrow = Period(today + timedelta(days=1), today + timedelta(days=31))
    after = shown.account(session, (alder.id, alder.name), (beech.id, beech.name), tomorrow)
    assert (after.statement.opening, after.statement.closing, after.statement.lines) == (
        Money(85_00),
        Money(85_00),
        (),
    )
    aged = shown.aged_list(session, alder.id, Side.DEBTORS, today + timedelta(days=31))
    assert aged.total.bands[Band.TO_30] == Money(150_00) == aged.total.total
    assert b"Beech Primary School" in shown.aged_csv(aged)
    owing = shown.aged_list(session, alder.id, Side.CREDITORS, today)
    assert owing.total.bands[Band.NOT_DUE] == Money(65_00)


def test_money_on_account_lowers_what_is_owed_and_the_day_before_knows_nothing_of_it(
    session: Session,
) -> None:
    made = making.ring()
    alder, beech, _ = made.schools
    (line_id,) = make.money_in(alder, Movement(530_00, payer="Beech"))
    bank.match_payment(alder.finance_lead, line_id, 1, [made.invoices[0]], Money(30_00))
    session.rollback()
    today = clock.today()
    (row,) = shown.aged_list(session, alder.id, Side.DEBTORS, today).rows
    assert (row.held, row.total) == (Money(-30_00), Money(-30_00))
    (mirrored,) = (
        one
        for one in shown.aged_list(session, beech.id, Side.CREDITORS, today).rows
        if one.other_id == alder.id
    )
    assert mirrored.total == Money(-30_00)
    assert not shown.aged_list(session, alder.id, Side.DEBTORS, today - timedelta(days=1)).rows
    with pytest.raises(NotFound):
        queries.get_school(session, beech.finance_lead, alder.id)
    with pytest.raises(NotFound):
        queries.get_school(session, alder.governor, alder.id)
    assert queries.get_school(session, made.alliance.auditor, alder.id).name == alder.name
    with pytest.raises(NotFound):
        queries.get_other(session, alder.id, made.alliance.id)
