"""What schools owe one another is netted once, with their consent, and nothing is ever paid twice."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices.disputes import actions as disputes
from invoicing.invoices.rules import InvoiceStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.settlement import actions, jobs, leaving, queries
from invoicing.settlement.actions import Answer
from invoicing.settlement.models import Settlement, SettlementAbsence
from invoicing.settlement.rules import SettlementStatus, Why, clearing_account
from marketplace.core import clock, events
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import School, memberships
from tests.make import settlement as making
from tests.make.settlement import Ring, accept

pytestmark = pytest.mark.usefixtures("app")


def letters(session: Session, subject: str) -> list[str]:
    """The bodies of the messages whose subject contains this."""
    session.rollback()
    return list(
        session.scalars(select(Message.body).where(Message.subject.contains(subject)).order_by(Message.id))
    )


def cleared(school: School, settlement_id: uuid.UUID, session: Session) -> Money:
    return ledger.balance(session, clearing_account(school.id, making.settlement(settlement_id).reference))


def owed(school: School, other: School, session: Session) -> Money:
    return ledger.balance(session, AccountName(school.id, AccountKind.RECEIVABLE, other.id))


def outstanding(made: Ring) -> list[int]:
    return [make.invoice(one).outstanding.pence for one in made.invoices]


def figures(settlement_id: uuid.UUID) -> dict[uuid.UUID, int]:
    return {one.school_id: one.figure.pence for one in making.settlement(settlement_id).parties}


def test_accepted_by_all_every_invoice_is_paid_and_each_school_holds_its_one_figure(session: Session) -> None:
    made = making.ring()
    first, second, third = made.schools
    settlement_id = making.proposed_settlement(made)
    assert figures(settlement_id) == {first.id: 400_00, second.id: -200_00, third.id: -200_00}
    asked = letters(session, "Accept settlement")
    assert len(asked) == 3
    assert sum("pays £200.00" in one for one in asked) == 2
    assert [accept(one, settlement_id) for one in (first, second)] == [Answer.WAITS] * 2
    assert accept(second, settlement_id) is Answer.WAITS
    assert outstanding(made) == [500_00, 300_00, 100_00]
    assert accept(third, settlement_id) is Answer.AGREED
    assert accept(third, settlement_id) is Answer.AGREED

    assert outstanding(made) == [0, 0, 0]
    assert {make.invoice(one).status for one in made.invoices} == {InvoiceStatus.PAID}
    held = [cleared(one, settlement_id, session) for one in made.schools]
    assert held == [Money(400_00), Money(-200_00), Money(-200_00)]
    assert Money.total(held) == ZERO
    assert owed(first, second, session) == owed(second, third, session) == ZERO
    told = letters(session, "is accepted by all")
    assert sum("pay £200.00 to Alder Primary School by bank transfer" in one for one in told) == 2
    assert [one for one in told if "Beech Primary School arrives" in one]


def test_the_payments_that_remain_bring_every_clearing_account_back_to_nothing(session: Session) -> None:
    made = making.ring()
    first, second, third = made.schools
    settlement_id = making.agreed_settlement(made)
    one, two = making.settlement(settlement_id).payments
    with pytest.raises(Forbidden):
        actions.receive_payment(second.finance_lead, one.id, clock.today())
    with pytest.raises(RuleBroken, match="and today") as refused:
        actions.receive_payment(first.finance_lead, one.id, clock.today() + timedelta(days=1))
    assert refused.value.field == "paid_on"
    for _ in range(2):
        actions.receive_payment(first.finance_lead, one.id, clock.today())
    assert making.settlement(settlement_id).status is SettlementStatus.AGREED
    actions.receive_payment(first.finance_lead, two.id, clock.today())
    assert making.settlement(settlement_id).status is SettlementStatus.SETTLED
    assert [cleared(school, settlement_id, session) for school in made.schools] == [ZERO] * 3
    banks = [ledger.balance(session, AccountName(school.id, AccountKind.BANK)) for school in made.schools]
    assert banks == [Money(400_00), Money(-200_00), Money(-200_00)]
    assert not ledger.incomplete_entries(session)
    for school in (second, third):
        assert ledger.balance(session, AccountName(school.id, AccountKind.PAYABLE, first.id)) == ZERO


def test_an_invoice_paid_by_bank_meanwhile_is_taken_out_and_never_paid_twice(session: Session) -> None:
    made = making.ring()
    first, second, third = made.schools
    settlement_id = making.proposed_settlement(made)
    accept(second, settlement_id)
    seen = making.settlement(settlement_id).version
    make.pay(first, made.invoices[0], 300_00)
    answer = actions.accept_settlement(first.finance_lead, settlement_id, first.id, seen)
    assert answer is Answer.CHANGED
    worked_out = making.settlement(settlement_id)
    assert (worked_out.status, worked_out.worked_out) == (SettlementStatus.PROPOSED, 2)
    assert figures(settlement_id) == {first.id: 100_00, second.id: 100_00, third.id: -200_00}
    assert not [one for one in worked_out.parties if one.accepted_at]
    (change,) = queries.changes_of(session, settlement_id, second.id)
    assert (change.why, change.amount_before, change.amount) == (
        Why.PAID,
        Money(500_00),
        Money(200_00),
    )
    assert len(letters(session, "was worked out again")) == 2
    with pytest.raises(Stale):
        actions.accept_settlement(third.finance_lead, settlement_id, third.id, seen)
    assert [accept(school, settlement_id) for school in made.schools] == [
        Answer.WAITS,
        Answer.WAITS,
        Answer.AGREED,
    ]
    assert make.invoice(made.invoices[0]).paid == Money(500_00)
    assert outstanding(made) == [0, 0, 0]


def test_a_disputed_invoice_leaves_the_settlement_as_soon_as_the_worker_hears_of_it(session: Session) -> None:
    made = making.ring()
    first, second, third = made.schools
    settlement_id = making.proposed_settlement(made)
    reason = "We had it for two days only."
    disputes.dispute_invoice(
        third.finance_lead, new_id(), made.invoices[1], undisputed=Money(250_00), reason=reason
    )
    events.deliver_due()
    assert figures(settlement_id) == {first.id: 400_00, second.id: -250_00, third.id: -150_00}
    assert making.figures(third, settlement_id)[make.invoice(made.invoices[1]).number or ""] == -250_00
    (change,) = queries.changes_of(session, settlement_id, third.id)
    assert (change.why, change.amount) == (Why.DISPUTED, Money(250_00))
    assert not queries.changes_of(session, settlement_id, first.id)
    for school in made.schools:
        accept(school, settlement_id)
    assert outstanding(made) == [0, 50_00, 0]
    assert make.invoice(made.invoices[1]).disputed == Money(50_00)


def test_a_school_that_stays_out_takes_its_lines_along_and_its_acceptance_counts_for_nothing(
    session: Session,
) -> None:
    made = making.ring()
    first, second, third = made.schools
    settlement_id = making.proposed_settlement(made)
    accept(third, settlement_id)
    for _ in range(2):
        actions.stay_out(third.finance_lead, made.alliance.id, third.id)
    withdrawn = making.settlement(settlement_id)
    assert withdrawn.status is SettlementStatus.WITHDRAWN
    assert "saves no payment any more" in withdrawn.withdrawn_because
    assert {one.why for one in queries.changes_of(session, settlement_id, third.id)} == {Why.STAYS_OUT}
    assert len(letters(session, "is withdrawn")) == 3
    with pytest.raises(RuleBroken, match="withdrawn"):
        accept(first, settlement_id)
    with pytest.raises(RuleBroken, match="as usual"):
        actions.propose_settlement(made.alliance.coordinator, new_id(), made.alliance.id)
    actions.take_part(third.finance_lead, made.alliance.id, third.id)
    assert session.get(SettlementAbsence, (made.alliance.id, third.id)) is None
    actions.propose_settlement(made.alliance.coordinator, new_id(), made.alliance.id)
    with pytest.raises(Forbidden):
        actions.stay_out(second.bursar, made.alliance.id, second.id)
    with pytest.raises(NotFound):
        actions.stay_out(second.finance_lead, made.alliance.id, first.id)


def test_one_school_alone_and_invoices_not_yet_due_are_no_settlement() -> None:
    alone = make.alliance(schools=1, name="Alone")
    with pytest.raises(RuleBroken, match="nothing to net"):
        actions.propose_settlement(alone.coordinator, new_id(), alone.id)
    made = make.alliance(schools=2)
    first, second = (make.payable_school(school) for school in made.schools)
    for issuer, buyer in ((first, second), (second, first)):
        make.issued_invoice(issuer, buyer, payment_days=1)
    with pytest.raises(RuleBroken, match="reached their due date"):
        actions.propose_settlement(made.coordinator, new_id(), made.id)
    with making.days_later(1):
        actions.propose_settlement(made.coordinator, new_id(), made.id)
        with pytest.raises(RuleBroken, match="still waits for schools"):
            actions.propose_settlement(made.coordinator, new_id(), made.id)


def test_a_month_has_one_proposal_by_the_clock_in_its_first_week(session: Session) -> None:
    made = making.ring()
    first = (clock.today().replace(day=1) + timedelta(days=40)).replace(day=1)
    for day, proposals in ((7, 0), (0, 1), (1, 0)):
        with making.days_later((first - clock.today()).days + day):
            assert jobs.propose_monthly() == proposals
    session.rollback()
    (proposed,) = session.scalars(select(Settlement)).all()
    assert (proposed.alliance_id, proposed.proposed_by) == (made.alliance.id, None)


def test_no_school_reads_what_it_is_not_in_and_the_coordinator_may_withdraw(session: Session) -> None:
    made = making.ring()
    outsider = make.school(made.alliance.id)
    settlement_id = making.proposed_settlement(made)
    with pytest.raises(NotFound):
        queries.get_settlement(session, outsider.finance_lead, settlement_id)
    assert queries.get_settlement(session, made.alliance.auditor, settlement_id).id == settlement_id
    version = making.settlement(settlement_id).version
    coordinator = made.alliance.coordinator
    with pytest.raises(RuleBroken, match="Say why"):
        actions.withdraw_settlement(coordinator, settlement_id, version, " ")
    with pytest.raises(Forbidden):
        actions.withdraw_settlement(made.schools[0].finance_lead, settlement_id, version, "No")
    for _ in range(2):
        actions.withdraw_settlement(coordinator, settlement_id, version, "Proposed too early.")
    assert making.settlement(settlement_id).withdrawn_because == "Proposed too early."


def test_when_everything_was_paid_by_bank_the_last_to_accept_settles_nothing(session: Session) -> None:
    made = making.ring()
    settlement_id = making.proposed_settlement(made)
    for school in made.schools[:2]:
        accept(school, settlement_id)
    for place, (issuer, pence) in enumerate(zip(made.schools, (500_00, 300_00, 100_00), strict=True)):
        make.pay(issuer, made.invoices[place], pence)
    assert accept(made.schools[2], settlement_id) is Answer.CHANGED
    assert making.settlement(settlement_id).status is SettlementStatus.WITHDRAWN
    assert [cleared(school, settlement_id, session) for school in made.schools] == [ZERO] * 3


def test_a_school_that_leaves_reads_what_it_still_pays_and_a_proposal_goes_on_without_it(
    session: Session,
) -> None:
    made = making.ring()
    third = made.schools[2]
    settlement_id = making.proposed_settlement(made)
    told = leaving.open_settlements(session, third.id, made.alliance.id)
    assert told
    assert "The school pays £200.00 in it: taken out" in told.lines[0].note
    memberships.leave(made.alliance, third)
    events.deliver_due()
    assert making.settlement(settlement_id).status is SettlementStatus.WITHDRAWN
    assert {one.why for one in queries.changes_of(session, settlement_id, third.id)} == {Why.STAYS_OUT}
    assert leaving.open_settlements(session, third.id, made.alliance.id) is None


def test_a_school_that_leaves_after_all_have_accepted_still_pays(session: Session) -> None:
    made = making.ring()
    settlement_id = making.agreed_settlement(made)
    told = leaving.open_settlements(session, made.schools[2].id, made.alliance.id)
    assert told
    assert [line.text for line in told.lines] == ["Cedar Primary School pays £200.00 to Alder Primary School"]
    memberships.leave(made.alliance, made.schools[2])
    events.deliver_due()
    assert making.settlement(settlement_id).status is SettlementStatus.AGREED
