"""Money between schools and in the fund, some of everything, in a month that is closed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from invoicing.bank import actions as bank
from invoicing.bank.proposals import actions as proposals
from invoicing.invoices.rules import VatCategory
from invoicing.ledger.periods import actions as periods
from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests.make import incoming
from tests.make.alliance import Alliance, School, alliance
from tests.make.bank import Movement, money_in
from tests.make.fund import paid_claim, partnership_fund, received_round
from tests.make.invoices import VAT_NUMBERS, credit, issued_invoice, line, pay, payable_school
from tests.make.kept import kept

OCTOBER, NOVEMBER = datetime(2026, 10, 5, 9, tzinfo=UTC), datetime(2026, 11, 12, 9, tzinfo=UTC)
END_OF_OCTOBER = date(2026, 10, 31)


@dataclass(frozen=True, slots=True)
class Settled:
    """An alliance, and the invoice that its first school issued to its second."""

    alliance: Alliance
    issuer: School
    buyer: School
    invoice_id: UUID


@kept
def some_of_everything() -> Settled:
    """Issued, bought, part paid, credited, written off; a fund that received and paid; October closed."""
    with clock.travelling(OCTOBER):
        everybody = alliance(3)
        alder = payable_school(everybody.schools[0], vat_number=VAT_NUMBERS[0])
        beech = payable_school(everybody.schools[1])
        standard = line("100.00", category=VatCategory.STANDARD)
        first = issued_invoice(alder, beech, standard, line("33.33", "3", category=VatCategory.STANDARD))
        second = issued_invoice(alder, beech, standard)
        pay(alder, first, 60_00)
        credit(alder, first, {1: 25_00})
        (line_id,) = money_in(alder, Movement(70_00))
        bank.match_payment(alder.finance_lead, line_id, 1, [second], Money(0))
        proposal_id = new_id()
        proposals.propose_write_off(
            alder.bursar, proposal_id, second, amount=Money(20_00), reason="They never got it."
        )
        proposals.approve_proposal(alder.finance_lead, proposal_id)
        bought = incoming.accepted(alder, issued_on=date(2026, 10, 2))
        one_day = incoming.Charged("1", "50", *incoming.STANDARD)
        incoming.credited(alder, bought, one_day, number="CN-1", issued_on=date(2026, 10, 2))
        incoming.paid(alder, bought, 50_00)
        held = partnership_fund(everybody)
        received_round(held)
        paid_claim(held, beech)
    with clock.travelling(NOVEMBER):
        periods.close_period(alder.finance_lead, new_id(), alder.id, END_OF_OCTOBER)
    return Settled(everybody, alder, beech, first)


@dataclass(frozen=True, slots=True)
class Opening:
    """Three schools that owe one another in a ring, the first of them registered for VAT.

    The second paid the first £200.00 for an invoice of £120.00, so £80.00 is on account; `lines` came in from
    the second, £30.00 and £500.00, and wait. The first has a supplier’s invoice of £120.00 and a credit note
    of £60.00 for it, and has decided about neither.
    """

    alliance: Alliance
    invoices: tuple[UUID, ...]
    """£600.00 and £120.00 to the second from the first, £300.00 to the third, and £100.00 from that."""
    lines: tuple[UUID, ...]
    bought: UUID
    note: UUID

    @property
    def schools(self) -> tuple[School, ...]:
        """The three schools."""
        return self.alliance.schools


@kept
def opening() -> Opening:
    """Where the life of the books begins, in October."""
    with clock.travelling(OCTOBER):
        everybody = alliance(3)
        first, second, third = (
            payable_school(school, vat_number=number)
            for school, number in zip(everybody.schools, (VAT_NUMBERS[0], "", ""), strict=True)
        )
        standard = VatCategory.STANDARD
        invoices = (
            issued_invoice(first, second, line("500.00", category=standard), payment_days=0),
            issued_invoice(first, second, line("100.00", category=standard), payment_days=0),
            issued_invoice(second, third, line("300.00"), payment_days=0),
            issued_invoice(third, first, line("100.00"), payment_days=0),
        )
        matched, *waiting = money_in(first, *(Movement(pence) for pence in (200_00, 30_00, 500_00)))
        bank.match_payment(first.finance_lead, matched, 1, [invoices[1]], Money(80_00))
        on = OCTOBER.date()
        bought = incoming.received(first, incoming.supplier_ubl(first.name, issued_on=on))
        one_day = incoming.Charged("1", "50", *incoming.STANDARD)
        credited = incoming.supplier_ubl(
            first.name, one_day, number="CN-1", takes_back="INV-1041", issued_on=on
        )
        note = incoming.received(first, credited)
    return Opening(everybody, invoices, tuple(waiting), bought, note)
