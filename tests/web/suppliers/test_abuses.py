"""Abuses of scoring, from the table of what Weald promises: each is tried as a person would."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.core.policy import Actor
from suppliers.evaluation import actions
from suppliers.evaluation.models import AgreedScore, Score, ScoreVersion
from suppliers.quotes.actions import start_opening
from suppliers.quotes.rules import Envelope
from tests import make
from tests.make import Contest
from tests.web.client import Client

AsPerson = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def as_person(client_for: Callable[[uuid.UUID | None], Client]) -> AsPerson:
    return lambda actor: client_for(actor.person_id)


def recorded(contest: Contest) -> list[tuple[str, int, int]]:
    """Every score as it stands: whose, what, and its version."""
    session = make.fresh()
    given = session.scalars(select(Score).where(Score.quote_id.in_(contest.quotes)))
    agreed = session.scalars(select(AgreedScore).where(AgreedScore.quote_id.in_(contest.quotes)))
    return sorted(
        [("given", row.score, row.version) for row in given]
        + [("agreed", row.score, row.version) for row in agreed]
    )


def test_abuse_08_no_score_changes_once_scores_are_locked_for_the_prices_to_open(as_person: AsPerson) -> None:
    contest = make.scored_contest()
    make.agree_scores(contest)
    evaluator, coordinator = as_person(contest.tender.evaluators[0]), as_person(contest.coordinator)
    agreeing = f"/quotes/{contest.quotes[0]}/scores/{contest.questions[0].id}/agree"
    open_window = coordinator.get(agreeing).form("Record the agreed score")
    actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)
    before = recorded(contest)
    for _ in range(2):  # before the prices are open, and when they have been seen
        late = coordinator.submit(open_window.fill(score="5", reason="On second thoughts."), status=409)
        assert "locked" in late.words
        giving = {"score_1": "5", "reason_1": "On second thoughts.", "version_1": "1"}
        evaluator.post(f"/quotes/{contest.quotes[0]}/scores/give", giving, status=409)
        assert recorded(contest) == before
        if contest.tender.row.status == "moderated":
            make.open_envelope(contest.tender, Envelope.PRICE)


def test_abuse_09_of_two_windows_that_save_the_same_score_exactly_one_succeeds(as_person: AsPerson) -> None:
    contest = make.scored_contest()
    make.agree_scores(contest)
    address = f"/quotes/{contest.quotes[0]}/scores/{contest.questions[0].id}/agree"
    coordinator = as_person(contest.coordinator)
    first, second = (coordinator.get(address).form("Record the agreed score") for _ in range(2))
    coordinator.submit(first.fill(score="1", reason="The first window."))
    overtaken = coordinator.submit(second.fill(score="5", reason="The second window."), status=409)
    assert overtaken.form("Record the agreed score").values["reason"] == "The second window."
    query = select(AgreedScore).where(
        AgreedScore.quote_id == contest.quotes[0], AgreedScore.criterion_id == contest.questions[0].id
    )
    row = make.fresh().scalars(query).one()
    assert (row.score, row.version, row.reason) == (1, 2, "The first window.")


def test_abuse_10_a_conflicted_evaluator_meets_404_everywhere_and_opens_nothing(
    app: Flask, as_person: AsPerson
) -> None:
    schools = make.alliance()
    both = schools.schools[0].bursar
    contest = make.opened_contest(schools, evaluators=(both, schools.schools[1].finance_lead))
    other = contest.tender.evaluators[1]
    make.declare_conflicts(contest, both, contest.suppliers[0])
    make.declare_conflicts(contest, other)
    make.give_scores(contest, other)
    make.agree_scores(contest)
    actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)
    assert both in contest.tender.openers
    with clock.travelling(contest.tender.closes_at), pytest.raises(Refusal):
        start_opening(both, contest.tender.id, Envelope.PRICE, make.PASSPHRASE)
    client = as_person(both)
    ids = {
        "tender_id": contest.tender.id,
        "quote_id": contest.quotes[0],
        "criterion_id": contest.questions[0].id,
    }
    addresses = [
        app.url_map.bind("localhost").build(rule.endpoint, {name: ids[name] for name in rule.arguments})
        for rule in app.url_map.iter_rules()
        if rule.arguments
        and rule.arguments <= set(ids)
        and "GET" in (rule.methods or ())
        and (rule.endpoint.startswith("evaluation.") or rule.endpoint == "quotes.show")
    ]
    assert len(addresses) > 8
    for address in addresses:
        client.get(address, status=404)
    for supplier in contest.suppliers:
        assert supplier.name not in client.get("/evaluation").words


def test_every_version_of_a_score_is_kept_for_the_auditor(as_person: AsPerson) -> None:
    contest = make.scored_contest()
    make.agree_scores(contest)
    actions.agree_score(
        contest.coordinator,
        contest.quotes[0],
        contest.questions[0].id,
        score=1,
        reason="The certificate had lapsed.",
        moderation_note="We looked it up.",
        version=1,
    )
    page = as_person(contest.alliance.auditor).get(f"/tenders/{contest.tender.id}/scores/agree")
    history = as_person(contest.alliance.auditor).get(page.links()["Every version of every score"])
    row = history.texts("tbody tr")[0]
    assert "The certificate had lapsed." in row
    assert "Agreed, changed: version 2" in row
    assert "We looked it up." in row
    versions = make.fresh().scalars(select(ScoreVersion)).all()
    assert len(versions) == 2 * 6 + 6 + 1
    as_person(contest.tender.schools[2].headteacher).get(
        f"/tenders/{contest.tender.id}/scores/history", status=404
    )


def test_no_version_is_shown_while_an_evaluator_still_scores(as_person: AsPerson) -> None:
    contest = make.opened_contest()
    for evaluator in contest.tender.evaluators:
        make.declare_conflicts(contest, evaluator)
    make.give_scores(contest, contest.tender.evaluators[0])
    page = as_person(contest.alliance.auditor).get(f"/tenders/{contest.tender.id}/scores/history")
    assert "Evaluators still score" in page.words
    assert "The answer earns 4." not in page.words
