"""No single person gives up or pays back a school's money; what is on account is used once."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.bank import actions as bank
from invoicing.bank.proposals import actions, queries
from invoicing.bank.proposals.rules import ProposalStatus
from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.payments import actions as payments
from invoicing.payments.rules import money_held
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import School
from tests.make.bank import Movement


@pytest.fixture
def schools(app: Flask) -> tuple[School, School]:  # noqa: ARG001  # it needs the database
    """Two schools that can be paid."""
    alder, beech = make.alliance(2).schools
    return make.payable_school(alder), make.payable_school(beech)


def write_off(
    school: School, invoice_id: uuid.UUID, pence: int, reason: str = "It cannot be found"
) -> uuid.UUID:
    proposal_id = new_id()
    for _ in range(2):
        actions.propose_write_off(
            school.finance_lead, proposal_id, invoice_id, amount=Money(pence), reason=reason
        )
    return proposal_id


def test_what_is_not_paid_is_written_off_by_two_people_in_both_books(
    schools: tuple[School, School], session: Session
) -> None:
    alder, beech = schools
    invoice_id = make.issued_invoice(alder, beech)
    make.pay(alder, invoice_id, 99_00)
    with pytest.raises(RuleBroken, match=r"must be £1\.00 or less: that is what is still to be paid"):
        write_off(alder, invoice_id, 1_01)
    with pytest.raises(RuleBroken, match="Say why"):
        write_off(alder, invoice_id, 1_00, " ")
    proposal_id = write_off(alder, invoice_id, 1_00)
    with pytest.raises(RuleBroken, match="waits for a second person already"):
        write_off(alder, invoice_id, 50)
    with pytest.raises(Forbidden, match="another person of your school decides"):
        actions.approve_proposal(alder.finance_lead, proposal_id)
    with pytest.raises(NotFound):
        actions.approve_proposal(beech.headteacher, proposal_id)
    assert make.invoice(invoice_id).outstanding == Money(1_00)
    for _ in range(2):
        actions.approve_proposal(alder.headteacher, proposal_id)
    assert make.invoice(invoice_id).status is InvoiceStatus.PAID
    names = [
        AccountName(alder.id, AccountKind.EXPENSE),
        AccountName(alder.id, AccountKind.RECEIVABLE, beech.id),
        AccountName(beech.id, AccountKind.INCOME),
        AccountName(beech.id, AccountKind.PAYABLE, alder.id),
    ]
    assert list(ledger.balances(session, names).values()) == [Money(1_00), ZERO, Money(-1_00), ZERO]
    told = {one.subject: one.body for one in session.scalars(select(Message))}
    number = make.invoice(invoice_id).number
    assert (
        "do not pay the part that was given up"
        in told[f"Alder Primary School asks for less of invoice {number}"]
    )
    assert "Alder Headteacher approved" in told[f"Approved: write off £1.00 of invoice {number}"]


def test_a_proposal_is_refused_with_a_reason_and_nothing_is_posted(
    schools: tuple[School, School], session: Session
) -> None:
    alder, beech = schools
    invoice_id = make.issued_invoice(alder, beech)
    proposal_id = write_off(alder, invoice_id, 100_00)
    with pytest.raises(Forbidden):
        actions.refuse_proposal(alder.finance_lead, proposal_id, "No")
    for _ in range(2):
        actions.refuse_proposal(alder.headteacher, proposal_id, "They will pay in May.")
    with pytest.raises(RuleBroken):
        actions.approve_proposal(alder.headteacher, proposal_id)
    proposal = queries.get_proposal(make.fresh(), alder.bursar, proposal_id)
    assert (proposal.status, proposal.refusal_reason) == (ProposalStatus.REFUSED, "They will pay in May.")
    (told,) = session.scalars(select(Message.body).where(Message.subject.startswith("Refused: "))).all()
    assert "Why not: They will pay in May." in told
    assert make.invoice(invoice_id).outstanding == Money(100_00)
    again = write_off(alder, invoice_id, 100_00)
    make.pay(alder, invoice_id, 60_00)
    with pytest.raises(RuleBroken, match=r"must be £40\.00 or less"):
        actions.approve_proposal(alder.headteacher, again)
    session.rollback()


def test_what_is_on_account_pays_the_next_invoice_and_the_rest_is_paid_back_by_two_people(
    schools: tuple[School, School], session: Session
) -> None:
    alder, beech = schools
    first, second = make.issued_invoice(alder, beech), make.issued_invoice(alder, beech)
    (line_id,) = make.money_in(alder, Movement(230_00))
    bank.match_payment(alder.finance_lead, line_id, 1, [first], Money(130_00))
    session.rollback()
    assert [one.amount for one in queries.on_account(session, alder.bursar)] == [Money(130_00)]
    payment_id = new_id()
    for _ in range(2):
        assert payments.use_on_account(alder.finance_lead, payment_id, second) == Money(100_00)
    assert make.invoice(second).status is InvoiceStatus.PAID
    proposal_id = new_id()
    with pytest.raises(RuleBroken, match=r"must be £30\.00 or less: that is what is kept on account"):
        actions.propose_repayment(
            alder.bursar, proposal_id, alder.id, beech.id, amount=Money(31_00), reason="Paid too much"
        )
    actions.propose_repayment(
        alder.bursar, proposal_id, alder.id, beech.id, amount=Money(30_00), reason="Paid too much"
    )
    with pytest.raises(Forbidden):
        actions.approve_proposal(alder.bursar, proposal_id)
    for _ in range(2):
        actions.approve_proposal(alder.finance_lead, proposal_id)
    session.rollback()
    held = money_held(alder.id, beech.id)
    banks = [AccountName(alder.id, AccountKind.BANK), AccountName(beech.id, AccountKind.BANK)]
    assert list(ledger.balances(session, [*held, *banks]).values()) == [
        ZERO,
        ZERO,
        Money(200_00),
        Money(-200_00),
    ]
    assert queries.on_account(session, alder.bursar) == []
    with pytest.raises(RuleBroken, match="Nothing is on account"):
        payments.use_on_account(alder.finance_lead, new_id(), make.issued_invoice(alder, beech))
