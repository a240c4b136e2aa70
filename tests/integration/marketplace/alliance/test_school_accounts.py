"""A school's bank account changes by two people and after a day; the old address hears of each step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.alliance import actions, queries
from marketplace.alliance.school_accounts import actions as accounts
from marketplace.alliance.school_accounts import jobs
from marketplace.alliance.school_accounts import queries as changes
from marketplace.alliance.school_accounts.rules import ChangeStatus
from marketplace.core import clock, mail
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.policy import Role
from tests import make
from tests.integration.marketplace.alliance.test_schools import ACCOUNT

NEW = replace(ACCOUNT, sort_code="20-00-00", account_number="55779911", finance_email="new@thief.example")


@pytest.fixture
def school(session: Session) -> make.School:
    """A school whose account is known, and whose people have been there for two days."""
    with clock.travelling(clock.now() - timedelta(days=2)):
        found = make.alliance(schools=2).schools[0]
        actions.edit_school(found.bursar, found.id, 1, ACCOUNT)
    session.rollback()
    return found


def held(session: Session, school: make.School) -> str:
    session.rollback()
    return queries.school_by_urn(session, school.urn).account_number


def test_abuse_25_one_person_alone_changes_no_account_of_a_school(
    session: Session, school: make.School
) -> None:
    assert actions.edit_school(school.bursar, school.id, 2, NEW)
    assert held(session, school) == ACCOUNT.account_number
    with pytest.raises(RuleBroken, match="You proposed this change"):
        accounts.approve_account(school.bursar, school.id, 1)
    accomplice = make.person(school.id, Role.HEADTEACHER)
    with pytest.raises(RuleBroken, match="less than a day"):
        accounts.approve_account(accomplice, school.id, 1)
    with clock.travelling(clock.now() + timedelta(days=30)):
        assert jobs.put_school_accounts_into_force() == 0
    assert held(session, school) == ACCOUNT.account_number
    told = [letter.recipient for letter in mail.newest(session, "is to change")]
    assert ACCOUNT.finance_email in told
    assert NEW.finance_email not in told
    assert NEW.account_number not in mail.newest(session, "is to change")[0].body


def test_two_people_and_a_day_change_it_and_it_is_stopped_until_then(
    session: Session, school: make.School
) -> None:
    for stopped in (True, False):
        actions.edit_school(school.bursar, school.id, queries.school_by_urn(session, school.urn).version, NEW)
        session.rollback()
        accounts.approve_account(school.headteacher, school.id, 1)
        (change, *_) = changes.history(session, school.headteacher, school.id)
        assert change.status is ChangeStatus.APPROVED
        session.rollback()
        with clock.travelling(clock.now() + timedelta(hours=23)):
            assert jobs.put_school_accounts_into_force() == 0
            if stopped:
                accounts.stop_account(school.governor, school.id, 2, "Nobody here asked for this.")
        with clock.travelling(clock.now() + timedelta(hours=25)):
            assert jobs.put_school_accounts_into_force() == (0 if stopped else 1)
        assert held(session, school) == (ACCOUNT if stopped else NEW).account_number
    assert len(mail.newest(session, "has changed")) == 3


def test_sent_twice_it_is_proposed_once_and_another_waits_for_its_turn(
    session: Session, school: make.School
) -> None:
    for _ in range(2):
        actions.edit_school(school.bursar, school.id, 2, replace(ACCOUNT, account_number="55779911"))
    assert len(changes.history(session, school.bursar, school.id)) == 1
    session.rollback()
    with pytest.raises(RuleBroken, match="Another change of the bank account is under way"):
        actions.edit_school(school.bursar, school.id, 2, replace(ACCOUNT, account_number="55779912"))
    accounts.stop_account(school.bursar, school.id, 1, "Mistyped")
    none = replace(ACCOUNT, account_name="", sort_code="", account_number="")
    with pytest.raises(RuleBroken, match="a school that has one keeps one"):
        actions.edit_school(school.bursar, school.id, 2, none)


def test_whose_account_it_is_not_neither_reads_nor_decides(session: Session, school: make.School) -> None:
    actions.edit_school(school.bursar, school.id, 2, NEW)
    stranger = make.alliance(schools=1, name="Otherwold Alliance").schools[0].headteacher
    assert not changes.history(session, stranger, school.id)
    session.rollback()
    with pytest.raises(NotFound):
        accounts.approve_account(stranger, school.id, 1)
    with pytest.raises(Forbidden):
        accounts.approve_account(school.governor, school.id, 1)
    with pytest.raises(RuleBroken, match="Say why"):
        accounts.stop_account(school.governor, school.id, 1, " ")
