"""Asking for the combinations of lots, keeping what was worked out, and recommending lot by lot.

What takes time is worked out between two transactions, never inside one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.tenders.actions import move_tender
from marketplace.tenders.interests.queries import review_points
from marketplace.tenders.interests.rules import check_reviewed
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import confirming, notices
from suppliers.awards import queries as awards_queries
from suppliers.awards.actions import accept_quotes
from suppliers.awards.combining import queries, rules
from suppliers.awards.combining.models import CombinationRun
from suppliers.awards.combining.problem import LotPrice, Problem
from suppliers.awards.combining.rules import LotRecommendation, Worked
from suppliers.awards.models import Award
from suppliers.awards.rules import AwardStatus, check_reasons
from suppliers.awards.waiving.actions import write_standings
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.low_prices.queries import check_assessed


def ask_for_combinations(actor: Actor, tender_id: uuid.UUID, run_id: uuid.UUID, seconds: int) -> None:
    """Ask what the best combination of a tender's lots is. Sent twice, it is asked once.

    Raises RuleBroken where one quote wins all lots, and once an award is recommended.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.AWARD_COMBINE, tender.alliance_id)
        if session.get(CombinationRun, run_id) is not None:
            return
        if tender.status is not TenderStatus.PRICES_OPENED:
            raise RuleBroken("Combinations are worked out while no award is recommended.")
        if queries.problem_of(session, tender) is None:
            raise RuleBroken("One quote wins all lots of this tender, so there is nothing to combine.")
        run = CombinationRun(
            id=run_id, tender_id=tender_id, asked_by=_person(actor), asked_at=clock.now(), seconds=seconds
        )
        session.add(run)
        session.flush()
        events.record(
            session, actor, Act.AWARD_COMBINE, tender_id, organisation_id=tender.alliance_id, run_id=run_id
        )


def begin_combinations(run_id: uuid.UUID) -> tuple[Problem, int] | None:
    """What to work out, and within how many seconds; None where somebody has it in hand or it is done."""
    with transaction() as session:
        policy.require(SYSTEM, Act.AWARD_KEEP_COMBINATION)
        run = session.get(CombinationRun, run_id, with_for_update=True)
        now = clock.now()
        if run is None or run.finished_at or not rules.is_given_up(run.started_at, now):
            return None
        tender = evaluation.get_tender(session, run.tender_id)
        problem = queries.problem_of(session, tender)
        if problem is None:
            return None
        run.started_at, run.basis = now, problem.fingerprint
        session.flush()
        _recorded(session, tender, run, "begun")
        return problem, run.seconds


def keep_combinations(run_id: uuid.UUID, worked: Worked) -> None:
    """Keep what was worked out, once."""
    with transaction() as session:
        policy.require(SYSTEM, Act.AWARD_KEEP_COMBINATION)
        run = session.get_one(CombinationRun, run_id, with_for_update=True)
        if run.finished_at is not None:
            return
        run.result, run.finished_at = worked.written(), clock.now()
        session.flush()
        _recorded(session, evaluation.get_tender(session, run.tender_id), run, worked.best.state.value)


def _recorded(session: Session, tender: Tender, run: CombinationRun, state: str) -> None:
    events.record(
        session,
        SYSTEM,
        Act.AWARD_KEEP_COMBINATION,
        tender.id,
        organisation_id=tender.alliance_id,
        run_id=run.id,
        state=state,
    )


def recommend_lots(actor: Actor, tender_id: uuid.UUID, version: int, wanted: LotRecommendation) -> None:
    """Recommend a quote for each lot that is awarded, for two schools to approve.

    Raises NotFound for a quote that is not compared in its lot; RuleBroken before the combinations are
    worked out on the quotes as they are, beyond the limit of lots a supplier, while the conflicts assessment
    was not reviewed or nobody concluded on an abnormally low price that would win, and without a word why
    for anything but the proven best. Sent twice, it recommends once.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.AWARD_RECOMMEND, tender.alliance_id)
        if _recommended_already(session, actor, tender, wanted):
            return
        expect_version(tender, version)
        check_reviewed(review_points(session, tender))
        problem = queries.problem_of(session, tender)
        if problem is None or any(
            quote_id not in problem.quotes(lot_id) for lot_id, quote_id in wanted.chosen.items()
        ):
            raise NotFound
        rules.check_chosen(wanted.chosen, problem.basis.division.limits.most_awarded)
        worked = rules.check_worked(queries.worked_on(session, tender_id, problem))
        check_assessed(
            session, tender_id, [*problem.offers(worked.best.winners), *problem.offers(wanted.chosen)]
        )
        check_reasons(wanted.reasons, "reasons")
        rules.check_departure(worked, wanted.chosen, problem.draws, wanted.departure)
        move_tender(session, tender, TenderStatus.RECOMMENDED)
        prices = problem.prices(wanted.chosen)
        awards = _make_awards(session, actor, tender, prices, wanted)
        alone = {school_id: Money(pence) for school_id, pence in worked.alone.items()}
        waiting = write_standings(session, awards[0], _together(prices), alone)
        accept_quotes(session, tender)
        events.record(
            session,
            actor,
            Act.AWARD_RECOMMEND,
            tender.id,
            organisation_id=tender.alliance_id,
            quote_ids=sorted(set(wanted.chosen.values())),
            award_ids=[award.id for award in awards],
        )
        names = sorted({award.quote.supplier.name for award in awards})
        notices.approval_asked(
            session, tender, awards_queries.approvers(session, tender), ", ".join(names), waiting
        )
        asked = confirming.schools_that_need_one(session, tender, awards)
        notices.confirmation_asked(session, tender, awards[0], asked)


def _recommended_already(session: Session, actor: Actor, tender: Tender, wanted: LotRecommendation) -> bool:
    """Did this person just recommend the same, by a second click on the same button?"""
    live = awards_queries.live_awards(session, tender.id)
    same = bool(live) and {award.lot_id: award.quote_id for award in live} == dict(wanted.chosen)
    return same and all(
        award.recommended_by == actor.person_id and award.status is AwardStatus.RECOMMENDED for award in live
    )


def _make_awards(
    session: Session,
    actor: Actor,
    tender: Tender,
    prices: Mapping[uuid.UUID, LotPrice],
    wanted: LotRecommendation,
) -> list[Award]:
    """One row for each lot, the ids in the order of the lots; the database refuses a second one a lot."""
    lots = [lot for lot in tender.lots if lot.id in prices]
    ids = sorted(new_id() for _ in lots)
    awards = [
        Award(
            id=award_id,
            tender_id=tender.id,
            lot_id=lot.id,
            quote_id=prices[lot.id].quote_id,
            bundle_id=prices[lot.id].bundle_id,
            discount=prices[lot.id].percent,
            total=prices[lot.id].total,
            reasons=wanted.reasons,
            departure=wanted.departure,
            recommended_by=_person(actor),
            recommended_at=clock.now(),
        )
        for award_id, lot in zip(ids, lots, strict=True)
    ]
    session.add_all(awards)
    session.flush()
    return awards


def _together(prices: Mapping[uuid.UUID, LotPrice]) -> dict[uuid.UUID, Money]:
    """What each school pays by the recommendation."""
    together: dict[uuid.UUID, Money] = {}
    for price in prices.values():
        for school_id, amount in price.by_school.items():
            together[school_id] = together.get(school_id, ZERO) + amount
    return together


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people decide about awards"
    return actor.person_id
