"""The books lived through by people who do anything in any order, crash, try again and click twice.

After each step the real books are compared with a plain model of what everybody owes and holds; at the end of
each life the verifier finds nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from invoicing.bank import actions as bank
from invoicing.bank.proposals import actions as proposals
from invoicing.gateways import pdf, workers
from invoicing.gateways.drawing import Order
from invoicing.incoming import actions as suppliers
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.payments import actions as supplier_payments
from invoicing.incoming.payments.rules import Way
from invoicing.invoices import actions as invoices
from invoicing.invoices.credit_notes import actions as credit_notes
from invoicing.invoices.disputes import actions as disputes
from invoicing.invoices.e_invoices import writing
from invoicing.invoices.rules import InvoiceTerms, LineDraft, VatCategory
from invoicing.ledger.periods import actions as periods
from invoicing.payments import actions as payments
from invoicing.settlement import actions as settlements
from invoicing.settlement.models import Settlement, SettlementPayment
from invoicing.verification import queries as verification
from marketplace.core import clock, mail
from marketplace.core.errors import Refusal
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests import make
from tests.books_model import Bill, Books, Bought, month_end
from tests.make import kept, money

Step = TypeVar("Step", bound=Callable[..., None])
EXAMPLES, STEPS = 200, 50
SCHOOLS = st.sampled_from([0, 1, 2])
PAIRS = st.sampled_from([(0, 1), (1, 2), (2, 0), (1, 0)])
PLACES = st.integers(0, 9)
LIMITS = {
    "draft": 4,
    "credit": 2,
    "dispute": 3,
    "write_off": 1,
    "pay_back": 1,
    "net": 1,
    "close": 6,
    "supplier": 4,
}
"""So often at most in a life: what takes several people, or a document, takes most of the time."""
BACK = st.sampled_from([0, 0, 0, 10, 40])
MORE = st.sampled_from([0, 0, 0, 1])
SHARES = st.sampled_from([0.3, 0.5, 1.0, 1.0])
BALANCES = text(
    "SELECT account.code, sum(side.pence) FROM ("
    " SELECT debit_id AS account_id, amount AS pence FROM ledger_transfer"
    " UNION ALL SELECT credit_id, -amount FROM ledger_transfer) AS side"
    " JOIN ledger_account AS account ON account.id = side.account_id GROUP BY account.code"
)
STORED = text("SELECT id, status, number, total, paid, credited, disputed FROM invoice")


class Crash(Exception):  # what happens to a process, not an error of ours
    """The process dies before what it did is stored."""


@dataclass
class Weather:
    """What befalls the next commit, and whether anything was stored since somebody looked."""

    stormy: bool = False
    stored: bool = True

    def before_commit(self, _: Session) -> None:
        if self.stormy:
            self.stormy = False
            raise Crash

    def after_commit(self, _: Session) -> None:
        self.stored = True


@dataclass(frozen=True)
class Deed:
    """Something that somebody does, may be allowed to do, and what it then changes in the model."""

    attempt: Callable[[], object]
    allowed: Callable[[], bool]
    effect: Callable[[], object]
    repeatable: bool = True


def may_still(what: str) -> Callable[[Step], Step]:
    """Only while it was not done too often in this life."""
    return precondition(lambda self: self.left[what])


class LifeOfTheBooks(RuleBasedStateMachine):
    """Three schools, one of them registered for VAT, over a few months."""

    weather: Weather
    shelf: kept.Shelf

    @initialize()
    def begin(self) -> None:
        self.weather.stored, self.weather.stormy = True, False
        self.shelf.put_back_empty()
        self.now = money.OCTOBER
        self.world = money.opening()
        self.schools = self.world.schools
        self.books = books = Books(tuple(school.urn for school in self.schools))
        made = ((0, 1, 500_00, 20), (0, 1, 100_00, 20), (1, 2, 300_00, 0), (2, 0, 100_00, 0))
        for key, (issuer, buyer, net, rate) in zip(self.world.invoices, made, strict=True):
            bill = books.bills[key.hex] = Bill(issuer, buyer, net, rate, self.today)
            books.issue(bill, self.today)
        second = books.bills[self.world.invoices[1].hex]
        books.pay(second, second.total, self.today)
        books.keep(0, 1, 80_00, self.today)
        books.bought = Bought(0, 120_00, 60_00, self.today)
        self.waiting = dict(zip(self.world.lines, (30_00, 500_00), strict=True))
        self.settled: dict[uuid.UUID, uuid.UUID | None] = {}
        self.to_receive: dict[uuid.UUID, tuple[str, int, int, int]] = {}
        self.left = dict(LIMITS)
        self.done: list[Deed] = []
        self.crashed: list[Deed] = []

    @property
    def today(self) -> date:
        return self.now.date()

    def bill_at(self, place: int) -> tuple[uuid.UUID, Bill]:
        """One of the issued invoices, the latest first."""
        issued = [(key, bill) for key, bill in self.books.bills.items() if bill.issued_on]
        key, bill = issued[-1 - place % len(issued)]
        return uuid.UUID(key), bill

    def does(self, deed: Deed) -> None:
        """Do something for real; what the model does not allow must be refused, and the other way round."""
        allowed = deed.allowed()
        try:
            with clock.travelling(self.now):
                deed.attempt()
        except Crash:
            self.crashed.append(deed)
        except Refusal as refusal:
            if allowed:
                raise AssertionError(f"What may be done was refused: {refusal.message}") from refusal
        else:
            assert allowed, "what must be refused was done"
            deed.effect()
            if deed.repeatable:
                self.done.append(deed)

    @may_still("draft")
    @rule(pair=PAIRS, pounds=st.integers(1, 900))
    def draft(self, pair: tuple[int, int], pounds: int) -> None:
        self.left["draft"] -= 1
        (issuer, buyer), key = pair, new_id()
        pence = pounds * 100 + pounds % 7
        terms = InvoiceTerms(
            buyer_id=self.schools[buyer].id,
            supplied_on=self.today,
            payment_days=0,
            purchase_order="",
            note="",
            lines=(
                LineDraft(
                    description="Minibus",
                    quantity=Decimal(1),
                    unit="",
                    unit_price=Money(pence).pounds,
                    category=VatCategory.STANDARD if issuer == 0 else VatCategory.OUTSIDE,
                ),
            ),
        )
        bill = Bill(issuer, buyer, pence, 0 if issuer else 20, self.today)
        school = self.schools[issuer]
        self.does(
            Deed(
                lambda: invoices.draft_invoice(school.bursar, key, school.id, terms),
                lambda: True,
                lambda: self.books.bills.update({key.hex: bill}),
            )
        )

    @precondition(lambda self: any(bill.issued_on is None for bill in self.books.bills.values()))
    @rule()
    def issue(self) -> None:
        """Issue every draft of the school that has the oldest."""
        drafts = [(key, bill) for key, bill in self.books.bills.items() if bill.issued_on is None]
        issuer = drafts[0][1].issuer
        chosen = [(key, bill) for key, bill in drafts if bill.issuer == issuer]
        lead = self.schools[issuer].finance_lead

        def effect() -> None:
            for _, bill in chosen:
                if bill.issued_on is None:
                    self.books.issue(bill, self.today)

        self.does(
            Deed(
                lambda: invoices.issue_invoices(lead, [(uuid.UUID(key), 1) for key, _ in chosen]),
                lambda: True,
                effect,
            )
        )

    @rule(
        place=PLACES,
        share=SHARES,
        back=BACK,
        more=MORE,
    )
    def pay(self, place: int, share: float, back: int, more: int) -> None:
        key, bill = self.bill_at(place)
        amount, day = round(bill.outstanding * share) + more, self.today - timedelta(days=back)
        payment_id, lead = new_id(), self.schools[bill.issuer].finance_lead
        self.does(
            Deed(
                lambda: payments.record_payment(
                    lead, payment_id, key, paid_on=day, amount=Money(amount), reference="BACS"
                ),
                lambda: self.books.may_pay(bill, amount, day, self.today),
                lambda: self.books.pay(bill, amount, day),
            )
        )

    @rule(place=PLACES)
    def use_what_is_on_account(self, place: int) -> None:
        key, bill = self.bill_at(place)
        payment_id, lead = new_id(), self.schools[bill.issuer].finance_lead

        def amount() -> int:
            return min(bill.outstanding, self.books.held[bill.issuer, bill.buyer])

        self.does(
            Deed(
                lambda: payments.use_on_account(lead, payment_id, key),
                lambda: self.books.may_pay(bill, amount(), self.today, self.today),
                lambda: self.books.use_held(bill, amount(), self.today),
            )
        )

    @precondition(lambda self: self.books.held[0, 1] and self.left["pay_back"])
    @rule(share=SHARES, more=MORE)
    def pay_back(self, share: float, more: int) -> None:
        self.left["pay_back"] -= 1
        amount, proposal_id = round(self.books.held[0, 1] * share) + more, new_id()
        school, other = self.schools[:2]

        def attempt() -> None:
            proposals.propose_repayment(
                school.bursar, proposal_id, school.id, other.id, amount=Money(amount), reason="Too much."
            )
            proposals.approve_proposal(school.finance_lead, proposal_id)

        self.does(
            Deed(
                attempt,
                lambda: 0 < amount <= self.books.held[0, 1],
                lambda: self.books.keep(0, 1, -amount, self.today),
                repeatable=False,
            )
        )

    @precondition(lambda self: self.waiting)
    @rule(place=PLACES)
    def match(self, place: int) -> None:
        """Match what came in at the bank with one invoice; what is over stays on account."""
        key, bill = self.bill_at(place)
        (line_id, came), lead = next(iter(self.waiting.items())), self.schools[0].finance_lead
        amount = min(came, bill.outstanding)
        booked_on = money.OCTOBER.date()

        def effect() -> None:
            if line_id not in self.waiting:
                return
            day = self.books.open_day(booked_on, 0, bill.buyer)
            self.books.pay(bill, amount, day)
            if came > amount:
                self.books.keep(0, bill.buyer, came - amount, day)
            del self.waiting[line_id]
            self.settled[line_id] = key

        self.does(
            Deed(
                lambda: bank.match_payment(lead, line_id, 1, [key], Money(came - amount)),
                lambda: (
                    self.settled.get(line_id) == key
                    or (
                        line_id in self.waiting
                        and bill.issuer == 0
                        and bill.waits
                        and amount == min(came, bill.outstanding)
                        and bill.issued_on == booked_on
                    )
                ),
                effect,
            )
        )

    @precondition(lambda self: self.waiting)
    @rule()
    def set_aside(self) -> None:
        line_id, lead = next(iter(self.waiting)), self.schools[0].finance_lead
        self.does(
            Deed(
                lambda: bank.set_aside(lead, line_id, 1, "A grant."),
                lambda: line_id in self.waiting or self.settled[line_id] is None,
                lambda: self.settled.setdefault(line_id) or self.waiting.pop(line_id, None),
            )
        )

    @may_still("credit")
    @rule(place=PLACES, share=st.sampled_from([0.2, 0.5, 1.0]))
    def credit(self, place: int, share: float) -> None:
        self.left["credit"] -= 1
        key, bill = self.bill_at(place)
        net, note_id = round((bill.net - bill.net_credited) * share), new_id()
        lead = self.schools[bill.issuer].finance_lead
        self.does(
            Deed(
                lambda: credit_notes.issue_credit_note(
                    lead, note_id, key, amounts={1: Money(net)}, reason="It was not used."
                ),
                lambda: 0 < net <= bill.net - bill.net_credited,
                lambda: self.books.credit(bill, net, self.today),
            )
        )

    @may_still("supplier")
    @rule(what=st.sampled_from(["accept", "pay", "pay", "credit", "dispute"]), share=SHARES, more=MORE)
    def deal_with_a_supplier(self, what: str, share: float, more: int) -> None:
        """Accept the supplier's invoice, pay of it, take its credit note, or dispute it after all."""
        self.left["supplier"] -= 1
        bought, school, payment_id = self.books.bought, self.schools[0], new_id()
        assert bought
        invoice_id, note_id = self.world.bought, self.world.note
        amount = round(bought.outstanding * share) + more
        deeds = {
            "accept": Deed(
                lambda: suppliers.accept_invoice(
                    school.finance_lead,
                    invoice_id,
                    self.version_of(invoice_id),
                    contract_id=None,
                    order_number="",
                    reason="It came.",
                ),
                lambda: True,
                lambda: self.books.accept(bought),
                repeatable=False,
            ),
            "pay": Deed(
                lambda: supplier_payments.record_payment(
                    school.bursar,
                    payment_id,
                    invoice_id,
                    way=Way.PAID,
                    paid_on=self.today,
                    amount=Money(amount),
                    reference="",
                ),
                lambda: 0 < amount <= bought.outstanding,
                lambda: self.books.pay_supplier(bought, amount),
            ),
            "credit": Deed(
                lambda: suppliers.accept_credit_note(
                    school.finance_lead,
                    note_id,
                    self.version_of(note_id),
                    invoice_id=invoice_id,
                    reason="Half of it came.",
                ),
                lambda: bought.accepted,
                lambda: setattr(bought, "credited", bought.note),
                repeatable=False,
            ),
            "dispute": Deed(
                lambda: suppliers.dispute_invoice(
                    school.bursar, invoice_id, self.version_of(invoice_id), reason="It did not come."
                ),
                lambda: bought.disputed or (bought.accepted and not bought.credited and not bought.paid),
                bought.dispute,
                repeatable=False,
            ),
        }
        self.does(deeds[what])

    @staticmethod
    def version_of(document_id: uuid.UUID) -> int:
        return make.fresh().get_one(SupplierInvoice, document_id).version

    @may_still("dispute")
    @rule(place=PLACES, share=st.sampled_from([0.0, 0.5, 1.0]))
    def dispute(self, place: int, share: float) -> None:
        self.left["dispute"] -= 1
        key, bill = self.bill_at(place)
        undisputed, dispute_id = round(bill.outstanding * share), new_id()
        lead = self.schools[bill.buyer].finance_lead

        def effect() -> None:
            bill.disputed = bill.outstanding - undisputed

        self.does(
            Deed(
                lambda: disputes.dispute_invoice(
                    lead, dispute_id, key, undisputed=Money(undisputed), reason="Too much."
                ),
                lambda: bill.waits and not bill.disputed and undisputed < bill.outstanding,
                effect,
            )
        )

    @precondition(lambda self: any(bill.disputed for bill in self.books.bills.values()))
    @rule()
    def settle_the_dispute(self) -> None:
        key, bill = next((key, bill) for key, bill in self.books.bills.items() if bill.disputed)
        lead = self.schools[bill.buyer].finance_lead
        self.does(
            Deed(
                lambda: disputes.settle_dispute(lead, uuid.UUID(key), "We agreed."),
                lambda: bool(bill.disputed),
                lambda: setattr(bill, "disputed", 0),
                repeatable=False,
            )
        )

    @may_still("write_off")
    @rule(place=PLACES, share=SHARES)
    def write_off(self, place: int, share: float) -> None:
        self.left["write_off"] -= 1
        key, bill = self.bill_at(place)
        amount, proposal_id = round(bill.outstanding * share * 0.4), new_id()
        school = self.schools[bill.issuer]

        def attempt() -> None:
            proposals.propose_write_off(
                school.bursar, proposal_id, key, amount=Money(amount), reason="It is not worth it."
            )
            proposals.approve_proposal(school.headteacher, proposal_id)

        self.does(
            Deed(
                attempt,
                lambda: bill.waits and 0 < amount <= bill.outstanding,
                lambda: self.books.settle(bill, amount, self.today),
                repeatable=False,
            )
        )

    @may_still("net")
    @rule()
    def net(self) -> None:
        """The coordinator proposes to net what is due, and every school accepts."""
        self.left["net"] -= 1
        settlement_id = new_id()

        def attempt() -> None:
            settlements.propose_settlement(
                self.world.alliance.coordinator, settlement_id, self.world.alliance.id
            )
            version = make.fresh().get_one(Settlement, settlement_id).version
            figures = self.books.figures(self.books.due())
            debts = self.books.due()
            parties = {self.books.bills[key].issuer for key in debts} | {
                self.books.bills[key].buyer for key in debts
            }
            assert set(figures) <= parties
            for place in sorted(parties):
                school = self.schools[place]
                settlements.accept_settlement(school.finance_lead, settlement_id, school.id, version)
                version = make.fresh().get_one(Settlement, settlement_id).version

        self.does(Deed(attempt, self.netting_saves, lambda: self.netted(settlement_id), repeatable=False))

    def netting_saves(self) -> bool:
        debts = self.books.due()
        pairs = {(self.books.bills[key].issuer, self.books.bills[key].buyer) for key in debts}
        return max(0, len(self.books.figures(debts)) - 1) < len(pairs)

    def netted(self, settlement_id: uuid.UUID) -> None:
        debts = self.books.due()
        figures = self.books.figures(debts)
        reference = make.fresh().get_one(Settlement, settlement_id).reference
        for key, amount in debts.items():
            bill = self.books.bills[key]
            self.books.settle(bill, amount, self.today)
            self.books.cleared[bill.issuer, reference] += amount
            self.books.cleared[bill.buyer, reference] -= amount
        ids = [school.id for school in self.schools]
        remaining = select(SettlementPayment).where(SettlementPayment.settlement_id == settlement_id)
        for one in make.fresh().scalars(remaining):
            payee, payer, amount = ids.index(one.payee_id), ids.index(one.payer_id), one.amount.pence
            self.to_receive[one.id] = (reference, payee, payer, amount)
            figures[payee] -= amount
            figures[payer] += amount
        assert not any(figures.values()), "the payments do not settle the figures"

    @precondition(lambda self: self.to_receive)
    @rule()
    def receive_what_was_netted(self) -> None:
        payment_id = next(iter(self.to_receive))
        reference, payee, payer, amount = self.to_receive[payment_id]
        lead = self.schools[payee].finance_lead

        def effect() -> None:
            if self.to_receive.pop(payment_id, None) is None:
                return
            self.books.cleared[payee, reference] -= amount
            self.books.cleared[payer, reference] += amount
            self.books.bank[payee] += amount
            self.books.bank[payer] -= amount

        self.does(
            Deed(
                lambda: settlements.receive_payment(lead, payment_id, self.today),
                lambda: True,
                effect,
            )
        )

    @may_still("close")
    @rule(place=SCHOOLS)
    def close_the_month(self, place: int) -> None:
        self.left["close"] -= 1
        school, closing_id = self.schools[place], new_id()
        until = self.books.closes_next(place) or month_end(self.today)
        self.does(
            Deed(
                lambda: periods.close_period(school.finance_lead, closing_id, school.id, until),
                lambda: self.may_close(place, until),
                lambda: self.books.closed.update({place: until}),
            )
        )

    def may_close(self, place: int, until: date) -> bool:
        drafts = [one for one in self.books.bills.values() if one.issuer == place and one.issued_on is None]
        begins = until.replace(day=1)
        return (
            until < self.today
            and self.books.closes_next(place) == until
            and not any(begins <= one.supplied_on <= until for one in drafts)
            and not (place == 0 and self.waiting and begins <= money.OCTOBER.date() <= until)
        )

    @precondition(lambda self: self.books.closed)
    @rule()
    def reopen_the_month(self) -> None:
        place, until = next(iter(self.books.closed.items()))
        school, reopening_id, from_on = self.schools[place], new_id(), until.replace(day=1)

        def attempt() -> None:
            periods.propose_reopening(school.bursar, reopening_id, school.id, from_on, "A bill came late.")
            periods.reopen_period(school.headteacher, reopening_id)

        self.does(
            Deed(
                attempt,
                lambda: self.books.closed.get(place, date.min) >= from_on,
                lambda: self.books.reopen(place, from_on),
                repeatable=False,
            )
        )

    @rule(days=st.sampled_from([1, 8, 27]))
    def let_days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def crash(self) -> None:
        """Whatever is done next is lost before it is stored."""
        self.weather.stormy = True

    @precondition(lambda self: self.crashed)
    @rule()
    def retry(self) -> None:
        """Do again what was lost, with the same ids."""
        self.does(self.crashed.pop())

    @precondition(lambda self: self.done)
    @rule(place=PLACES)
    def click_twice(self, place: int) -> None:
        """Send again what was done before: nothing happens a second time."""
        self.weather.stormy = False
        with clock.travelling(self.now):
            self.done[-1 - place % len(self.done)].attempt()

    @invariant()
    def the_books_are_what_the_model_says(self) -> None:
        if not self.weather.stored:
            return
        self.weather.stored = False
        session = make.fresh()
        stored = {str(row[0]).replace("-", ""): tuple(row)[1:] for row in session.execute(STORED)}
        assert stored == {
            key: (bill.status, bill.number or None, bill.total, bill.paid, bill.credited, bill.disputed)
            for key, bill in self.books.bills.items()
        }
        places = {school.id.hex: place for place, school in enumerate(self.schools)}
        balances = {}
        for code, pence in session.execute(BALANCES):
            holder, kind, other, purpose = code.split(":", 3)
            if kind in {"receivable", "payable", "bank", "clearing"} and pence:
                # whose creditor a supplier is, the model does not know
                purpose = purpose.split(" ")[0] if purpose.startswith("supplier ") else purpose
                balances[places[holder], f"{kind}:{purpose}", places.get(other)] = int(pence)
        session.rollback()
        assert balances == self.books.balances()

    def teardown(self) -> None:
        """However a life went: the verifier finds nothing."""
        differing = [str(one) for outcome in verification.verify(make.fresh()) for one in outcome.kept]
        assert differing == []


