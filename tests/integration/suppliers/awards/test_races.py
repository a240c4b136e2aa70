"""Many at once: an award is made once, an agreed score is saved by one of two, on either database."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.contracts.models import Contract
from marketplace.core.db import transaction
from marketplace.core.errors import Refusal, Stale
from marketplace.core.events import Event
from marketplace.core.policy import Act, Actor, Role
from suppliers.awards import actions
from suppliers.awards.models import Award, AwardApproval
from suppliers.awards.rules import Recommendation
from suppliers.evaluation.actions import agree_score
from suppliers.evaluation.models import AgreedScore
from tests import make


def at_once(app: Flask, *attempts: Callable[[], None]) -> list[BaseException | None]:
    """Run all attempts at the same moment, each as a request of its own; what each one raised."""
    start = Barrier(len(attempts))

    def run(attempt: Callable[[], None]) -> BaseException | None:
        with app.app_context():
            start.wait()
            try:
                attempt()
            except Refusal as refusal:
                return refusal
            return None

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(run, attempts))


def count(table: type[Award] | type[AwardApproval] | type[Contract]) -> int:
    return make.fresh().scalar(select(func.count()).select_from(table)) or 0


def test_abuse_11_twenty_parallel_awards_leave_one_row(app: Flask) -> None:
    contest = make.priced_contest()
    people = [make.person(contest.alliance.id, Role.COORDINATOR) for _ in range(20)]
    offers = contest.comparison.offers
    version = contest.tender.version

    def attempt(place: int) -> Callable[[], None]:
        chosen = offers[place % len(offers)].quote_id
        wanted = Recommendation(chosen, "Best.", "For the test of parallel awards.")
        return lambda: actions.recommend_award(people[place], contest.tender.id, version, wanted)

    outcomes = at_once(app, *(attempt(place) for place in range(20)))
    assert outcomes.count(None) == 1
    assert count(Award) == 1


def test_twenty_parallel_approvals_are_two_and_decide_once(app: Flask) -> None:
    contest = make.recommended_contest()
    heads = [school.headteacher for school in contest.tender.schools]
    version = contest.tender.version

    def attempt(place: int) -> Callable[[], None]:
        return lambda: actions.approve_award(heads[place % 3], contest.tender.id, version)

    at_once(app, *(attempt(place) for place in range(20)))
    assert count(AwardApproval) == 2


def test_twenty_parallel_confirmations_register_each_contract_once(app: Flask) -> None:
    contest = make.approved_contest()
    version = contest.tender.version
    at_once(
        app,
        *[lambda: actions.confirm_award(contest.coordinator, contest.tender.id, version, related=False)] * 20,
    )
    assert count(Contract) == 3
    confirmed = select(func.count()).select_from(Event).where(Event.act == Act.AWARD_CONFIRM)
    assert make.fresh().scalar(confirmed) == 1


def test_of_two_people_who_agree_the_same_score_at_once_exactly_one_wins(app: Flask) -> None:
    contest = make.scored_contest()
    second = make.person(contest.alliance.id, Role.COORDINATOR)
    quote_id, question_id = contest.quotes[0], contest.questions[0].id

    def attempt(person: Actor, score: int) -> Callable[[], None]:
        return lambda: agree_score(
            person,
            quote_id,
            question_id,
            score=score,
            reason="Agreed.",
            moderation_note="",
            version=0,
        )

    outcomes = at_once(app, attempt(contest.coordinator, 5), attempt(second, 1))
    assert [type(outcome) for outcome in outcomes if outcome] == [Stale]
    assert len(make.fresh().scalars(select(AgreedScore)).all()) == 1


@pytest.mark.usefixtures("app")
def test_the_database_itself_refuses_a_second_award_of_a_lot() -> None:
    make.recommended_contest()
    row = make.fresh().scalars(select(Award)).one()
    kept = ("tender_id", "lot_id", "quote_id", "total", "reasons", "recommended_by", "recommended_at")
    copied = {name: getattr(row, name) for name in kept}
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(Award(id=uuid.uuid4(), **copied))
    assert count(Award) == 1
