"""Invitations are seen while they wait, sent again, and withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.alliance import actions as people
from marketplace.alliance.invitations import actions, queries
from marketplace.core import clock, mail
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.policy import Role
from tests import make

EMAIL = "ann@example.org"
PASSWORD = "three words remembered"


def newest_link(session: Session) -> str:
    session.rollback()
    return mail.newest(session, EMAIL)[0].body.split("/set-password/")[1].split()[0]


def test_an_invitation_waits_is_sent_again_and_is_withdrawn(app: object, session: Session) -> None:  # noqa: ARG001
    school, other = make.alliance(schools=2).schools
    head = school.headteacher
    sent = clock.now()
    ann = people.add_person(head, "Ann Lee", EMAIL, [(school.id, Role.GOVERNOR)])
    first = newest_link(session)
    with pytest.raises(RuleBroken, match="less than five minutes ago"):
        actions.send_again(head, school.id, ann)
    with clock.travelling(sent + timedelta(days=8)):
        found = queries.waiting(session, queries.organisations_of(head))
        one = next(one for one in found if one.email == EMAIL)
        assert (one.works_until, one.roles) == (None, (Role.GOVERNOR,))
        assert one.days_waited in {7, 8}
        assert actions.send_again(head, school.id, ann) == "Ann Lee"
        second = newest_link(session)
        with pytest.raises(NotFound):
            people.set_password(first, PASSWORD)
        with pytest.raises(Forbidden):
            actions.send_again(school.bursar, school.id, ann)
        with pytest.raises(NotFound):
            actions.withdraw(other.headteacher, school.id, ann)
        assert queries.organisations_of(school.bursar) == set()
        actions.withdraw(head, school.id, ann)
        with pytest.raises(NotFound):
            people.set_password(second, PASSWORD)
        letters = len(mail.newest(session, EMAIL))
        people.ask_for_link(EMAIL)
        assert len(mail.newest(session, EMAIL)) == letters, "who was withdrawn gets no link"
        with pytest.raises(NotFound):
            actions.withdraw(head, school.id, ann)
    with clock.travelling(sent + timedelta(days=9)):
        assert people.add_person(other.headteacher, "Ann Lee", EMAIL, [(other.id, Role.GOVERNOR)]) == ann
        people.set_password(newest_link(session), PASSWORD)
        assert all(one.email != EMAIL for one in queries.waiting(session, {other.id}))
