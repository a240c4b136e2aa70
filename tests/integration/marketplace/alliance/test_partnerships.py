from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.alliance.decisions.rules import Choice, Subject
from marketplace.alliance.memberships import jobs as membership_jobs
from marketplace.alliance.models import Person
from marketplace.alliance.partnerships import actions, jobs, queries, tasks
from marketplace.alliance.partnerships.rules import PartnershipStatus
from marketplace.alliance.rules import MembershipKind, MembershipStatus
from marketplace.core import clock, events, mail
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import Actor
from tests import make
from tests.make import decisions as making_decisions
from tests.make import memberships as joining
from tests.make import partnerships as making

pytestmark = pytest.mark.usefixtures("app")


def letter(session: Session, person: Actor) -> str:
    return mail.newest(session, session.get_one(Person, person.person_id).email)[0].subject


def test_a_partnership_begins_when_board_and_governing_body_have_agreed(session: Session) -> None:
    alliance, school = make.alliance(schools=1), joining.outsider()
    partnership_id = making.proposed(alliance, school)
    assert letter(session, school.governor) == f"{alliance.name} proposes a trust partnership"
    joining.decided(alliance, Subject.PARTNERSHIP, partnership_id)
    assert making.row(partnership_id).status is PartnershipStatus.PROPOSED
    making_decisions.confirmation(school, Subject.PARTNERSHIP, partnership_id)
    events.deliver_due()
    partnership = making.row(partnership_id)
    assert partnership.status is PartnershipStatus.AGREED
    membership = joining.membership_of(alliance, school)
    assert membership.kind is MembershipKind.TRUST_PARTNERSHIP
    assert (membership.id, membership.ends_on) == (partnership.membership_id, partnership.ends_on)
    with clock.travelling(clock.now() + timedelta(days=366)):
        membership_jobs.watch_memberships()
    assert joining.membership_of(alliance, school).status is MembershipStatus.LEFT


def test_it_does_not_begin_before_its_first_day() -> None:
    alliance, school = make.alliance(schools=1), joining.outsider()
    starts_on = clock.today() + timedelta(days=30)
    partnership_id = making.proposed(alliance, school, starts_on=starts_on)
    making_decisions.confirmation(school, Subject.PARTNERSHIP, partnership_id)
    joining.decided(alliance, Subject.PARTNERSHIP, partnership_id)
    assert jobs.watch_partnerships() == 0
    assert making.row(partnership_id).status is PartnershipStatus.PROPOSED
    with clock.travelling(clock.now() + timedelta(days=30)):
        assert jobs.watch_partnerships() == 1
        assert jobs.watch_partnerships() == 0
    assert joining.membership_of(alliance, school).joined_on == starts_on


def test_what_the_board_rejects_does_not_begin_though_governors_confirm(session: Session) -> None:
    alliance, school = make.alliance(schools=1), joining.outsider()
    partnership_id = making.proposed(alliance, school)
    joining.decided(alliance, Subject.PARTNERSHIP, partnership_id, Choice.AGAINST)
    making_decisions.confirmation(school, Subject.PARTNERSHIP, partnership_id)
    events.deliver_due()
    assert making.row(partnership_id).status is PartnershipStatus.NOT_AGREED
    assert letter(session, school.headteacher) == f"The trust partnership with {alliance.name}"
    assert making_decisions.MINUTE in mail.newest(session, "")[0].body


def test_a_proposal_goes_to_a_school_that_is_none_of_ours(session: Session) -> None:
    alliance, school = make.alliance(schools=1), joining.outsider()
    member = alliance.schools[0]
    partnership_id = making.proposed(alliance, school)
    for urn, sentence in (
        (member.urn, "belongs to this"),
        (school.urn, "already"),
        ("999999", "Check its six"),
    ):
        with pytest.raises(RuleBroken, match=sentence) as told:
            actions.propose_partnership(alliance.coordinator, new_id(), alliance.id, urn, making.terms())
        assert told.value.field == "urn"
    with pytest.raises(Forbidden):
        actions.propose_partnership(
            member.headteacher, new_id(), alliance.id, joining.outsider().urn, making.terms()
        )
    for reader in (school.bursar, member.headteacher, alliance.auditor):
        assert queries.get_partnership(session, reader, partnership_id).school_id == school.id
    elsewhere = make.alliance(schools=1, name="Elsewhere")
    for stranger in (member.bursar, elsewhere.coordinator):
        with pytest.raises(NotFound):
            queries.get_partnership(session, stranger, partnership_id)


def test_reviews_are_reminded_of_once_and_recorded(session: Session, app: Flask) -> None:
    alliance, school = make.alliance(schools=1), joining.outsider()
    partnership_id = making.proposed(alliance, school)
    with app.test_request_context():
        (task,) = tasks.waiting_for(session, school.governor)
        assert task.text == f"Confirm the trust partnership with {alliance.name}"
    making_decisions.confirmation(school, Subject.PARTNERSHIP, partnership_id)
    joining.decided(alliance, Subject.PARTNERSHIP, partnership_id)
    first, second = (review.id for review in making.row(partnership_id).reviews)
    now = clock.now()
    with clock.travelling(now + timedelta(days=85)):
        assert jobs.watch_partnerships() == 0
    with clock.travelling(now + timedelta(days=86)):
        assert jobs.watch_partnerships() == 1
        assert jobs.watch_partnerships() == 0
        for person in (school.headteacher, alliance.coordinator):
            assert letter(session, person) == f"Review the trust partnership with {school.name}"
        with app.test_request_context():
            (task,) = tasks.waiting_for(session, alliance.coordinator)
            assert task.due == making.row(partnership_id).reviews[0].due_on
    with clock.travelling(now + timedelta(days=100)):
        with pytest.raises(Forbidden):
            actions.record_review(school.headteacher, first, clock.today(), "On track.")
        actions.record_review(alliance.coordinator, first, clock.today(), "On track.")
        actions.record_review(alliance.coordinator, first, clock.today(), "On track.")
        with pytest.raises(RuleBroken, match="recorded already"):
            actions.record_review(alliance.coordinator, first, clock.today(), "Off track.")
        assert letter(session, school.governor).endswith("was reviewed")
        with app.test_request_context():
            assert not tasks.waiting_for(session, alliance.coordinator)
    with clock.travelling(now + timedelta(days=240)):
        assert queries.ids_to_remind(session, clock.today()) == [second]
