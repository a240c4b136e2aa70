"""What a school accepts of its suppliers stands in its books until it is paid, credited or disputed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.accounts import queries as accounts
from invoicing.accounts import shown
from invoicing.accounts.rules import Period, Side, What
from invoicing.exports.vat126 import queries as vat126
from invoicing.exports.vat126.rules import Period as Months
from invoicing.incoming import actions
from invoicing.incoming.books.models import Creditor
from invoicing.incoming.books.rules import payable, spending
from invoicing.incoming.payments import actions as payments
from invoicing.incoming.payments.rules import Way
from invoicing.incoming.rules import DocumentStatus
from invoicing.ledger.periods import actions as periods
from invoicing.ledger.queries import balances
from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.savings import actions as savings
from invoicing.savings import queries as saved
from invoicing.savings.rules import InvoicedTerms
from invoicing.verification import queries as verification
from marketplace.core import clock
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import incoming as making
from tests.make.alliance import School
from tests.make.bank import Movement

NOVEMBER, DECEMBER = datetime(2026, 11, 10, 9, tzinfo=UTC), datetime(2026, 12, 2, 9, tzinfo=UTC)
ONE_DAY = (making.Charged("1", "50", *making.STANDARD),)

pytestmark = pytest.mark.usefixtures("app")


def held(school: School, category: str = "cleaning") -> tuple[int, int, int, int]:
    """What the school owes the supplier, spent, can reclaim and paid, in pence, by its books."""
    session = make.fresh()
    creditor = session.scalars(select(Creditor).where(Creditor.school_id == school.id)).one()
    names = (
        payable(school.id, creditor.id),
        spending(school.id, category),
        AccountName(school.id, AccountKind.VAT_INPUT),
        AccountName(school.id, AccountKind.BANK),
    )
    found = balances(session, names)
    owed, spent, vat, bank = (found[name.code].pence for name in names)
    return -owed, spent, vat, -bank


def nothing_differs(session: Session) -> bool:
    return [one.heading for one in verification.verify(session) if one.differing] == []


def test_an_accepted_invoice_is_owed_paid_credited_and_paid_back_and_everything_agrees(
    session: Session,
) -> None:
    with clock.travelling(NOVEMBER):
        alder = make.payable_school(make.alliance(2).schools[0])
        contract_id = make.contract(alder, category="cleaning").id
        first = making.accepted(alder, contract_id=contract_id)
        assert held(alder) == (120_00, 100_00, 20_00, 0)
        with pytest.raises(RuleBroken, match="You accepted this invoice"):
            payments.record_payment(
                alder.finance_lead,
                new_id(),
                first,
                way=Way.PAID,
                paid_on=clock.today(),
                amount=Money(1),
                reference="",
            )
        making.paid(alder, first, 50_00)
        (line_id,) = make.money_in(alder, Movement(-100_00, payer="BRIGHT AND BRAMSHIRE"))
        with pytest.raises(RuleBroken, match="Look at it again"):
            payments.match_line(alder.bursar, line_id, [first], Money(99_00))
        assert payments.match_line(alder.bursar, line_id, [first], Money(100_00)) == Money(70_00)
        assert making.supplier_invoice(first).is_paid
        with pytest.raises(RuleBroken, match="not to be paid any more"):
            payments.match_line(alder.bursar, line_id, [first], Money(30_00))

        with pytest.raises(RuleBroken, match="Choose the invoice that it takes back"):
            making.credited(alder, new_id(), *ONE_DAY, number="CN-0")
        note = making.credited(alder, first, *ONE_DAY, number="CN-1")
        assert held(alder) == (-60_00, 50_00, 10_00, 120_00)
        assert making.supplier_invoice(first).owed_back == Money(60_00)
        with pytest.raises(RuleBroken, match=r"only £60\.00 of invoice INV-1041 is left"):
            making.credited(alder, first, number="CN-2")
        back = making.paid(alder, first, 60_00, Way.PAID_BACK)
        assert held(alder) == (0, 50_00, 10_00, 60_00)
        for _ in "twice":
            payments.undo_payment(alder.finance_lead, back, "It was for another invoice")
        assert held(alder) == (-60_00, 50_00, 10_00, 120_00)
        with pytest.raises(RuleBroken, match="it stays in the books"):
            actions.dispute_invoice(alder.bursar, first, making.supplier_invoice(first).version, reason="No")
        version = making.supplier_invoice(note).version
        for _ in "twice":
            actions.dispute_invoice(alder.bursar, note, version, reason="They took it back")
        assert held(alder) == (0, 100_00, 20_00, 120_00)

        listed = shown.aged_list(make.fresh(), alder.id, Side.CREDITORS, clock.today())
        assert listed.differing == []
        assert not listed.items
        assert nothing_differs(session)
        october = InvoicedTerms(date(2026, 10, 1), clock.today(), None, "")
        savings.record_invoiced(alder.bursar, new_id(), contract_id, october)
        (line,) = saved.of_contract(make.fresh(), alder.bursar, contract_id).lines
        assert (line.amount, line.source) == (
            Money(100_00),
            "Counted from what was accepted: INV-1041",
        )
        with pytest.raises(Forbidden):
            payments.undo_payment(alder.headteacher, back, "Why not")


def test_a_disputed_invoice_leaves_the_books_by_another_entry_and_a_closed_month_stays_as_it_is(
    session: Session,
) -> None:
    with clock.travelling(NOVEMBER):
        alder = make.payable_school(make.alliance(2).schools[0])
        first = making.accepted(alder)
        making.accepted(
            alder, number="INV-2", supplier="Bright and Bramshire Ltd", issued_on=date(2026, 11, 9)
        )
        late = making.received(alder, making.supplier_ubl(alder.name, number="INV-3"))
    with clock.travelling(DECEMBER):
        periods.close_period(alder.finance_lead, new_id(), alder.id, date(2026, 11, 30))
        with pytest.raises(RuleBroken, match="closed"):
            actions.accept_invoice(
                alder.bursar,
                late,
                1,
                contract_id=None,
                order_number="",
                reason="Counted",
                posted_on=date(2026, 11, 3),
            )
        actions.accept_invoice(alder.bursar, late, 1, contract_id=None, order_number="", reason="Counted")
        assert making.supplier_invoice(late).posted_on == date(2026, 12, 1)
        version = making.supplier_invoice(first).version
        actions.dispute_invoice(alder.bursar, first, version, reason="Only one came")
        assert making.supplier_invoice(first).status is DocumentStatus.DISPUTED
        assert held(alder, "") == (240_00, 200_00, 40_00, 0)

        session = make.fresh()
        creditor = session.scalars(select(Creditor)).one()
        assert accounts.others(session, alder.id) == {creditor.id: "Bright & Bramshire Limited"}
        shown_now = shown.account(
            session,
            (alder.id, alder.name),
            (creditor.id, creditor.name),
            Period(date(2026, 11, 1), date(2026, 12, 31)),
        )
        assert [(what, total.pence) for what, total in shown_now.statement.sums] == [
            (What.INVOICE_FROM, -360_00),
            (What.TAKEN_OUT, 120_00),
        ]
        assert [item.number for item, _ in shown_now.open_items] == ["INV-3", "INV-2"]
        assert shown_now.of_no_invoice == ZERO
        school = accounts.get_school(session, alder.bursar, alder.id)
        for month, claimed in ((11, [20_00, 20_00]), (12, [20_00, -20_00])):
            wanted = vat126.schedule_of(
                session, alder.bursar, school, Months(date(2026, month, 1), date(2026, month, 30))
            )
            assert sorted((one.vat.pence for one in wanted.claimed), reverse=True) == claimed
            assert wanted.total == wanted.ledger
        actions.reject_invoice(alder.bursar, first, version + 1, reason="Only one came")
        assert nothing_differs(make.fresh())
