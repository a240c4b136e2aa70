"""Closing months of the books, and reopening them by two people."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from invoicing.bank import actions as bank
from invoicing.ledger.periods import actions, queries
from invoicing.ledger.periods.models import Closing, Reopening
from invoicing.ledger.periods.rules import ReopeningStatus, YearEnd
from invoicing.ledger.rules import AccountKind
from invoicing.payments.models import Payment
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Act
from tests import make
from tests.make import School
from tests.make.bank import Movement

OCTOBER, NOVEMBER = datetime(2026, 10, 5, 9, tzinfo=UTC), datetime(2026, 11, 12, 9, tzinfo=UTC)
END = date(2026, 10, 31)


@pytest.fixture
def invoiced(app: Flask) -> tuple[School, School, uuid.UUID]:  # noqa: ARG001  # it needs the database
    """Two schools, and an invoice that one of them issued in October."""
    with clock.travelling(OCTOBER):
        alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
        return alder, beech, make.issued_invoice(alder, beech)


def close(school: School, until: date = END, closing_id: uuid.UUID | None = None) -> None:
    with clock.travelling(NOVEMBER):
        actions.close_period(school.finance_lead, closing_id or new_id(), school.id, until)


def test_nothing_is_posted_to_a_month_that_either_school_closed(
    invoiced: tuple[School, School, uuid.UUID],
) -> None:
    alder, beech, invoice_id = invoiced
    closing_id = new_id()
    close(beech, closing_id=closing_id)
    close(beech, closing_id=closing_id)
    closing = make.fresh().get_one(Closing, closing_id)
    assert closing.balances == {"payable": -100_00, "expense": 100_00}
    with clock.travelling(NOVEMBER):
        with pytest.raises(RuleBroken) as refused:
            make.pay(alder, invoice_id, 40_00, END)
        assert refused.value.message == (
            f"The books of {beech.name} are closed up to 31 October 2026. Date it 1 November 2026 or later, "
            "or ask for the month to be reopened there."
        )
        make.pay(alder, invoice_id, 40_00, date(2026, 11, 1))
    assert make.invoice(invoice_id).paid == Money(40_00)
    assert queries.balances_at(make.fresh(), beech.id, END)[AccountKind.PAYABLE] == Money(-100_00)


def test_a_month_with_a_draft_or_with_money_that_nobody_matched_does_not_close(
    invoiced: tuple[School, School, uuid.UUID],
) -> None:
    alder, beech, invoice_id = invoiced
    with clock.travelling(OCTOBER):
        draft_id = make.draft_invoice(alder, beech)
        make.draft_invoice(beech, alder)
        (line_id,) = make.money_in(alder, Movement(100_00))
    with pytest.raises(RuleBroken) as refused:
        close(alder)
    assert refused.value.message == (
        f"Something dated in October 2026 is not finished: draft invoice of £100.00 to {beech.name}, "
        "supplied on 5 October 2026; £100.00 from Beech Primary School that came in on 5 October 2026 and is "
        "not matched. Issue, match or discard it, then close."
    )
    with clock.travelling(NOVEMBER):
        make.issue(alder, draft_id)
        bank.match_payment(alder.finance_lead, line_id, 1, [invoice_id], ZERO)
    close(alder)


def test_a_bank_line_that_comes_to_light_after_closing_is_posted_in_the_open_month(
    invoiced: tuple[School, School, uuid.UUID],
) -> None:
    alder, beech, invoice_id = invoiced
    close(alder)
    close(beech)
    with clock.travelling(NOVEMBER):
        (line_id,) = make.money_in(alder, Movement(130_00, day=END))
        bank.match_payment(alder.finance_lead, line_id, 1, [invoice_id], Money(30_00))
    payment = make.fresh().scalars(select(Payment)).one()
    assert (payment.paid_on, make.bank_line(line_id).booked_on) == (date(2026, 11, 1), END)


def test_two_people_reopen_a_month_and_those_after_it_and_both_are_recorded(
    invoiced: tuple[School, School, uuid.UUID],
) -> None:
    alder, beech, invoice_id = invoiced
    close(alder)
    reopening_id = new_id()
    with clock.travelling(NOVEMBER):
        for _ in range(2):
            actions.propose_reopening(
                alder.finance_lead, reopening_id, alder.id, date(2026, 10, 1), " A bill was forgotten. "
            )
        with pytest.raises(RuleBroken, match="Let that be decided first"):
            actions.propose_reopening(alder.bursar, new_id(), alder.id, date(2026, 10, 1), "Me, too.")
        for somebody in (alder.finance_lead, alder.bursar):
            with pytest.raises(Forbidden):
                actions.reopen_period(somebody, reopening_id)
        with pytest.raises(NotFound):
            actions.reopen_period(beech.headteacher, reopening_id)
        for _ in range(2):
            actions.reopen_period(alder.headteacher, reopening_id)
        make.pay(alder, invoice_id, 40_00, END)
    session = make.fresh()
    reopening = session.get_one(Reopening, reopening_id)
    assert (reopening.status, reopening.reason) == (ReopeningStatus.APPROVED, "A bill was forgotten.")
    assert (reopening.proposed_by, reopening.decided_by) == (
        alder.finance_lead.person_id,
        alder.headteacher.person_id,
    )
    assert session.scalars(select(Closing)).one().reopening_id == reopening_id
    told = session.execute(
        select(Event.act, Event.actor_id).where(Event.act.startswith("period.")).order_by(Event.position)
    )
    assert [tuple(row) for row in told.all()] == [
        (Act.PERIOD_CLOSE, alder.finance_lead.person_id),
        (Act.PERIOD_PROPOSE, alder.finance_lead.person_id),
        (Act.PERIOD_REOPEN, alder.headteacher.person_id),
    ]
    close(alder)


def test_a_refused_reopening_leaves_the_month_closed(invoiced: tuple[School, School, uuid.UUID]) -> None:
    alder, _, invoice_id = invoiced
    close(alder)
    reopening_id = new_id()
    with clock.travelling(NOVEMBER):
        actions.propose_reopening(alder.bursar, reopening_id, alder.id, date(2026, 10, 1), "A bill.")
        actions.refuse_reopening(alder.finance_lead, reopening_id, "It belongs to November.")
        with pytest.raises(RuleBroken):
            actions.reopen_period(alder.headteacher, reopening_id)
        with pytest.raises(RuleBroken, match="closed up to 31 October 2026"):
            make.pay(alder, invoice_id, 40_00, END)


def test_the_year_of_the_books_is_the_schools_own(invoiced: tuple[School, School, uuid.UUID]) -> None:
    alder, beech, _ = invoiced
    assert queries.months_of(make.fresh(), alder.id).year_end is YearEnd.AUGUST
    actions.set_year_end(alder.finance_lead, alder.id, YearEnd.MARCH)
    assert queries.months_of(make.fresh(), alder.id).year_end is YearEnd.MARCH
    with pytest.raises(NotFound):
        actions.set_year_end(beech.finance_lead, alder.id, YearEnd.AUGUST)
