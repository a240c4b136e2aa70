"""Opened quotes declared about, scored, agreed and priced, by the actions that panels use."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Unpack

from marketplace.core import clock
from marketplace.core.policy import Actor
from marketplace.tenders.models import Criterion
from suppliers.evaluation import actions, queries
from suppliers.evaluation.actions import ScoreGiven
from suppliers.evaluation.by_lot import Results
from suppliers.evaluation.comparison import Comparison
from suppliers.evaluation.conduct import Declaration
from suppliers.evaluation.low_prices import actions as low_prices
from suppliers.evaluation.low_prices.actions import Conclusion
from suppliers.evaluation.low_prices.queries import held_up
from suppliers.evaluation.low_prices.rules import InquiryStatus
from suppliers.evaluation.models import AgreedScore
from suppliers.quotes.offers import Offer
from suppliers.quotes.rules import Envelope
from tests.make.alliance import Alliance, alliance
from tests.make.kept import kept
from tests.make.quotes import fresh, open_envelope, opened_quotes, submitted_offer, submitted_quote
from tests.make.suppliers import Supplier, supplier
from tests.make.tenders import PRICE_ONLY, Tender, Wishes, published_tender

UnitPrices = Sequence[Decimal | str]
Scores = Sequence[Sequence[int]]
PRICES = ("2.4000", "2.5000", "2.7500")
AGREED = ((3, 4), (5, 4), (4, 5))


@dataclass(frozen=True, slots=True)
class Contest:
    """A tender with opened quotes, in the order of their suppliers."""

    tender: Tender
    suppliers: tuple[Supplier, ...]
    quotes: tuple[uuid.UUID, ...]

    @property
    def alliance(self) -> Alliance:
        """The alliance that buys."""
        return self.tender.alliance

    @property
    def coordinator(self) -> Actor:
        """Who runs the tender."""
        return self.tender.alliance.coordinator

    @property
    def questions(self) -> list[Criterion]:
        """The quality criteria, in their order."""
        return queries.questions(self.tender.row)

    @property
    def results(self) -> Results:
        """The quotes for each lot as they are now; the tender's lots are won on their own."""
        found = queries.results_of(fresh(), self.tender.row)
        assert found is not None
        return found

    @property
    def comparison(self) -> Comparison:
        """All quotes side by side, as they are now."""
        return queries.comparison_of(fresh(), self.tender.row)


@kept
def opened_contest(
    buying: Alliance | None = None, prices: Sequence[Decimal | str] = PRICES, **given: object
) -> Contest:
    """A tender whose first envelope is open: one quote for each price. Takes what `draft_tender` takes."""
    wishes: Wishes = given  # type: ignore[assignment]  # what draft_tender takes, passed on
    tender = published_tender(buying or alliance(), **wishes)
    category = str(given.get("category", "catering"))
    suppliers = tuple(
        supplier(f"Supplier {number + 1}", categories=[category]) for number in range(len(prices))
    )
    quotes = tuple(submitted_quote(tender, one, price) for one, price in zip(suppliers, prices, strict=True))
    opened_quotes(tender)
    return Contest(tender, suppliers, quotes)


def contest_of(tender: Tender, offers: Sequence[Offer], *, category: str = "catering") -> Contest:
    """A published tender whose first envelope is open: one quote for each offer."""
    suppliers = tuple(
        supplier(f"Supplier {number + 1}", categories=[category]) for number in range(len(offers))
    )
    quotes = tuple(
        submitted_offer(tender, one, wanted) for one, wanted in zip(suppliers, offers, strict=True)
    )
    opened_quotes(tender)
    return Contest(tender, suppliers, quotes)


def judge(contest: Contest, scores: Scores) -> None:
    """From opened answers to opened prices: declared, scored, agreed by quote and question, locked."""
    for evaluator in contest.tender.evaluators:
        declare_conflicts(contest, evaluator)
        give_scores(contest, evaluator)
    agree_scores(contest, scores)
    actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)
    open_envelope(contest.tender, Envelope.PRICE)


