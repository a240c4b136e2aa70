"""Evaluators declare, score alone and agree; an award is recommended and approved."""

from __future__ import annotations

from collections.abc import Iterable

from demonstration.path import Walk
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.policy import Actor
from marketplace.tenders.models import Criterion
from suppliers.awards.combining import actions as combining
from suppliers.awards.combining.jobs import work_out
from suppliers.awards.combining.rules import QUICK_SECONDS
from suppliers.evaluation import actions
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.actions import ScoreGiven
from suppliers.evaluation.conduct import Declaration
from suppliers.evaluation.low_prices import actions as low_prices
from suppliers.evaluation.low_prices.forms import USUAL_QUESTION
from suppliers.evaluation.low_prices.rules import usual_answer_by
from suppliers.quotes import queries as quotes
from suppliers.quotes.models import Quote

REASONS = {
    5: "Complete and convincing: a named lead, weekly visits, and a result that we could check.",
    4: "Good: says what is done, by whom and how often. One example more would have made it excellent.",
    3: "Sound but general: the answer says what is done, and little about how we would see it.",
    1: "The insurance that we asked for is in place, as the answer says and its certificate shows.",
    2: "Thin: it refers to a manual and gives no example from a school.",
}

EXPLANATION = (
    "Our yard is in Ashcombe, so that crews lose no time on the road, and the machines were paid off last "
    "year. A visit takes two people three hours at £14.10 an hour; with fuel, holiday pay, pension and "
    "overheads it costs us £236, and £49 are left."
)


def declare(walk: Walk, evaluators: Iterable[Actor]) -> None:
    """Evaluators say that they have no conflict with any supplier that quoted."""
    for place, evaluator in enumerate(evaluators):
        with walk.on(34, hour=9, minute=10 * place):
            declared = {quote.supplier_id: Declaration(conflicted=False) for quote in _quotes(walk)}
            actions.declare_conflicts(evaluator, walk.tender_id, declared)


def score(walk: Walk, evaluator: Actor, *, kinder: int = 0) -> None:
    """One evaluator scores every answer; `kinder` is added to each score where the scale allows."""
    for place, quote in enumerate(_quotes(walk)):
        with walk.on(35, hour=10 + place):
            given = [
                _given(question, min(question.highest_score, points + kinder))
                for question, points in zip(_questions(walk), _points(walk, quote), strict=True)
            ]
            actions.give_scores(evaluator, quote.id, given)


def agree_and_lock(walk: Walk) -> None:
    """The coordinator records what the panel agreed and locks the scores."""
    coordinator = walk.cast.coordinator
    for place, quote in enumerate(_quotes(walk)):
        with walk.on(36, hour=9 + place):
            for question, points in zip(_questions(walk), _points(walk, quote), strict=True):
                actions.agree_score(
                    coordinator,
                    quote.id,
                    question.id,
                    score=points,
                    reason=REASONS[points],
                    moderation_note="",
                    version=0,
                )
    with walk.on(37):
        actions.lock_scores(coordinator, walk.tender_id, walk.version)


def combine(walk: Walk) -> None:
    """The coordinator has the best combination of lots worked out."""
    with walk.on(34):
        run_id = new_id()
        combining.ask_for_combinations(walk.cast.coordinator, walk.tender_id, run_id, QUICK_SECONDS)
        work_out(run_id)


def ask_about_low_prices(walk: Walk) -> None:
    """Whoever asks an abnormally low price is asked to explain it, and does; the panel has not concluded."""
    session = db.session()
    session.rollback()
    compared = evaluation.comparison_of(session, walk.tender())
    low = [offer for offer in compared.offers if offer.is_abnormally_low]
    suppliers = {one.id: one for one in walk.cast.suppliers.values()}
    for offer in low:
        with walk.on(39, hour=10):
            last_day = usual_answer_by(clock.today())
            low_prices.ask_about_price(walk.cast.coordinator, offer.quote_id, USUAL_QUESTION, last_day)
        with walk.on(41, hour=15):
            low_prices.explain_price(suppliers[offer.supplier_id].actor, offer.quote_id, EXPLANATION, 1)


def evaluators_of(walk: Walk) -> list[Actor]:
    """The people who score: the finance leads of the first two schools."""
    return [school.finance_lead for school in walk.schools[:2]]


def _given(question: Criterion, points: int) -> ScoreGiven:
    return ScoreGiven(question.id, points, REASONS[points], 0)


def _questions(walk: Walk) -> list[Criterion]:
    return evaluation.questions(walk.tender())


def _points(walk: Walk, quote: Quote) -> tuple[int, ...]:
    """What this purchase's data says a quote is worth."""
    bids = walk.purchase.bids
    return next(bids[key].scores for key, one in walk.cast.suppliers.items() if one.id == quote.supplier_id)


def _quotes(walk: Walk) -> list[Quote]:
    session = db.session()
    session.rollback()
    return quotes.opened_quotes(session, walk.tender_id)
