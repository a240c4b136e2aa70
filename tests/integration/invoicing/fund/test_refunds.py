"""A school that leaves is paid back what the fund held for it, and the books still add up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from invoicing.fund import books
from invoicing.fund import tasks as fund_tasks
from invoicing.fund.contributing import SupportLevel
from invoicing.fund.models import Contribution, Fund
from invoicing.fund.refunds import actions, jobs, queries, tasks
from invoicing.fund.refunds.models import Refund
from invoicing.fund.refunds.rules import RefundStatus
from invoicing.fund.rules import ContributionStatus
from invoicing.fund.shares import by_holder
from invoicing.fund.statements import Period
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.alliance.memberships import jobs as membership_jobs
from marketplace.alliance.memberships import leaving
from marketplace.alliance.models import Person
from marketplace.core import clock, events, mail
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Act, Actor, Role
from tests import make
from tests.make import board
from tests.make import fund as making
from tests.make import memberships as belonging
from tests.make import refunds as leavers

pytestmark = pytest.mark.usefixtures("app")
EVER = Period(date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture
def held(app: Flask) -> make.Fund:  # noqa: ARG001  # it needs the context
    """A fund of three schools that holds £7,200.00, of which £720.00 was spent."""
    held = make.partnership_fund(make.alliance(schools=3))
    make.received_round(held, Money(7_200_00))
    make.paid_claim(held, held.schools[0], Money(720_00))
    return held


def row(session: Session, held: make.Fund) -> Fund:
    session.rollback()
    return session.get_one(Fund, held.id)


def subjects(session: Session, actor: Actor) -> list[str]:
    address = session.get_one(Person, actor.person_id).email
    return [message.subject for message in mail.newest(session, address)]


def test_a_leavers_share_is_paid_back_by_two_other_schools_and_stands_in_the_statements(
    held: make.Fund, session: Session
) -> None:
    leaver, *others = held.schools
    share = books.read_books(session, row(session, held)).shares[leaver.id]
    refund = leavers.leave(held, leaver)
    assert refund
    assert (refund.amount, refund.status, refund.left_on) == (share, RefundStatus.SUBMITTED, clock.today())
    assert subjects(session, leaver.finance_lead)[0] == "Your settlement with the Partnership Fund"
    assert subjects(session, others[0].governor)[0] == "Please approve a refund from the Partnership Fund"
    with pytest.raises(RuleBroken, match="Two people from two other schools"):
        leavers.pay(held, refund.id)
    leavers.approve(refund.id, others[0])
    with pytest.raises(RuleBroken, match="You have approved this refund already"):
        leavers.approve(refund.id, others[0])
    leavers.approve(refund.id, others[1])
    leavers.pay(held, refund.id)
    paid = leavers.row_for(leaver)
    assert paid
    assert (paid.status, paid.paid_on) == (RefundStatus.PAID, clock.today())
    stated = books.fund_statement(session, row(session, held), EVER)
    assert stated.whole.refunded == share == stated.schools[leaver.id].refunded
    assert stated.schools[leaver.id].closing == ZERO
    assert stated.whole.closing == Money(7_200_00) - Money(720_00) - share
    (line,) = [line for line in stated.whole.lines if line.refunded]
    assert (line.title, line.party, line.purpose) == ("Refund on leaving", leaver.name, None)
    expense = AccountName(leaver.id, AccountKind.EXPENSE, held.alliance.id, books.PURPOSE)
    assert ledger.balance(session, expense) == Money(leaver.pupils * 10_00) - share
    assert not ledger.incomplete_entries(session)
    with pytest.raises(RuleBroken, match="paid already"):
        leavers.pay(held, refund.id)


def test_nobody_of_the_school_that_left_and_no_outsider_decides_on_its_refund(
    held: make.Fund, session: Session
) -> None:
    leaver, other, third = held.schools
    refund = leavers.leave(held, leaver)
    assert refund
    both = board.also(other.headteacher, leaver.id, Role.GOVERNOR)
    with pytest.raises(Forbidden, match="belong to the school that left"):
        actions.approve_refund(both, new_id(), refund.id, other.id)
    former = make.actor(leaver.headteacher.person_id)
    with pytest.raises((Forbidden, RuleBroken)):
        actions.approve_refund(former, new_id(), refund.id, leaver.id)
    for somebody in (third.bursar, held.alliance.coordinator, held.alliance.auditor):
        with pytest.raises(Forbidden):
            actions.approve_refund(somebody, new_id(), refund.id, third.id)
    elsewhere = make.alliance(schools=1, name="Elsewhere")
    for stranger in (elsewhere.coordinator, elsewhere.schools[0].headteacher):
        with pytest.raises(NotFound):
            queries.get_refund(session, stranger, refund.id)
    assert queries.get_refund(session, former, refund.id).amount == refund.amount
    with pytest.raises(Forbidden):
        actions.pay_refund(third.headteacher, new_id(), refund.id, clock.today())


def test_claims_are_not_paid_from_what_is_set_aside(held: make.Fund, session: Session) -> None:
    leaver, other, third = held.schools
    refund = leavers.leave(held, leaver)
    assert refund
    rest = Money(7_200_00) - Money(720_00) - refund.amount
    with pytest.raises(RuleBroken, match=f"The fund has {rest} available"):
        making.claim(held, other, rest + Money(1))
    fund = row(session, held)
    assert by_holder(books.spendable(session, fund, clock.today()))[leaver.id] == ZERO
    assert Money.total(books.spendable(session, fund, clock.today()).values()) == rest
    leavers.approve(refund.id, other, third)
    leavers.pay(held, refund.id)
    assert books.read_books(session, row(session, held)).balance == rest


def test_a_claim_paid_meanwhile_leaves_the_refund_whole(session: Session) -> None:
    held = make.partnership_fund(make.alliance(schools=4))
    make.received_round(held, Money(8_000_00))
    leaver, claimant, *others = held.schools
    claim_id = make.approved_claim(held, claimant, Money(900_00))
    refund = leavers.leave(held, leaver)
    assert refund
    making.pay(held, claim_id)
    shares = books.read_books(session, row(session, held)).shares
    assert shares[leaver.id] == refund.amount
    leavers.approve(refund.id, *others)
    leavers.pay(held, refund.id)
    assert min(books.read_books(session, row(session, held)).shares.values()) >= ZERO


def test_a_leaver_owes_the_part_of_a_confirmed_contribution_for_its_days(session: Session) -> None:
    held = make.partnership_fund(make.alliance(schools=3))
    leaver = held.schools[0]
    first, second = make.proposed_round(held, Money(7_300_00)), make.proposed_round(held, Money(70_00))
    contribution_id = making.confirm(held, first, leaver)
    asked = making.contributions(held, first)[leaver.id].amount
    year_start = date(2026, 9, 1)
    found = leaving.consequences(session, leaver.id, held.alliance.id)
    notes = [line.note for line in found[0].lines]
    assert "confirmed and not paid: the school owes" in notes[0]
    assert "not confirmed: the school is not asked for it any more" in notes[1]
    assert leavers.leave(held, leaver) is None
    days = (clock.today() - max(year_start, clock.today())).days + 1
    whole = (date(2027, 8, 31) - max(year_start, clock.today())).days + 1
    contribution = session.get_one(Contribution, contribution_id)
    assert contribution.due == asked.split([days, whole - days])[0] < asked
    lapsed = making.contributions(held, second)[leaver.id]
    assert lapsed.status is ContributionStatus.LAPSED
    letter = mail.newest(session, session.get_one(Person, leaver.bursar.person_id).email)[0]
    assert f"still owes {contribution.due} of the contribution" in letter.body
    making.receive(held, contribution_id)
    assert books.read_books(session, row(session, held)).shares == {leaver.id: contribution.due}
    with pytest.raises(RuleBroken, match="not asked for this contribution any more"):
        making.receive(held, lapsed.id)


def test_a_school_that_joins_and_leaves_within_a_year_is_asked_and_settled_by_days(session: Session) -> None:
    held = make.partnership_fund(make.alliance(schools=3))
    with clock.travelling(datetime(2027, 1, 1, 9, tzinfo=UTC)):
        associate = belonging.associate(held.alliance)
        making.receive(held, making.confirm(held, make.proposed_round(held, Money(600_00)), held.schools[0]))
        levels = {associate.id: SupportLevel.INTENSIVE}
        wanted = replace(
            making.proposal([*held.schools, associate], Money(1)), total=None, rate=Money(3_65), levels=levels
        )
        owed_id = making.confirm(held, making.propose(held, wanted), associate)
        paid_id = making.confirm(held, making.propose(held, replace(wanted, title="Paid")), associate)
        making.receive(held, paid_id)
    whole = associate.pupils * 2 * 3_65
    asked = session.get_one(Contribution, owed_id)
    assert (asked.days, asked.of_days, asked.level) == (243, 365, SupportLevel.INTENSIVE)
    assert asked.amount == Money(round(Fraction(whole * 243, 365)))
    with clock.travelling(datetime(2027, 4, 30, 9, tzinfo=UTC)):
        make.paid_claim(held, held.schools[1], Money(100_00))
        session.rollback()
        share = books.read_books(session, row(session, held)).shares[associate.id]
        refund = leavers.leave(held, associate)
        assert refund
        assert refund.amount == share < asked.amount, "what it paid in, less its part of the claim"
        session.rollback()
        owed = session.get_one(Contribution, owed_id)
        assert owed.due == owed.amount.split([120, 243 - 120])[0], "1 January to 30 April is 120 days"
        with pytest.raises(RuleBroken, match="no longer a member"):
            making.propose(held, replace(wanted, title="After it left"))


def test_a_membership_that_runs_out_is_settled_too_and_nothing_is_settled_twice(session: Session) -> None:
    alliance = make.alliance(schools=2)
    associate = belonging.associate(alliance)
    held = make.partnership_fund(alliance)
    make.received_round(held, Money(900_00), (*held.schools, associate))
    ends_on = belonging.membership_of(alliance, associate).ends_on
    assert ends_on
    with clock.travelling(clock.now() + timedelta(days=(ends_on - clock.today()).days + 1)):
        membership_jobs.watch_memberships()
        events.deliver_due()
        refund = leavers.row_for(associate)
        assert refund
        assert refund.left_on == ends_on
        ended = session.scalars(select(Event).where(Event.act == Act.MEMBERSHIP_END)).one()
        with transaction() as again:
            jobs.settle(again, ended)
        assert session.scalar(select(func.count()).select_from(Refund)) == 1


def test_a_school_that_joins_again_may_leave_its_share_and_is_not_paid_twice(
    held: make.Fund, session: Session
) -> None:
    leaver, other, third = held.schools
    first = leavers.leave(held, leaver)
    assert first
    with pytest.raises(RuleBroken, match="does not belong"):
        actions.withdraw_refund(held.alliance.coordinator, first.id, "They wanted it.")
    again = belonging.founder(held.alliance, leaver)
    second = leavers.leave(held, again)
    assert second
    assert second.id == first.id, "what is set aside is not set aside twice"
    belonging.founder(held.alliance, leaver)
    actions.withdraw_refund(held.alliance.coordinator, first.id, "Back, by letter of today.")
    assert books.set_aside(session, row(session, held)) == {}
    with pytest.raises(RuleBroken, match="withdrawn"):
        leavers.approve(first.id, other)
    with pytest.raises(Forbidden):
        actions.withdraw_refund(third.headteacher, first.id, "No.")


def test_a_former_member_finds_the_fund_by_its_own_school_and_nobody_elses(
    held: make.Fund, session: Session
) -> None:
    leaver, other, _ = held.schools
    leavers.leave(held, leaver)
    former = make.actor(leaver.bursar.person_id)
    fund, first, last = queries.get_fund_of_former(session, former, held.id, leaver.id)
    assert (fund.id, first, last) == (held.id, clock.today(), clock.today())
    stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
    for person, school_id in ((former, other.id), (former, None), (stranger.bursar, stranger.id)):
        with pytest.raises(NotFound):
            queries.get_fund_of_former(session, person, held.id, school_id)


def test_tasks_are_for_other_schools_and_the_coordinator_and_end_with_membership(
    held: make.Fund, session: Session, app: Flask
) -> None:
    leaver, other, third = held.schools
    make.proposed_round(held, Money(30_00))
    refund = leavers.leave(held, leaver)
    assert refund
    with app.test_request_context():
        former = make.actor(leaver.governor.person_id)
        assert not tasks.waiting_for(session, former)
        assert not fund_tasks.waiting_for(session, former)
        (task,) = tasks.waiting_for(session, other.governor)
        assert task.text == f"Approve the refund of {refund.amount} to {leaver.name}"
        assert not tasks.waiting_for(session, held.alliance.coordinator)
        leavers.approve(refund.id, other, third)
        assert not tasks.waiting_for(session, other.governor)
        (task,) = tasks.waiting_for(session, held.alliance.coordinator)
        assert task.text.startswith("Pay the refund")
    with pytest.raises(RuleBroken, match="cannot be paid before"):
        leavers.pay(held, refund.id, clock.today() - timedelta(days=1))