def declare_conflicts(contest: Contest, evaluator: Actor, *conflicted: Supplier) -> None:
    """An evaluator declares about every supplier; a conflict with those named."""
    actions.declare_conflicts(
        evaluator,
        contest.tender.id,
        {
            one.id: Declaration(
                one in conflicted, "A member of my family works there." if one in conflicted else ""
            )
            for one in contest.suppliers
        },
    )


def give_scores(
    contest: Contest, evaluator: Actor, scores: Mapping[uuid.UUID, Sequence[int]] | int = 4
) -> None:
    """An evaluator scores every answer of every quote: one number for all, or by quote and question."""
    for quote_id in contest.quotes:
        marks = [scores] * len(contest.questions) if isinstance(scores, int) else scores[quote_id]
        actions.give_scores(
            evaluator,
            quote_id,
            [
                ScoreGiven(question.id, min(mark, question.highest_score), f"The answer earns {mark}.", 0)
                for question, mark in zip(contest.questions, marks, strict=True)
            ],
        )


def agree_scores(contest: Contest, scores: Scores = AGREED) -> None:
    """The coordinator records agreed scores, by quote and question."""
    for quote_id, marks in zip(contest.quotes, scores, strict=True):
        for question, mark in zip(contest.questions, marks, strict=True):
            before = fresh().get(AgreedScore, (quote_id, question.id))
            actions.agree_score(
                contest.coordinator,
                quote_id,
                question.id,
                score=mark,
                reason=f"Agreed reason for {question.title.lower()}.",
                moderation_note="The panel read the answer again together.",
                version=before.version if before else 0,
            )


def accept_low_prices(coordinator: Actor, tender: Tender) -> None:
    """Whoever has an abnormally low price is asked, lets the day pass, and is accepted all the same."""
    session = fresh()
    compared = queries.comparisons_by_lot(session, tender.row).values()
    held = held_up(session, tender.id, [offer for one in compared for offer in one.offers])
    for quote_id in (one.quote_id for one in held):
        low_prices.ask_about_price(coordinator, quote_id, "How?", clock.today() + timedelta(days=1))
        with clock.travelling(clock.now() + timedelta(days=2)):
            accepted = Conclusion(InquiryStatus.ACCEPTED, "Its price list is published.")
            low_prices.conclude_on_price(coordinator, quote_id, accepted, 1)


@kept
def scored_contest(
    buying: Alliance | None = None, prices: UnitPrices = PRICES, **given: Unpack[Wishes]
) -> Contest:
    """A contest whose evaluators have all scored. Takes what `opened_contest` takes."""
    contest = opened_contest(buying, prices, **given)
    for evaluator in contest.tender.evaluators:
        declare_conflicts(contest, evaluator)
        give_scores(contest, evaluator)
    return contest


@kept
def moderated_contest(
    buying: Alliance | None = None,
    prices: UnitPrices = PRICES,
    scores: Scores = AGREED,
    **given: Unpack[Wishes],
) -> Contest:
    """A contest whose quality scores are agreed and locked."""
    contest = scored_contest(buying, prices, **given)
    agree_scores(contest, scores)
    actions.lock_scores(contest.coordinator, contest.tender.id, contest.tender.version)
    return contest


@kept
def priced_contest(
    buying: Alliance | None = None,
    prices: UnitPrices = PRICES,
    scores: Scores = AGREED,
    **given: Unpack[Wishes],
) -> Contest:
    """A contest whose prices are open, ready to be compared."""
    contest = moderated_contest(buying, prices, scores, **given)
    open_envelope(contest.tender, Envelope.PRICE)
    return contest


@kept
def price_contest(
    buying: Alliance | None = None, prices: UnitPrices = PRICES, **given: Unpack[Wishes]
) -> Contest:
    """A contest on price alone, its prices open."""
    return opened_contest(buying, prices, **{**given, "criteria": PRICE_ONLY})