@contextmanager
def weather_on(engine_session: type[Session]) -> Iterator[Weather]:
    """Weather for every commit."""
    weather = Weather()
    event.listen(engine_session, "before_commit", weather.before_commit)
    event.listen(engine_session, "after_commit", weather.after_commit)
    try:
        yield weather
    finally:
        event.remove(engine_session, "before_commit", weather.before_commit)
        event.remove(engine_session, "after_commit", weather.after_commit)


@pytest.mark.long
@pytest.mark.usefixtures("app")
def test_whatever_people_do_the_books_are_what_a_plain_model_says(
    shelf: kept.Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    # thousands of documents are issued, and what they look like is asked elsewhere
    monkeypatch.setattr(pdf, "order", lambda template, *_, **__: Order(template, template, "", None))
    monkeypatch.setattr(workers, "draw_here", lambda wanted: wanted.html.encode())
    monkeypatch.setattr(writing, "write", lambda _: writing.Written(b"<Invoice/>", b"<Invoice/>"))
    monkeypatch.setattr(mail, "write", lambda *_, **__: None)
    with weather_on(Session) as weather:
        LifeOfTheBooks.weather, LifeOfTheBooks.shelf = weather, shelf
        run_state_machine_as_test(
            LifeOfTheBooks,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
                phases=[Phase.generate],
                report_multiple_bugs=False,
            ),
        )
