"""Buyers are reminded once for each step, and never of what is paid, disputed, credited or held."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices import actions as invoices
from invoicing.invoices.disputes import actions as disputes
from invoicing.invoices.documents import document_of
from invoicing.invoices.rules import InvoiceStatus, VatCategory
from invoicing.reminders import actions, jobs, queries
from invoicing.reminders.interest import actions as interest_actions
from invoicing.reminders.interest import queries as interest
from invoicing.reminders.models import SentReminder
from invoicing.reminders.rules import Sequence, Step
from marketplace.core import clock, events
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import settlement as making
from tests.make.reminders import charge_interest

pytestmark = pytest.mark.usefixtures("app")


@contextmanager
def at_nine(days: int) -> Iterator[None]:
    """Live at nine in the morning so many days from today."""
    moment = datetime.combine(clock.today() + timedelta(days=days), time(9), tzinfo=UTC)
    with clock.travelling(moment):
        yield


def sent(session: Session) -> dict[tuple[uuid.UUID, Step], Money]:
    session.rollback()
    return {(one.invoice_id, one.step): one.amount for one in session.scalars(select(SentReminder))}


def test_each_reminder_goes_once_and_stops_with_payment_dispute_credit_and_hold(session: Session) -> None:
    made = making.ring()
    alder, beech, cedar = made.schools
    first, second, third = made.invoices
    early = datetime.combine(clock.today() + timedelta(days=7), time(5), tzinfo=UTC)
    with clock.travelling(early):
        assert jobs.remind_once_a_day() == 0
    making.proposed_settlement(made)
    with at_nine(7):
        assert [jobs.remind_once_a_day(), actions.remind(), jobs.remind_once_a_day()] == [3, 0, 0]
    assert sent(session) == {
        (first, Step.FIRST): Money(500_00),
        (second, Step.FIRST): Money(300_00),
        (third, Step.FIRST): Money(100_00),
    }
    (letter,) = session.scalars(
        select(Message).where(
            Message.subject.startswith(
                f"Invoice {make.invoice(first).number} from Alder Primary School was due"
            )
        )
    )
    assert "To pay: £500.00" in letter.body
    assert "may have been overlooked" in letter.body
    assert "It is also in settlement NET-" in letter.body
    assert "30-94-31" in letter.body

    make.pay(alder, first, 100_00)
    disputes.dispute_invoice(cedar.finance_lead, new_id(), second, undisputed=Money(0), reason="Not ours")
    make.credit(cedar, third, {1: 100_00})
    with at_nine(21):
        assert jobs.remind_once_a_day() == 1
    assert sent(session)[first, Step.SECOND] == Money(400_00)
    actions.hold_reminders(alder.bursar, first, "They pay on Friday")
    with at_nine(35):
        assert jobs.remind_once_a_day() == 0
    row = next(one for one in queries.reminded(session, alder.id) if one.invoice.id == first)
    assert (row.hold is not None, row.coming, [one.step for one in row.sent]) == (
        True,
        None,
        [Step.FIRST, Step.SECOND],
    )
    with pytest.raises(Forbidden):
        actions.release_reminders(alder.headteacher, first)
    with pytest.raises(NotFound):
        actions.release_reminders(beech.finance_lead, first)
    for _ in range(2):
        actions.release_reminders(alder.bursar, first)
    with at_nine(36):
        assert jobs.remind_once_a_day() == 1
    assert (first, Step.LAST) in sent(session)
    with at_nine(80):
        assert jobs.remind_once_a_day() == 0


def test_a_school_chooses_its_own_days_or_none(session: Session) -> None:
    made = making.ring()
    alder = made.schools[0]

    def choose(version: int, *, reminds: bool) -> None:
        actions.choose_reminders(
            alder.finance_lead,
            alder.id,
            version,
            reminds=reminds,
            sequence=Sequence(-1, 2, 4, 6),
            charges_interest=False,
        )

    choose(0, reminds=True)
    with at_nine(2):
        assert jobs.remind_once_a_day() == 1
    with pytest.raises(Stale):
        choose(0, reminds=False)
    choose(1, reminds=False)
    with at_nine(4):
        assert jobs.remind_once_a_day() == 0
    assert list(sent(session)) == [(made.invoices[0], Step.FIRST)]
    with pytest.raises(Forbidden):
        actions.choose_reminders(
            alder.bursar, alder.id, 2, reminds=True, sequence=Sequence(-1, 2, 4, 6), charges_interest=True
        )


def test_interest_is_drafted_without_vat_by_a_registered_school_and_its_days_are_charged_once(
    session: Session,
) -> None:
    alder, beech = (
        make.payable_school(school, vat_number=number)
        for school, number in zip(make.alliance(2).schools, make.VAT_NUMBERS, strict=False)
    )
    with clock.travelling(datetime(2026, 7, 1, 12, tzinfo=UTC)):
        late = make.issued_invoice(
            alder, beech, make.line("1000.00", category=VatCategory.STANDARD), payment_days=0
        )
    with clock.travelling(datetime(2026, 7, 31, 12, tzinfo=UTC)):
        with pytest.raises(RuleBroken, match="does not charge interest"):
            interest_actions.draft_interest(alder.finance_lead, new_id(), late)
        charge_interest(alder)
        with pytest.raises(Forbidden):
            interest_actions.draft_interest(alder.bursar, new_id(), late)
        charge_id = new_id()
        for _ in range(2):
            interest_actions.draft_interest(alder.finance_lead, charge_id, late)
        (charge,) = interest.charges_of(session, late)
        assert (charge.interest, charge.fixed_sum) == (
            Money(11_59),
            Money(70_00),
        )  # £1,200 for 30 days at 11.75 %
        draft_id = charge.draft_id
        with pytest.raises(RuleBroken, match="not been charged yet"):
            interest_actions.draft_interest(alder.finance_lead, new_id(), late)
        invoices.discard_invoice(alder.finance_lead, draft_id, make.invoice(draft_id).version)
        events.deliver_due()
        interest_actions.draft_interest(alder.finance_lead, new_id(), late)
        session.rollback()
        (charge,) = interest.charges_of(session, late)
        make.issue(alder, charge.draft_id)
        issued = make.invoice(charge.draft_id)
        assert (issued.status, issued.vat, issued.total) == (InvoiceStatus.ISSUED, ZERO, Money(81_59))
        assert {line.category for line in issued.lines} == {VatCategory.OUTSIDE}
        assert (issued.issuer_vat_number, document_of(issued).shows_vat) == ("", False)
        assert "11.75%" in issued.lines[0].description
    make.pay(alder, late, 1_200_00)


def test_interest_that_starts_after_the_known_rates_is_refused_and_nothing_is_drafted(
    session: Session,
) -> None:
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    charge_interest(alder)
    with clock.travelling(datetime(2026, 12, 31, 12, tzinfo=UTC)):
        late = make.issued_invoice(alder, beech, payment_days=0)
    with (
        clock.travelling(datetime(2027, 2, 1, 12, tzinfo=UTC)),
        pytest.raises(RuleBroken, match="rate of 31 December 2026"),
    ):
        interest_actions.draft_interest(alder.finance_lead, new_id(), late)
    assert not interest.charges_of(session, late)
