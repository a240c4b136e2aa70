"""The people of a supplier come by invitation; the last administrator stays."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.actions import add_person
from marketplace.alliance.models import Person
from marketplace.alliance.queries import actor_for
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.mail import Message
from marketplace.core.policy import Role
from suppliers.profiles.members import actions, queries
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def test_a_colleague_is_invited_by_e_mail_and_becomes_administrator(session: Session) -> None:
    supplier = make.supplier()
    person_id = add_person(supplier.admin, "Nia Bell", "nia@example.com", [(supplier.id, Role.BIDDER)])
    letter = session.scalars(select(Message).where(Message.recipient == "nia@example.com")).one()
    assert "/set-password/" in letter.body
    session.rollback()
    assert not next(
        one for one in queries.members(session, supplier.id) if one.name == "Nia Bell"
    ).has_password
    actions.change_member(supplier.admin, supplier.id, person_id, Role.SUPPLIER_ADMIN)
    session.rollback()
    assert len(queries.administrators(session, supplier.id)) == 2


def test_the_other_administrators_hear_of_a_new_one_and_not_of_a_bidder(session: Session) -> None:
    supplier = make.supplier()
    other = session.get_one(Person, make.person(supplier.id, Role.SUPPLIER_ADMIN).person_id)
    bidder = supplier.bidder()
    assert bidder.person_id
    for role, letters in ((Role.SUPPLIER_ADMIN, 1), (Role.BIDDER, 1)):
        actions.change_member(supplier.admin, supplier.id, bidder.person_id, role)
        session.rollback()
        subject = Message.subject.endswith(" was given a role")
        told = session.scalars(select(Message).where(subject, Message.recipient == other.email)).all()
        assert len(told) == letters, role
        assert "- Supplier administrator of " in told[0].body


def test_the_last_administrator_can_neither_leave_nor_step_down(session: Session) -> None:
    supplier = make.supplier()
    admin_id = supplier.admin.person_id
    assert admin_id
    supplier.bidder()
    attempts: tuple[Callable[[], None], ...] = (
        lambda: actions.leave_supplier(supplier.admin, supplier.id),
        lambda: actions.remove_member(supplier.admin, supplier.id, admin_id),
        lambda: actions.change_member(supplier.admin, supplier.id, admin_id, Role.BIDDER),
    )
    for attempt in attempts:
        with pytest.raises(RuleBroken, match="last administrator"):
            attempt()
    session.rollback()
    assert queries.administrators(session, supplier.id) == [admin_id]


def test_who_was_removed_sees_nothing_more_and_is_told(session: Session) -> None:
    supplier = make.supplier()
    bidder = supplier.bidder()
    assert bidder.person_id
    actions.remove_member(supplier.admin, supplier.id, bidder.person_id)
    session.rollback()
    now = actor_for(session, bidder.person_id)
    assert now
    assert not now.supplier_ids
    letter = session.scalars(select(Message).where(Message.subject.startswith("You no longer act"))).one()
    assert supplier.name in letter.body


def test_a_second_administrator_may_leave_and_a_bidder_too(session: Session) -> None:
    supplier = make.supplier()
    second = make.person(supplier.id, Role.SUPPLIER_ADMIN)
    for leaving in (second, supplier.bidder()):
        actions.leave_supplier(leaving, supplier.id)
    session.rollback()
    assert [one.person_id for one in queries.members(session, supplier.id)] == [supplier.admin.person_id]


def test_only_an_administrator_changes_people_and_only_of_the_own_supplier() -> None:
    supplier, rival = make.supplier(), make.supplier()
    bidder = supplier.bidder()
    admin_id = supplier.admin.person_id
    assert admin_id
    for actor, refusal in ((bidder, Forbidden), (rival.admin, NotFound)):
        with pytest.raises(refusal):
            actions.remove_member(actor, supplier.id, admin_id)
