"""The pages on which a panel declares, scores, agrees and locks."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select

from marketplace.core.policy import Actor, Role
from suppliers.evaluation import actions
from suppliers.evaluation.models import AgreedScore, ConflictDeclaration, Score
from tests import make
from tests.make import Contest
from tests.web.client import Client

SignIn = Callable[[uuid.UUID | None], Client]
UNICODE = "Sehr gut – „Kräuter“, 10 £ & <b>mehr</b> 🥕"
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def as_person(client_for: SignIn) -> Callable[[Actor], Client]:
    return lambda actor: client_for(actor.person_id)


def path(contest: Contest, rest: str) -> str:
    return f"/tenders/{contest.tender.id}/{rest}"


def declaring(contest: Contest, **changed: str) -> dict[str, str]:
    answers = {f"conflict_{one.id.hex}": "no" for one in contest.suppliers}
    return answers | changed


# ------------------------------------------------------------------ conflicts
def test_an_evaluator_declares_scores_and_finds_the_work_done(as_person: Callable[[Actor], Client]) -> None:
    contest = make.opened_contest()
    evaluator = as_person(contest.tender.evaluators[0])
    home = evaluator.get("/")
    task = home.links()["Declare conflicts of interest: School meals"]
    page = evaluator.get(task)
    assert "Our answer about menus" not in page.words
    scoring = evaluator.submit(page.form("Declare").fill(**declaring(contest)))
    assert "You can score now" in scoring.words
    assert "Score 6 answers: School meals" in evaluator.get("/").links()
    for place, supplier in enumerate(contest.suppliers):
        page = evaluator.get(scoring.links()[supplier.name])
        assert "Our answer about menus." in page.words
        saved = page.form("Save my scores").fill(
            score_1="4", reason_1=UNICODE, score_2=str(place), reason_2="Sound."
        )
        scoring = evaluator.submit(saved)
        assert f"Your scores of {supplier.name} are saved." in scoring.words
    assert "Score" not in " ".join(evaluator.get("/").links())
    again = evaluator.get(scoring.links()[contest.suppliers[0].name]).form("Save my scores")
    assert (again.values["score_1"], again.values["reason_1"]) == ("4", UNICODE)


def test_a_declaration_left_open_or_without_its_reason_comes_back_filled_in(
    as_person: Callable[[Actor], Client],
) -> None:
    contest = make.opened_contest()
    evaluator = as_person(contest.tender.evaluators[0])
    one, two, three = (supplier.id.hex for supplier in contest.suppliers)
    form = evaluator.get(path(contest, "conflicts/declare")).form("Declare")
    page = evaluator.submit(form.fill(**{f"conflict_{one}": "no", f"detail_{two}": UNICODE}), status=422)
    assert [error.partition(" with ")[2] for error in page.errors().values()] == ["Supplier 2", "Supplier 3"]
    assert page.form("Declare").values[f"detail_{two}"] == UNICODE
    page = evaluator.submit(
        page.form("Declare").fill(**declaring(contest, **{f"conflict_{three}": "yes"})), status=422
    )
    assert page.errors() == {f"detail_{three}": "Say what the conflict is."}
    assert not make.fresh().scalars(select(ConflictDeclaration)).all()


def test_whoever_declares_a_conflict_gets_404_everywhere(as_person: Callable[[Actor], Client]) -> None:
    contest = make.opened_contest()
    evaluator = as_person(contest.tender.evaluators[0])
    first = contest.suppliers[0].id.hex
    form = evaluator.get(path(contest, "conflicts/declare")).form("Declare")
    answers = declaring(contest, **{f"conflict_{first}": "yes", f"detail_{first}": "My brother works there."})
    page = evaluator.submit(form.fill(**answers))
    assert "You will see nothing more of these quotes" in page.words
    make.declare_conflicts(contest, contest.tender.evaluators[1])
    for rest in ("conflicts/declare", "scores", "scores/agree", "comparison", "award", "comparison.csv"):
        evaluator.get(path(contest, rest), status=404)
    for quote_id in contest.quotes:
        evaluator.get(f"/quotes/{quote_id}/scores/give", status=404)
        evaluator.post(f"/quotes/{quote_id}/scores/give", {"score_1": "5", "reason_1": "Mine."}, status=404)
    index = evaluator.get("/evaluation")
    assert "School meals" not in index.words


# ------------------------------------------------------------------ scoring
def test_half_a_score_comes_back_filled_in_with_what_is_missing(as_person: Callable[[Actor], Client]) -> None:
    contest = make.opened_contest()
    make.declare_conflicts(contest, contest.tender.evaluators[0])
    evaluator = as_person(contest.tender.evaluators[0])
    form = evaluator.get(f"/quotes/{contest.quotes[0]}/scores/give").form("Save my scores")
    page = evaluator.submit(form.fill(score_1="3", reason_2=UNICODE), status=422)
    assert sorted(page.errors().values()) == [
        "Choose a score for “Staff”.",
        "Enter the reason for your score of “Menus”.",
    ]
    again = page.form("Save my scores")
    assert (again.values["score_1"], again.values["reason_2"]) == ("3", UNICODE)
    assert not make.fresh().scalars(select(Score)).all()


def test_a_page_of_nothing_and_a_score_off_the_scale_are_refused(
    as_person: Callable[[Actor], Client],
) -> None:
    contest = make.opened_contest()
    make.declare_conflicts(contest, contest.tender.evaluators[0])
    evaluator = as_person(contest.tender.evaluators[0])
    address = f"/quotes/{contest.quotes[0]}/scores/give"
    assert "at least one score" in evaluator.post(address, {}, status=422).words
    for wrong in ("6", "-1", "many", "2.5"):
        evaluator.post(address, {"score_1": wrong, "reason_1": "Because."}, status=422)
    assert not make.fresh().scalars(select(Score)).all()


def test_a_second_window_that_saves_the_same_score_is_told_and_loses_nothing(
    as_person: Callable[[Actor], Client],
) -> None:
    contest = make.opened_contest()
    make.declare_conflicts(contest, contest.tender.evaluators[0])
    evaluator = as_person(contest.tender.evaluators[0])
    address = f"/quotes/{contest.quotes[0]}/scores/give"
    one, two = (evaluator.get(address).form("Save my scores") for _ in range(2))
    evaluator.submit(one.fill(score_1="4", reason_1="First window."))
    page = evaluator.submit(two.fill(score_1="1", reason_1="Second window."), status=409)
    assert page.form("Save my scores").values["reason_1"] == "Second window."
    assert make.fresh().scalars(select(Score)).one().score == 4


def test_the_coordinator_sees_progress_and_no_score_before_everybody_is_done(
    as_person: Callable[[Actor], Client],
) -> None:
    contest = make.opened_contest()
    for evaluator in contest.tender.evaluators:
        make.declare_conflicts(contest, evaluator)
    secret = dict.fromkeys(contest.quotes, (1, 2))
    make.give_scores(contest, contest.tender.evaluators[0], secret)
    page = as_person(contest.coordinator).get(path(contest, "scores/agree"))
    assert "0 of 6 scored" in page.words
    assert "Given:" not in page.words
    assert "The answer earns" not in page.text
    answer = as_person(contest.coordinator).get(
        f"/quotes/{contest.quotes[0]}/scores/{contest.questions[0].id}/agree"
    )
    assert "The answer earns" not in answer.text
    other = as_person(contest.tender.evaluators[1])
    assert "The answer earns" not in other.get(path(contest, "scores")).text
    assert "The answer earns" not in other.get(f"/quotes/{contest.quotes[0]}/scores/give").text


# ------------------------------------------------------------------ agreeing and locking
def test_the_coordinator_agrees_and_locks_page_by_page(as_person: Callable[[Actor], Client]) -> None:
    contest = make.opened_contest(prices=("2.40",))
    for evaluator, mark in zip(contest.tender.evaluators, (1, 4), strict=True):
        make.declare_conflicts(contest, evaluator)
        make.give_scores(contest, evaluator, mark)
    coordinator = as_person(contest.coordinator)
    overview = coordinator.get(coordinator.get("/").links()["Agree the scores: School meals"])
    assert overview.words.count("Far apart") == 2
    for question in contest.questions:
        page = coordinator.get(f"/quotes/{contest.quotes[0]}/scores/{question.id}/agree")
        assert "The answer earns 4." in page.words
        form = page.form("Record the agreed score").fill(score="3", reason=UNICODE)
        refused = coordinator.submit(form, status=422)
        assert list(refused.errors()) == ["moderation_note"]
        form = refused.form("Record the agreed score")
        assert form.values["reason"] == UNICODE
        overview = coordinator.submit(form.fill(moderation_note="We read it again."))
    assert overview.words.count("Agreed: 3") == 2
    lock = coordinator.get(coordinator.get("/").links()["Lock the scores: School meals"])
    locked = coordinator.submit(lock.form("Lock the scores"))
    assert "You locked the quality scores." in locked.words
    address = f"/quotes/{contest.quotes[0]}/scores/{contest.questions[0].id}/agree"
    late = coordinator.post(address, {"score": "5", "reason": "No.", "version": "1"}, status=409)
    assert "locked" in late.words
    assert {row.score for row in make.fresh().scalars(select(AgreedScore))} == {3}


def test_locking_says_who_fails_before_it_is_done(as_person: Callable[[Actor], Client]) -> None:
    contest = make.scored_contest()
    coordinator = as_person(contest.coordinator)
    page = coordinator.get(path(contest, "scores/lock"))
    assert "6 agreed scores are still missing" in page.words
    refused = coordinator.submit(page.form("Lock the scores"), status=422)
    assert "6 agreed scores are missing" in refused.words


def test_two_coordinators_with_the_same_page_open_one_is_told(as_person: Callable[[Actor], Client]) -> None:
    contest = make.scored_contest()
    address = f"/quotes/{contest.quotes[0]}/scores/{contest.questions[0].id}/agree"
    one = as_person(contest.coordinator)
    two = as_person(make.person(contest.alliance.id, Role.COORDINATOR))
    forms = [client.get(address).form("Record the agreed score") for client in (one, two)]
    one.submit(forms[0].fill(score="5", reason="Mine."))
    page = two.submit(forms[1].fill(score="1", reason="Theirs."), status=409)
    assert page.form("Record the agreed score").values["reason"] == "Theirs."
    assert make.fresh().scalars(select(AgreedScore)).one().score == 5


def test_a_quote_is_excluded_with_a_reason_on_its_page(as_person: Callable[[Actor], Client]) -> None:
    contest = make.priced_contest()
    coordinator = as_person(contest.coordinator)
    page = coordinator.get(f"/quotes/{contest.quotes[0]}/assessment")
    form = coordinator.get(page.links()["Exclude this quote"]).form("Exclude this quote")
    refused = coordinator.submit(form, status=422)
    assert refused.errors() == {"reason": "Enter the reason"}
    page = coordinator.submit(refused.form("Exclude this quote").fill(reason=UNICODE))
    assert "Not compared" in page.words
    assert UNICODE in page.words


# ------------------------------------------------------------------ whose business it is
def test_pages_of_another_alliance_and_of_suppliers_are_not_found(
    as_person: Callable[[Actor], Client],
) -> None:
    contest = make.scored_contest()
    make.agree_scores(contest)
    actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)
    other = make.alliance(name="Other")
    outsiders = [other.coordinator, other.schools[0].headteacher, contest.suppliers[0].admin]
    addresses = [
        path(contest, rest)
        for rest in ("conflicts/declare", "scores", "scores/agree", "scores/lock", "comparison", "award")
    ] + [
        f"/quotes/{contest.quotes[0]}/{rest}"
        for rest in ("scores/give", f"scores/{contest.questions[0].id}/agree", "exclude", "assessment")
    ]
    for person in outsiders:
        client = as_person(person)
        for address in addresses:
            page = client.get(address, status=404)
            assert "School meals" not in page.words


def test_a_question_of_another_tender_is_not_found(as_person: Callable[[Actor], Client]) -> None:
    contest = make.scored_contest()
    other = make.scored_contest(contest.alliance, title="Cleaning")
    coordinator = as_person(contest.coordinator)
    coordinator.get(f"/quotes/{contest.quotes[0]}/scores/{other.questions[0].id}/agree", status=404)


def test_the_auditor_reads_the_scoring_and_changes_nothing(as_person: Callable[[Actor], Client]) -> None:
    contest = make.scored_contest()
    auditor = as_person(contest.alliance.auditor)
    page = auditor.get(path(contest, "scores/agree"))
    assert "Given: 4, 4" in page.words
    assert "Agree a score" not in page.links()
    address = f"/quotes/{contest.quotes[0]}/scores/{contest.questions[0].id}/agree"
    auditor.get(address, status=403)
    auditor.post(address, {"score": "5", "reason": "No.", "version": "0"}, status=403)
    auditor.get(path(contest, "scores/lock"), status=403)


def test_the_list_is_searched_sorted_and_says_what_to_do_when_empty(
    as_person: Callable[[Actor], Client],
) -> None:
    schools = make.alliance()
    client = as_person(schools.coordinator)
    assert "No quotes to evaluate yet" in client.get("/evaluation").words
    for title in ("Alpha meals", "Beta cleaning"):
        make.opened_contest(schools, title=title)
    for sort, first in (("title", "Alpha meals"), ("-title", "Beta cleaning"), ("nonsense", "Beta cleaning")):
        page = client.get(f"/evaluation?sort={sort}")
        assert page.texts("tbody th")[0].startswith(first)
    assert client.get("/evaluation?q=BETA").texts("tbody th")[0].startswith("Beta")
    assert "No tender matches" in client.get("/evaluation?q=%25").words
