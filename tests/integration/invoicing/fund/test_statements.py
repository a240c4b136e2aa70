"""Statements from the real ledger, whatever was done and in whatever order."""

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from invoicing.fund import books, statements
from invoicing.fund.books import FundStatement
from invoicing.fund.models import Fund
from invoicing.fund.rules import Purpose
from invoicing.fund.statements import Period
from invoicing.ledger import actions as ledger
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from marketplace.alliance.memberships.actions import admit_school
from marketplace.alliance.rules import MembershipKind
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import ADMINISTRATOR
from tests import make
from tests.make import fund as making

Result = TypeVar("Result")
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def held(app: Flask) -> make.Fund:  # noqa: ARG001  # it needs the context
    return make.partnership_fund(make.alliance(schools=3))


def stated(session: Session, held: make.Fund, period: Period | None = None) -> FundStatement:
    fund = session.get_one(Fund, held.id)
    return books.fund_statement(session, fund, period or statements.academic_year(clock.today()))


def test_a_new_fund_has_a_statement_of_nothing_for_every_member(held: make.Fund, session: Session) -> None:
    found = stated(session, held)
    assert found.whole.closing == ZERO
    assert {found.names[school_id] for school_id in found.schools} == {school.name for school in held.schools}


def test_a_year_is_stated_school_by_school(held: make.Fund, session: Session) -> None:
    make.received_round(held, Money(7_200_00))
    make.paid_claim(held, held.schools[0], Money(720_00), "Course £ für alle")
    found = stated(session, held)
    closing = {school_id: one.closing for school_id, one in found.schools.items()}
    assert closing == {school.id: Money(school.pupils * 9_00) for school in held.schools}
    assert found.whole.spent_by_purpose == {Purpose.STAFF_TRAINING: Money(720_00)}
    claim_line = found.whole.lines[-1]
    assert (claim_line.title, claim_line.party) == ("Course £ für alle", held.schools[0].name)
    assert claim_line.reference.startswith("FC-")
    assert {line.party for line in found.whole.lines[:-1]} == {school.name for school in held.schools}


def test_a_claim_of_one_school_is_on_the_statement_of_each_that_bore_it(
    held: make.Fund, session: Session
) -> None:
    make.received_round(held, Money(7_200_00), held.schools[1:])
    make.paid_claim(held, held.schools[0], Money(1_00))
    found = stated(session, held)
    lines = {school.name: found.schools[school.id].lines for school in held.schools}
    assert not lines[held.schools[0].name]
    assert [line.party for line in lines[held.schools[1].name]] == [
        held.schools[1].name,
        held.schools[0].name,
    ]


def test_one_years_closing_is_the_next_years_opening(held: make.Fund, session: Session) -> None:
    make.received_round(held, Money(7_200_00))
    year = statements.academic_year(clock.today())
    after = statements.academic_year(year.end + timedelta(days=1))
    assert stated(session, held, after).whole.opening == stated(session, held, year).whole.closing
    assert stated(session, held, statements.year_before(year)).whole.closing == ZERO


def test_another_alliances_fund_is_another_fund(held: make.Fund, session: Session) -> None:
    other = make.partnership_fund(make.alliance(schools=3, name="Elsewhere"))
    make.received_round(held, Money(7_200_00))
    make.received_round(other, Money(1_00))
    assert stated(session, held).whole.closing == Money(7_200_00)
    assert stated(session, other).whole.closing == Money(1_00)


def test_a_school_in_two_alliances_has_a_share_in_each(held: make.Fund, session: Session) -> None:
    school = held.schools[0]
    other = make.alliance(schools=1, name="Elsewhere")
    admit_school(ADMINISTRATOR, other.id, school.id, MembershipKind.FULL)
    school = replace(school, governor=make.actor(school.governor.person_id))
    second = make.partnership_fund(replace(other, schools=(school,)))
    make.received_round(held, Money(70_00), [school])
    make.received_round(second, Money(50_00))
    assert stated(session, held).schools[school.id].closing == Money(70_00)
    assert stated(session, second).schools[school.id].closing == Money(50_00)


def test_money_that_left_the_bank_past_the_shares_is_noticed(held: make.Fund, session: Session) -> None:
    make.received_round(held, Money(7_200_00))
    bank = books.bank(session.get_one(Fund, held.id))
    elsewhere = AccountName(held.alliance.id, AccountKind.EXPENSE)
    with transaction() as posting:
        ledger.post(
            posting,
            new_id(),
            posted_on=clock.today(),
            description="A charge nobody agreed to",
            source_id=held.id,
            legs=[Leg(elsewhere, bank, Money(1))],
        )
    with pytest.raises(AssertionError):
        stated(session, held)


def unless_too_little(step: Callable[[], Result]) -> Result | None:
    """What a step gives; nothing when the fund held too little for it."""
    try:
        return step()
    except RuleBroken as refusal:
        if "available" not in refusal.message:
            raise
        return None


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_the_statements_agree(seed: int, held: make.Fund, session: Session) -> None:
    """Thirty steps by chance: rounds, claims, payments, refusals for want of money."""
    chance = random.Random(seed)
    start = clock.now()
    waiting: list[uuid.UUID] = []
    for step in range(30):
        with clock.travelling(start + timedelta(days=step)):
            if chance.random() < 0.3:
                taking_part = chance.sample(held.schools, chance.randint(1, 3))
                make.received_round(held, Money(chance.randint(3, 500_000)), taking_part)
            elif waiting and chance.random() < 0.5:
                unless_too_little(partial(making.pay, held, waiting.pop(chance.randrange(len(waiting)))))
            else:
                school, amount = chance.choice(held.schools), Money(chance.randint(1, 400_000))
                claim_id = unless_too_little(partial(make.approved_claim, held, school, amount))
                waiting += [claim_id] if claim_id else []
    for _ in range(10):
        begin = start.date() + timedelta(days=chance.randint(-5, 35))
        found = stated(session, held, Period(begin, begin + timedelta(days=chance.randint(0, 35))))
        assert min(one.closing for one in found.schools.values()) >= ZERO, f"seed {seed}"
    whole = stated(session, held, Period(date(2000, 1, 1), date(2100, 1, 1))).whole
    balance = books.read_books(session, session.get_one(Fund, held.id)).balance
    assert whole.paid_in - whole.spent == whole.closing == balance, f"seed {seed}"
