"""Whom a tender waits for while quotes are judged and an award is decided: by name, and nobody else."""

import pytest
from sqlalchemy.orm import Session

from marketplace.tenders import picture, progress
from suppliers.awards import actions as awards
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def awaited(session: Session, contest: make.Contest) -> tuple[str, ...]:
    session.rollback()
    return progress.next_step(session, contest.tender.row).people


def test_scoring_waits_for_those_who_have_not_declared_or_scored_and_then_for_the_coordinator(
    session: Session,
) -> None:
    contest = make.opened_contest(make.alliance())
    first, second = contest.tender.evaluators
    assert awaited(session, contest) == (first.name, second.name)
    make.declare_conflicts(contest, first, contest.suppliers[0])
    assert awaited(session, contest) == (second.name,)
    make.declare_conflicts(contest, second)
    make.give_scores(contest, second)
    assert awaited(session, contest) == (contest.coordinator.name,)
    assert progress.next_step(session, contest.tender.row).text == "Everybody has scored. Agree the scores."


def test_an_award_waits_for_people_of_schools_that_have_not_approved_it(session: Session) -> None:
    contest = make.recommended_contest(make.alliance(schools=2))
    alder, beech = contest.tender.schools
    assert {alder.governor.name, beech.governor.name} <= set(awaited(session, contest))
    awards.approve_award(alder.governor, contest.tender.id, contest.tender.version)
    assert set(awaited(session, contest)) == {beech.governor.name, beech.headteacher.name}


def test_the_picture_passes_over_the_states_of_quality_where_the_price_alone_is_judged() -> None:
    tender = make.closed_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    drawn = {step.label: step for step in picture.picture(tender.row, "Open them.").steps}
    assert drawn["Being evaluated"].state == "skipped"
    assert drawn["Being evaluated"].note == picture.PRICE_ALONE
    assert (drawn["Closed, waiting to be opened"].state, drawn["Prices opened"].state) == (
        "current",
        "upcoming",
    )
    assert drawn["Closed, waiting to be opened"].note == "Open them."
