"""Statements are kept once or not at all; what came in is counted once, in both schools' books."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from invoicing.bank import actions, queries
from invoicing.bank.formats.csv_file import Column
from invoicing.bank.models import BankLine, BankStatement
from invoicing.bank.rules import LineStatus
from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.models import Entry
from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.payments.models import Payment
from invoicing.payments.rules import money_held
from marketplace.core import clock
from marketplace.core.chain import first_broken_link
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import School
from tests.make.bank import Movement

COLUMNS = {Column.DATE: "Date", Column.AMOUNT: "Amount", Column.REFERENCE: "Details", Column.PAYER: "Who"}


@pytest.fixture
def schools(app: Flask) -> tuple[School, School, School]:  # noqa: ARG001  # it needs the database
    """Three schools that can be paid."""
    alder, beech, cedar = make.alliance(3).schools
    return make.payable_school(alder), make.payable_school(beech), make.payable_school(cedar)


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def match(school: School, line_id: uuid.UUID, *invoice_ids: uuid.UUID, seen: Money = ZERO) -> None:
    actions.match_payment(
        school.finance_lead, line_id, make.bank_line(line_id).version, list(invoice_ids), seen
    )


def test_a_statement_imported_twice_or_overlapping_changes_nothing_of_what_is_there(
    schools: tuple[School, ...], session: Session
) -> None:
    alder = schools[0]
    one, two = Movement(100_00, reference="A", bank_id="1"), Movement(-40_00, reference="B", bank_id="2")
    first = make.import_statement(alder, make.camt(alder, one, two))
    assert make.import_statement(alder, make.camt(alder, one, two), "again.xml") == first
    assert (count(session, BankStatement), count(session, BankLine)) == (1, 2)
    three = Movement(7_00, reference="C", bank_id="3")
    later = make.import_statement(alder, make.camt(alder, two, three, three))
    kept = queries.get_statement(session, alder.finance_lead, later)
    assert (kept.added, kept.known, kept.doubled) == (2, 1, 0)
    statuses = [line.status for line in session.scalars(select(BankLine).order_by(BankLine.id))]
    assert statuses.count(LineStatus.WAITING) == 3
    assert statuses.count(LineStatus.OUTGOING) == 1
    assert count(session, Entry) == 0
    assert first_broken_link(session) is None


def test_a_day_on_which_nothing_moved_is_read_with_the_days_on_which_something_did(
    schools: tuple[School, ...], session: Session
) -> None:
    alder = schools[0]
    weekend = make.camt(alder).partition(b"<Stmt>")[2].partition(b"</Stmt>")[0]
    file = make.camt(alder, Movement(100_00)).replace(b"<Stmt>", b"<Stmt>" + weekend + b"</Stmt><Stmt>", 1)
    kept = queries.get_statement(session, alder.finance_lead, make.import_statement(alder, file))
    assert (kept.added, kept.opening, kept.closing) == (1, Money(1_000_00), Money(1_100_00))


def test_what_is_refused_leaves_nothing_behind(schools: tuple[School, ...], session: Session) -> None:
    alder, beech, _ = schools
    fine = Movement(100_00, reference="A")
    wrong = {
        "is of the account ending 6819": make.camt(alder, fine, account="GB29NWBK60161331926819"),
        "is in EUR": make.camt(alder, fine, currency="EUR"),
        "which has not come yet": make.camt(alder, fine._replace(day=clock.today() + timedelta(days=1))),
        "does not add up": make.camt(alder, fine, closing=1),
        "cannot be read": make.camt(alder, fine)[:-9],
    }
    for sentence, content in wrong.items():
        with pytest.raises(RuleBroken, match=sentence) as refused:
            make.import_statement(alder, content)
        assert refused.value.field == "statement"
    with pytest.raises(Forbidden):
        actions.import_statement(alder.governor, new_id(), alder.id, "a.xml", make.camt(alder, fine))
    with pytest.raises(Forbidden):
        actions.import_statement(beech.finance_lead, new_id(), alder.id, "a.xml", make.camt(alder, fine))
    assert (count(session, BankStatement), count(session, BankLine)) == (0, 0)


def test_columns_of_a_csv_file_are_chosen_once_for_an_account(
    schools: tuple[School, ...], session: Session
) -> None:
    alder = schools[0]
    day = f"{clock.today():%d/%m/%Y}"
    waiting = make.import_statement(alder, f"Date,Who,Details,Amount\n{day},B,x,10.00\n".encode(), "a.csv")
    kept = queries.get_statement(session, alder.finance_lead, waiting)
    assert (kept.first_on, kept.lines) == (None, [])
    wrong = {**COLUMNS, Column.AMOUNT: "Who", Column.PAYER: "Amount"}
    with pytest.raises(RuleBroken, match="row 2, Who: “B” is no amount"):
        actions.choose_columns(alder.finance_lead, waiting, wrong)
    with pytest.raises(NotFound):
        actions.choose_columns(alder.finance_lead, waiting, {**COLUMNS, Column.BALANCE: "Other"})
    for _ in range(2):
        actions.choose_columns(alder.bursar, waiting, COLUMNS)
    assert count(session, BankLine) == 1
    other = f"Date,Who,Details,Amount\n{day},C,y,-3.00\n{day},C,z,4.00\n".encode()
    read = queries.get_statement(session, alder.bursar, make.import_statement(alder, other, "b.csv"))
    assert [line.amount for line in read.lines] == [Money(-3_00), Money(4_00)]


def test_a_payment_is_matched_once_and_stands_in_both_schools_books(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech, cedar = schools
    invoice_id = make.issued_invoice(alder, beech)
    number = make.invoice(invoice_id).number
    (line_id,) = make.money_in(alder, Movement(100_00, reference=f"Minibus {number}"))
    line = make.bank_line(line_id)
    (suggestion,) = queries.suggestions(line, queries.open_invoices(session, alder.id))
    assert suggestion.invoice.id == invoice_id
    with pytest.raises(Forbidden):
        actions.match_payment(alder.bursar, line_id, line.version, [invoice_id], ZERO)
    with pytest.raises(NotFound):
        actions.match_payment(cedar.finance_lead, line_id, line.version, [invoice_id], ZERO)
    for _ in range(2):
        match(alder, line_id, invoice_id)
    assert make.invoice(invoice_id).status is InvoiceStatus.PAID
    assert make.bank_line(line_id).status is LineStatus.MATCHED
    assert count(session, Payment) == 1
    balances = ledger.balances(
        session,
        [
            AccountName(alder.id, AccountKind.BANK),
            AccountName(beech.id, AccountKind.BANK),
            AccountName(alder.id, AccountKind.RECEIVABLE, beech.id),
        ],
    )
    assert list(balances.values()) == [Money(100_00), Money(-100_00), ZERO]
    with pytest.raises(RuleBroken):
        match(alder, line_id, make.issued_invoice(alder, beech))


def test_one_payment_pays_several_invoices_in_part_and_what_is_over_stays_on_account(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech, cedar = schools
    first, second = make.issued_invoice(alder, beech), make.issued_invoice(alder, beech)
    foreign = make.issued_invoice(alder, cedar)
    part, over = make.money_in(alder, Movement(150_00, reference="a"), Movement(70_00, reference="b"))
    with pytest.raises(RuleBroken, match="choose invoices of one school"):
        match(alder, part, first, foreign)
    match(alder, part, first, second)
    assert (make.invoice(first).outstanding, make.invoice(second).outstanding) == (ZERO, Money(50_00))
    with pytest.raises(RuleBroken, match="One of these invoices is not waiting for money"):
        match(alder, over, first)
    with pytest.raises(RuleBroken, match=r"£20\.00 would stay on account now, not £0\.00"):
        match(alder, over, second)
    match(alder, over, second, seen=Money(20_00))
    assert make.invoice(second).status is InvoiceStatus.PAID
    held = money_held(alder.id, beech.id)
    assert list(ledger.balances(session, held).values()) == [Money(-20_00), Money(20_00)]
    assert make.bank_line(over).on_account == Money(20_00)
    assert ledger.balance(session, AccountName(alder.id, AccountKind.BANK)) == Money(220_00)
    assert ledger.incomplete_entries(session) == []


def test_money_for_no_invoice_is_set_aside_with_a_reason_and_taken_up_again(
    schools: tuple[School, ...], session: Session
) -> None:
    alder = schools[0]
    (line_id,) = make.money_in(alder, Movement(500_00, "Bramshire Council", "High needs"))
    for _ in range(2):
        actions.set_aside(alder.finance_lead, line_id, 1, "A grant")
    assert make.bank_line(line_id).status is LineStatus.SET_ASIDE
    assert queries.waiting_for(session, alder.bursar) == []
    with pytest.raises(RuleBroken):
        match(alder, line_id, make.issued_invoice(alder, schools[1]))
    for _ in range(2):
        actions.take_up(alder.finance_lead, line_id, make.bank_line(line_id).version)
    taken = make.bank_line(line_id)
    assert (taken.status, taken.reason, taken.settled_by) == (LineStatus.WAITING, "", None)
