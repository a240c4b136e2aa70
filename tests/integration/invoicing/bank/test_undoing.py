"""A match confirmed by mistake is undone by entries, and everything is owed again as before."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.bank import actions
from invoicing.bank.proposals import queries as proposals
from invoicing.bank.rules import LineStatus
from invoicing.bank.undoing.actions import undo_match
from invoicing.bank.undoing.queries import of_line
from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.payments import actions as payments
from invoicing.verification import queries as verification
from marketplace.core.errors import Forbidden, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import School
from tests.make.bank import Movement

pytestmark = pytest.mark.usefixtures("app")


def balances(session: Session, alder: School, beech: School) -> dict[str, int]:
    """What stands on the accounts that a payment of beech to alder touches, in pence."""
    session.rollback()
    names = {
        "owed": AccountName(alder.id, AccountKind.RECEIVABLE, beech.id),
        "owes": AccountName(beech.id, AccountKind.PAYABLE, alder.id),
        "bank": AccountName(alder.id, AccountKind.BANK),
        "paid": AccountName(beech.id, AccountKind.BANK),
    }
    found = ledger.balances(session, names.values())
    return {what: found[name.code].pence for what, name in names.items()}


def match(alder: School, line_id: uuid.UUID, invoice_ids: list[uuid.UUID], seen: int) -> None:
    version = make.bank_line(line_id).version
    actions.match_payment(alder.finance_lead, line_id, version, invoice_ids, Money(seen))


def test_what_was_matched_by_mistake_is_owed_again_and_can_be_matched_anew(session: Session) -> None:
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    first, second, right = (make.issued_invoice(alder, beech, make.line("100.00")) for _ in range(3))
    before = balances(session, alder, beech)
    (line_id,) = make.money_in(alder, Movement(130_00))
    match(alder, line_id, [first, second], 0)
    assert [make.invoice(one).status for one in (first, second)] == [
        InvoiceStatus.PAID,
        InvoiceStatus.PART_PAID,
    ]
    version, undoing_id = make.bank_line(line_id).version, new_id()
    with pytest.raises(RuleBroken, match="Say why"):
        undo_match(alder.finance_lead, undoing_id, line_id, version, " ")
    with pytest.raises(Stale):
        undo_match(alder.finance_lead, undoing_id, line_id, version - 1, "A typing error")
    with pytest.raises(Forbidden):
        undo_match(alder.bursar, undoing_id, line_id, version, "A typing error")
    for _ in range(2):
        undo_match(alder.finance_lead, undoing_id, line_id, version, "It was for another invoice")
    assert [make.invoice(one).status for one in (first, second)] == [InvoiceStatus.ISSUED] * 2
    assert make.invoice(first).outstanding == Money(100_00)
    assert balances(session, alder, beech) == before
    (undone,) = of_line(session, line_id)
    assert (undone.reason, undone.person.name) == ("It was for another invoice", "Alder Finance Lead")
    line = make.bank_line(line_id)
    assert (line.status, line.payer_id, line.on_account) == (LineStatus.WAITING, None, ZERO)
    (letter,) = session.scalars(select(Message).where(Message.subject.contains("took a payment off"))).all()
    assert "still to pay £100.00" in letter.body
    assert "It was for another invoice" in letter.body

    match(alder, line_id, [right], 30_00)
    assert make.invoice(right).status is InvoiceStatus.PAID
    assert balances(session, alder, beech)["bank"] == before["bank"] + 130_00
    assert not [one.check.name for one in verification.verify(session) if one.differing]
    assert proposals.held(session, alder.id, beech.id) == Money(30_00)


def test_a_match_whose_rest_was_used_since_is_not_undone_until_that_is_set_right(session: Session) -> None:
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    paid, later = (make.issued_invoice(alder, beech, make.line("100.00")) for _ in range(2))
    (line_id,) = make.money_in(alder, Movement(130_00))
    match(alder, line_id, [paid], 30_00)
    payments.use_on_account(alder.finance_lead, new_id(), later)
    before = balances(session, alder, beech)
    with pytest.raises(RuleBroken, match=r"left £30.00 on account, and only £0.00"):
        undo_match(alder.finance_lead, new_id(), line_id, make.bank_line(line_id).version, "A mistake")
    assert balances(session, alder, beech) == before
    assert make.invoice(paid).status is InvoiceStatus.PAID
    make.credit(alder, paid, {1: 100_00})
    assert make.invoice(paid).status is InvoiceStatus.CREDITED


def test_an_invoice_credited_in_full_stays_so_when_its_payment_is_undone(session: Session) -> None:
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    paid = make.issued_invoice(alder, beech, make.line("100.00"))
    (line_id,) = make.money_in(alder, Movement(130_00))
    match(alder, line_id, [paid], 30_00)
    make.credit(alder, paid, {1: 100_00})
    assert make.invoice(paid).owed_back == Money(100_00)
    undo_match(
        alder.finance_lead, new_id(), line_id, make.bank_line(line_id).version, "Another school’s money"
    )
    assert (make.invoice(paid).status, make.invoice(paid).owed_back) == (InvoiceStatus.CREDITED, ZERO)
    assert not any(balances(session, alder, beech).values())
    assert proposals.held(session, alder.id, beech.id) == ZERO
