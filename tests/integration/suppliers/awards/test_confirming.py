"""Awards above a school's own limit wait for its governing body."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.decisions import actions as deciding
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.delegation.rules import Approver, Band
from marketplace.core import clock, mail
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from suppliers.awards import actions, confirming, queries, shown
from suppliers.awards.models import AwardApproval
from tests import make
from tests.make import delegation, memberships

pytestmark = pytest.mark.usefixtures("app")
LOW = (Band(Money(100_00), Approver.HEADTEACHER, 1), Band(None, Approver.GOVERNING_BODY, 3))
HIGH = (Band(Money(90_000_000_00), Approver.HEADTEACHER, 1), Band(None, Approver.GOVERNING_BODY, 3))


def recommended(*bands: Band) -> make.Contest:
    """A contest with a recommended award, whose first school had a ladder of these bands before."""
    contest = make.priced_contest()
    delegation.ladder(contest.tender.schools[0], *bands)
    make.recommend_award(contest)
    return contest


def approve(contest: make.Contest, place: int) -> None:
    head = contest.tender.schools[place].headteacher
    actions.approve_award(head, contest.tender.id, contest.tender.version)


def confirm(contest: make.Contest, session: Session, days: int | None = None) -> None:
    school = contest.tender.schools[0]
    award_id = queries.live_awards(session, contest.tender.id)[0].id
    deciding.record_confirmation(
        school.governor,
        new_id(),
        Subject.AWARD,
        award_id,
        school.id,
        minute_reference="FGB 12",
        minuted_on=clock.today(),
        expires_on=None if days is None else clock.today() + timedelta(days=days),
    )


def test_a_headteacher_approves_above_the_limit_only_on_a_live_confirmation(
    session: Session, app: Flask
) -> None:
    contest = recommended(*LOW)
    school = contest.tender.schools[0]
    asked = mail.newest(session, "Please confirm an award")
    assert len(asked) == 1
    with pytest.raises(RuleBroken, match=f"The governing body of {school.name} has not confirmed"):
        approve(contest, 0)
    session.rollback()
    assert "Ask a governor" in shown.choices_of(session, school.headteacher, contest.tender.row).why_not
    with app.test_request_context():
        (task,) = confirming.waiting_for(session, school.governor)
        assert task.text.startswith("Confirm the award of")
        assert not confirming.waiting_for(session, contest.tender.schools[1].governor)
    confirm(contest, session)
    with app.test_request_context():
        assert not confirming.waiting_for(session, school.governor)
    approve(contest, 0)
    approve(contest, 1)
    kept = session.scalars(select(Confirmation)).one()
    by_school = dict(session.execute(select(AwardApproval.school_id, AwardApproval.confirmation_id)).all())
    assert by_school == {school.id: kept.id, contest.tender.schools[1].id: None}
    given = queries.approvals(session, queries.live_awards(session, contest.tender.id)[0])
    assert [one.minute for one in given] == ["FGB 12", ""]


def test_a_confirmation_of_an_award_that_ended_yesterday_counts_for_nothing(session: Session) -> None:
    contest = recommended(*LOW)
    confirm(contest, session, days=0)
    with (
        clock.travelling(clock.now() + timedelta(days=1)),
        pytest.raises(RuleBroken, match="its confirmation has ended"),
    ):
        approve(contest, 0)
    approve(contest, 0)


def test_a_confirmation_is_of_one_recommendation_and_not_of_the_next(session: Session) -> None:
    contest = recommended(*LOW)
    confirm(contest, session)
    other = contest.tender.schools[1].headteacher
    actions.reject_award(other, contest.tender.id, contest.tender.version, "Please check the price.")
    make.recommend_award(contest)
    with pytest.raises(RuleBroken, match="has not confirmed"):
        approve(contest, 0)


def test_below_the_limit_and_without_a_ladder_nothing_is_asked(session: Session, app: Flask) -> None:
    contest = recommended(*HIGH)
    with app.test_request_context():
        assert not confirming.waiting_for(session, contest.tender.schools[0].governor)
    with pytest.raises(RuleBroken, match="Nobody asks your governing body"):
        confirm(contest, session)
    approve(contest, 0)
    approve(contest, 1)


def test_another_alliance_finds_nothing_to_confirm(session: Session) -> None:
    contest = recommended(*LOW)
    stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
    award_id = queries.live_awards(session, contest.tender.id)[0].id
    with pytest.raises(NotFound):
        deciding.record_confirmation(
            stranger.governor,
            new_id(),
            Subject.AWARD,
            award_id,
            stranger.id,
            minute_reference="FGB 1",
            minuted_on=clock.today(),
        )


def test_a_school_that_left_the_alliance_still_decides_on_what_it_buys(session: Session) -> None:
    contest = make.priced_contest()
    make.recommend_award(contest)
    school = contest.tender.schools[1]
    memberships.leave(contest.tender.alliance, school)
    former = make.actor(school.headteacher.person_id)
    assert not former.alliance_ids
    actions.approve_award(former, contest.tender.id, contest.tender.version)
    approvals = session.scalars(select(AwardApproval.school_id)).all()
    assert approvals == [school.id]


def test_a_school_that_did_not_approve_but_buys_above_its_limit_is_confirmed_before_contracts(
    session: Session,
) -> None:
    contest = make.priced_contest()
    school = contest.tender.schools[2]
    delegation.ladder(school, *LOW)
    make.recommend_award(contest)
    make.approve_award(contest)
    make.tell_bidders(contest)
    with pytest.raises(RuleBroken, match=f"has not confirmed this award for: {school.name}"):
        make.confirm_award(contest)
    session.rollback()
    deciding.record_confirmation(
        school.governor,
        new_id(),
        Subject.AWARD,
        queries.live_awards(session, contest.tender.id)[0].id,
        school.id,
        minute_reference="FGB 14",
        minuted_on=clock.today(),
    )
    make.confirm_award(contest)
