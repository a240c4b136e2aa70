"""A supplier's bank account changes by two people, after a day, and the old address hears first."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import Actor, Role
from suppliers.profiles.bank import actions, jobs, queries
from suppliers.profiles.bank.models import BankChange
from suppliers.profiles.bank.rules import Account, ChangeStatus
from suppliers.profiles.documents.actions import use_documents
from tests import make

pytestmark = pytest.mark.usefixtures("app")
OLD = Account("Mill", "30-94-31", "00733445", "pay@mill.example")
NEW = Account("Mill", "20-00-00", "55779911", "new@thief.example")
CALLED = {"spoke_to": "Sam", "number_from": "01632 960123, from last year’s invoice"}


def staffed() -> tuple[make.Supplier, Actor]:
    """A supplier with a second administrator who has been there for two days."""
    with clock.travelling(clock.now() - timedelta(days=2)):
        supplier = make.supplier()
        return supplier, make.person(supplier.id, Role.SUPPLIER_ADMIN)


def change_of(session: Session, supplier: make.Supplier) -> BankChange:
    session.rollback()
    return queries.history(session, supplier.id)[0]


def put_in_force(session: Session, supplier: make.Supplier, second: Actor, account: Account = OLD) -> None:
    actions.propose_account(supplier.admin, supplier.id, new_id(), account)
    actions.approve_account(second, supplier.id, 1)
    holds_from = change_of(session, supplier).holds_from
    assert holds_from
    session.rollback()
    with clock.travelling(holds_from):
        assert jobs.put_accounts_into_force() == 1


def test_abuse_25_one_person_alone_stays_pending_however_long_they_wait(session: Session) -> None:
    supplier, second = staffed()
    put_in_force(session, supplier, second)
    actions.propose_account(supplier.admin, supplier.id, new_id(), NEW)
    with pytest.raises(RuleBroken, match="You proposed this change"):
        actions.approve_account(supplier.admin, supplier.id, 1)
    with clock.travelling(clock.now() + timedelta(days=30)):
        assert jobs.put_accounts_into_force() == 0
    session.rollback()
    held = queries.account_of(session, supplier.id)
    assert held
    assert held.account_number == OLD.number
    assert change_of(session, supplier).status is ChangeStatus.PROPOSED


def test_abuse_25_a_colleague_invited_for_it_does_not_count_as_the_second_person(session: Session) -> None:
    supplier, _ = staffed()
    accomplice = make.person(supplier.id, Role.SUPPLIER_ADMIN)
    actions.propose_account(supplier.admin, supplier.id, new_id(), NEW)
    with pytest.raises(RuleBroken, match="less than a day"):
        actions.approve_account(accomplice, supplier.id, 1)
    assert change_of(session, supplier).status is ChangeStatus.PROPOSED


def test_abuse_25_the_old_address_hears_of_each_step_and_the_change_is_stopped_in_its_day(
    session: Session,
) -> None:
    supplier, second = staffed()
    put_in_force(session, supplier, second)
    actions.propose_account(supplier.admin, supplier.id, new_id(), NEW)
    actions.approve_account(second, supplier.id, 1)
    session.rollback()
    heard = session.scalars(
        select(Message.subject).where(Message.recipient == OLD.email).order_by(Message.written_at)
    ).all()
    assert [subject.partition(" of ")[2].removeprefix(f"{supplier.name} ") for subject in heard] == [
        "is to change",
        "changes in 24 hours",
    ]
    assert not session.scalars(select(Message).where(Message.body.contains(NEW.number))).all()
    session.rollback()
    with clock.travelling(clock.now() + timedelta(hours=23)):
        assert jobs.put_accounts_into_force() == 0
        actions.stop_change(supplier.bidder(), supplier.id, 2, "Nobody here asked for this.")
    with clock.travelling(clock.now() + timedelta(days=3)):
        assert jobs.put_accounts_into_force() == 0
    session.rollback()
    held = queries.account_of(session, supplier.id)
    assert held
    assert held.account_number == OLD.number


def test_two_people_and_a_day_change_it_and_the_old_address_and_the_schools_hear(session: Session) -> None:
    supplier, second = staffed()
    school = make.alliance(schools=1).schools[0]
    use_documents(school.finance_lead, supplier.id)
    put_in_force(session, supplier, second)
    put_in_force(session, supplier, second, NEW)
    session.rollback()
    held = queries.account_of(session, supplier.id)
    assert held
    assert (held.account_number, held.approved_by) == (NEW.number, second.person_id)
    told = session.scalars(select(Message.recipient).where(Message.subject.endswith("has changed"))).all()
    assert OLD.email in told
    assert told.count(supplier.email) == 2


def test_a_firm_of_one_is_telephoned_by_the_finance_lead_of_a_school_that_uses_it(session: Session) -> None:
    supplier = make.supplier()
    user, other = make.alliance(schools=2).schools
    use_documents(user.bursar, supplier.id)
    actions.propose_account(supplier.admin, supplier.id, new_id(), OLD)
    session.rollback()
    asked = session.scalars(select(Message).where(Message.subject.startswith("Please telephone"))).all()
    assert len(asked) == 1
    assert OLD.number not in asked[0].body
    session.rollback()
    for actor, refusal in ((other.finance_lead, NotFound), (user.bursar, NotFound)):
        with pytest.raises(refusal):
            actions.check_account(actor, supplier.id, 1, **CALLED)
    with pytest.raises(RuleBroken, match="never from a message"):
        actions.check_account(user.finance_lead, supplier.id, 1, spoke_to="Sam", number_from=" ")
    actions.check_account(user.finance_lead, supplier.id, 1, **CALLED)
    change = change_of(session, supplier)
    assert (change.status, change.approved_for, change.spoke_to) == (ChangeStatus.APPROVED, user.id, "Sam")


def test_a_firm_of_several_is_not_approved_by_a_school(session: Session) -> None:
    supplier, _ = staffed()
    school = make.alliance(schools=1).schools[0]
    use_documents(school.finance_lead, supplier.id)
    actions.propose_account(supplier.admin, supplier.id, new_id(), OLD)
    with pytest.raises(RuleBroken, match="several people"):
        actions.check_account(school.finance_lead, supplier.id, 1, **CALLED)
    assert change_of(session, supplier).status is ChangeStatus.PROPOSED


def test_a_double_click_proposes_once_and_a_second_change_waits_for_the_first(session: Session) -> None:
    supplier, second = staffed()
    change_id = new_id()
    for _ in range(2):
        actions.propose_account(supplier.admin, supplier.id, change_id, OLD)
    with pytest.raises(RuleBroken, match="Another change is under way"):
        actions.propose_account(supplier.admin, supplier.id, new_id(), NEW)
    with pytest.raises(Stale):
        actions.approve_account(second, supplier.id, 7)
    with pytest.raises(Forbidden):
        actions.propose_account(supplier.bidder(), supplier.id, new_id(), NEW)
    assert len(queries.history(session, supplier.id)) == 1
