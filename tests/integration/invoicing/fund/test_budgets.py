"""Purposes are kept apart, the board sets what may be spent on each, and grants come from outside."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from invoicing.fund import actions, books
from invoicing.fund.budgets import actions as budgeting
from invoicing.fund.budgets import jobs, queries
from invoicing.fund.budgets.models import Budget
from invoicing.fund.budgets.rules import BudgetStatus, Standing
from invoicing.fund.grants.actions import record_grant
from invoicing.fund.grants.models import Grant
from invoicing.fund.grants.rules import Giver
from invoicing.fund.models import Claim, Fund
from invoicing.fund.rules import Purpose, Wish
from invoicing.fund.shares import Pot
from invoicing.fund.statements import academic_year
from marketplace.alliance.decisions.rules import Choice, Subject
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import budgets as budgeted
from tests.make import fund as making
from tests.make import memberships as deciding
from tests.make import refunds as leavers

pytestmark = pytest.mark.usefixtures("app")
TRAINING, SYSTEMS = Purpose.STAFF_TRAINING, Purpose.SHARED_SYSTEMS


@pytest.fixture
def held(app: Flask) -> make.Fund:  # noqa: ARG001  # it needs the context
    """A fund of four schools that holds £6,000 for training and nothing else."""
    held = make.partnership_fund(make.alliance(schools=4))
    make.received_round(held)
    return held


def standing(session: Session, held: make.Fund, purpose: Purpose = TRAINING) -> Standing:
    session.rollback()
    return queries.standings(session, session.get_one(Fund, held.id))[purpose]


def claim_for(held: make.Fund, purpose: Purpose, amount: Money) -> None:
    school = held.schools[0]
    wish = Wish(school.id, "Something shared", purpose, amount)
    actions.make_claim(school.bursar, new_id(), held.id, wish, making.evidence())


def test_a_claim_above_what_is_held_for_its_purpose_by_a_penny_is_refused(
    held: make.Fund, session: Session
) -> None:
    budgeted.grant(held, budgeted.gift(Money(500_00), purpose=SYSTEMS))
    with pytest.raises(
        RuleBroken, match=r"£6,000\.00 available for training.*Claim £6,000\.00 or less"
    ) as one:
        claim_for(held, TRAINING, Money(6_000_01))
    assert one.value.field == "amount"
    with pytest.raises(RuleBroken, match=r"£500\.00 available for shared services"):
        claim_for(held, SYSTEMS, Money(500_01))
    assert session.scalar(select(func.count()).select_from(Claim)) == 0
    claim_for(held, SYSTEMS, Money(500_00))


def test_the_budget_that_the_board_carried_limits_claims_of_its_year(
    held: make.Fund, session: Session
) -> None:
    assert standing(session, held).left is None, "no budget, no limit but the money"
    waiting = budgeted.proposed_budget(held, {TRAINING: Money(1_000_00)})
    making.claim(held, held.schools[0], Money(900_00))
    with pytest.raises(RuleBroken, match="The board is deciding on"):
        budgeted.proposed_budget(held, {TRAINING: Money(2_000_00)})
    deciding.decided(held.alliance, Subject.BUDGET, waiting)
    assert standing(session, held) == Standing(TRAINING, Money(6_000_00), Money(1_000_00), Money(900_00))
    with pytest.raises(
        RuleBroken, match=r"£100\.00 is left of the year’s budget of £1,000\.00.*Claim £100\.00"
    ):
        making.claim(held, held.schools[1], Money(100_01))
    refused = make.claim(held, held.schools[1], Money(100_00))
    with pytest.raises(RuleBroken, match=r"Nothing is left.*larger budget"):
        making.claim(held, held.schools[1], Money(1))
    with pytest.raises(RuleBroken, match=r"£0\.00 available for shared services"):
        claim_for(held, SYSTEMS, Money(1))
    actions.refuse_claim(held.schools[2].headteacher, refused, "Not this year.")
    assert standing(session, held).left == Money(100_00), "what is refused is free again"
    with clock.travelling(clock.now() + timedelta(days=366)):
        assert standing(session, held).left is None, "each year has a budget of its own"


def test_a_budget_that_the_board_rejects_changes_nothing_and_a_newer_one_replaces_the_older(
    held: make.Fund, session: Session
) -> None:
    budgeted.budget(held, {TRAINING: Money(1_000_00)})
    claim_id = make.claim(held, held.schools[0], Money(800_00))
    no = (Choice.AGAINST,) * 4
    rejected = budgeted.budget(held, {TRAINING: Money(9_000_00)}, *no)
    session.rollback()
    assert session.get_one(Budget, rejected).status is BudgetStatus.DROPPED
    assert standing(session, held).left == Money(200_00)
    budgeted.budget(held, {TRAINING: Money(700_00)})
    with pytest.raises(RuleBroken, match=r"set the budget .* to £700\.00, and £800\.00 has been claimed"):
        making.approve(claim_id, held.schools[1])
    budgeted.budget(held, {SYSTEMS: Money(700_00), TRAINING: Money(800_00)})
    making.approve(claim_id, held.schools[1])
    assert standing(session, held).left == ZERO


def test_a_budget_is_for_this_year_or_the_next_allows_something_and_is_the_coordinators(
    held: make.Fund, session: Session
) -> None:
    coordinator, some = held.alliance.coordinator, {TRAINING: Money(1)}
    year = academic_year(clock.today())
    with pytest.raises(RuleBroken, match="at least one purpose"):
        budgeting.propose_budget(coordinator, new_id(), held.id, year, {})
    past = academic_year(year.start - timedelta(days=1))
    with pytest.raises(RuleBroken, match="present academic year or the next"):
        budgeting.propose_budget(coordinator, new_id(), held.id, past, some)
    for somebody in (held.schools[0].headteacher, held.alliance.auditor):
        with pytest.raises(Forbidden):
            budgeting.propose_budget(somebody, new_id(), held.id, year, some)
    stranger = make.alliance(schools=1, name="Elsewhere").coordinator
    with pytest.raises(NotFound):
        budgeting.propose_budget(stranger, new_id(), held.id, year, some)
    budget_id = budgeted.proposed_budget(held, some)
    budgeting.propose_budget(coordinator, budget_id, held.id, year, some)
    session.rollback()
    with pytest.raises(NotFound):
        queries.get_budget(session, stranger, budget_id)
    assert jobs.about(session, stranger, budget_id) is None
    described = jobs.about(session, held.schools[0].headteacher, budget_id)
    assert described
    assert ("In all", "£0.01") in described.facts


def test_a_grant_is_no_schools_pays_for_its_purpose_and_stays_when_a_school_leaves(
    held: make.Fund, session: Session
) -> None:
    grant_id = budgeted.grant(held, budgeted.gift(Money(2_000_00)))
    record_grant(held.alliance.coordinator, grant_id, held.id, budgeted.gift(), making.evidence())
    fund = session.get_one(Fund, held.id)
    pot = Pot(fund.alliance_id, TRAINING)
    assert books.read_books(session, fund).pots[pot] == Money(2_000_00)
    make.paid_claim(held, held.schools[0], Money(800_00))
    session.rollback()
    fund = session.get_one(Fund, held.id)
    assert books.read_books(session, fund).pots[pot] == Money(1_800_00), (
        "it bears a quarter as it is a quarter"
    )
    stated = books.fund_statement(session, fund, academic_year(clock.today()))
    assert (stated.whole.granted, stated.whole.paid_in) == (Money(2_000_00), Money(6_000_00))
    assert stated.schools[fund.alliance_id].closing == Money(1_800_00)
    assert stated.names[fund.alliance_id] == "Grants, no school’s share"
    leaver = held.schools[3]
    share = stated.schools[leaver.id].closing
    refund = leavers.leave(held, leaver)
    assert refund
    assert refund.amount == share
    assert refund.pots == {Pot(leaver.id, TRAINING): share}


@pytest.mark.parametrize(
    ("kind", "said"),
    [(Giver.PARENTS, "parents’ association stays that school’s"), (Giver.SCHOOL, "by a contribution")],
)
def test_a_grant_from_a_source_that_may_not_give_is_refused(
    kind: Giver, said: str, held: make.Fund, session: Session
) -> None:
    with pytest.raises(RuleBroken, match=said) as refusal:
        budgeted.grant(held, budgeted.gift(kind=kind))
    assert refusal.value.field == "kind"
    assert session.scalar(select(func.count()).select_from(Grant)) == 0


def test_a_grant_needs_evidence_a_past_day_and_the_coordinator(held: make.Fund) -> None:
    coordinator = held.alliance.coordinator
    tomorrow = budgeted.gift(received_on=clock.today() + timedelta(days=1))
    with pytest.raises(RuleBroken, match="today or in the past"):
        budgeted.grant(held, tomorrow)
    with pytest.raises(RuleBroken, match="The fund was opened on"):
        budgeted.grant(held, budgeted.gift(received_on=date(2020, 1, 1)))
    damaged = making.evidence("letter.pdf", b"nothing")
    with pytest.raises(RuleBroken, match="not a complete PDF"):
        record_grant(coordinator, new_id(), held.id, budgeted.gift(), damaged)
    for somebody in (held.alliance.auditor, held.schools[0].finance_lead):
        with pytest.raises(Forbidden):
            record_grant(somebody, new_id(), held.id, budgeted.gift(), making.evidence())
