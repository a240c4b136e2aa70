"""What waits for a person in evaluation, in a fixed number of queries however many tenders there are."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import ColumnElement, Select, and_, distinct, exists, func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core.policy import Actor, Kind, Role
from marketplace.core.web import Task
from marketplace.tenders.models import Criterion, PanelSeat, Tender
from marketplace.tenders.progress import NextStep as TenderStep
from marketplace.tenders.progress import StepLink
from marketplace.tenders.rules import ANSWERED, Seat, TenderStatus
from suppliers.evaluation.low_prices import tasks as low_prices
from suppliers.evaluation.models import AgreedScore, ConflictDeclaration, Score
from suppliers.evaluation.queries import NextStep, declared_by, in_evaluation, judged_by, listed
from suppliers.quotes.models import Quote
from suppliers.quotes.rules import QuoteStatus

PAGES = {
    NextStep.DECLARE: ("evaluation.declare_conflicts", "Declare conflicts of interest"),
    NextStep.SCORE: ("evaluation.scoring", "Score the quotes"),
    NextStep.MODERATE: ("evaluation.moderation", "See the scoring"),
    NextStep.COMPARE: ("evaluation.compare_quotes", "Compare the quotes"),
}
SCORING = (TenderStatus.OPENED, TenderStatus.EVALUATING)
Counts = Mapping[uuid.UUID, int]


@dataclass(frozen=True, slots=True)
class _Progress:
    """Counts by tender: answers to score, evaluators asked and without a conflict, scores and agreed ones."""

    answers: Counts
    silent: Counts
    free: Counts
    scored: Counts
    agreed: Counts

    def everyone_is_done(self, tender_id: uuid.UUID) -> bool:
        free = self.free.get(tender_id, 0)
        wanted = free * self.answers.get(tender_id, 0)
        return bool(free) and not self.silent.get(tender_id, 0) and self.scored.get(tender_id, 0) == wanted

    def all_agreed(self, tender_id: uuid.UUID) -> bool:
        return self.agreed.get(tender_id, 0) == self.answers.get(tender_id, 0)


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """What waits for this person: conflicts to declare, answers to score, scores to agree and to lock.

    And prices to explain, or to conclude on.
    """
    return [
        *_for_evaluator(session, actor),
        *_for_coordinator(session, actor),
        *low_prices.waiting_for(session, actor),
    ]


def _for_evaluator(session: Session, actor: Actor) -> list[Task]:
    declared = exists().where(
        ConflictDeclaration.tender_id == Tender.id, ConflictDeclaration.person_id == actor.person_id
    )
    query = select(Tender, declared).where(Tender.status.in_(SCORING), declared_by(actor))
    tenders = {tender: bool(done) for tender, done in session.execute(query.order_by(Tender.closes_at))}
    ids = [tender.id for tender in tenders]
    answers = _answers(session, ids)
    own = _counted(
        session,
        select(Quote.tender_id, func.count())
        .join(Score, Score.quote_id == Quote.id)
        .where(Score.person_id == actor.person_id, _standing(ids))
        .group_by(Quote.tender_id),
    )
    tasks = []
    for tender, done in tenders.items():
        if not done:
            text, endpoint = f"Declare conflicts of interest: {tender.title}", "declare_conflicts"
        elif left := answers.get(tender.id, 0) - own.get(tender.id, 0):
            text, endpoint = f"Score {left} {'answer' if left == 1 else 'answers'}: {tender.title}", "scoring"
        else:
            continue
        tasks.append(Task(text, url_for(f"evaluation.{endpoint}", tender_id=tender.id), tender.reference))
    return tasks


def _for_coordinator(session: Session, actor: Actor) -> list[Task]:
    alliances = actor.organisations(Kind.ALLIANCE, Role.COORDINATOR)
    query = select(Tender).where(
        Tender.alliance_id.in_(alliances), Tender.status == TenderStatus.EVALUATING, judged_by(actor)
    )
    tenders = session.scalars(query.order_by(Tender.closes_at)).all()
    progress = _progress(session, [tender.id for tender in tenders])
    tasks = []
    for tender in tenders:
        if not progress.everyone_is_done(tender.id):
            continue
        if progress.all_agreed(tender.id):
            text, endpoint = f"Lock the scores: {tender.title}", "lock_scores"
        else:
            text, endpoint = f"Agree the scores: {tender.title}", "moderation"
        tasks.append(Task(text, url_for(f"evaluation.{endpoint}", tender_id=tender.id), tender.reference))
    return tasks


def _progress(session: Session, ids: Collection[uuid.UUID]) -> _Progress:
    seats = (PanelSeat.tender_id.in_(ids), PanelSeat.seat == Seat.EVALUATOR)
    declared = exists().where(
        ConflictDeclaration.tender_id == PanelSeat.tender_id,
        ConflictDeclaration.person_id == PanelSeat.person_id,
    )
    conflicted = exists().where(
        ConflictDeclaration.tender_id == PanelSeat.tender_id,
        ConflictDeclaration.person_id == PanelSeat.person_id,
        ConflictDeclaration.conflicted,
    )
    by_tender = select(PanelSeat.tender_id, func.count()).where(*seats).group_by(PanelSeat.tender_id)
    scored = (
        select(Quote.tender_id, func.count())
        .join(Score, Score.quote_id == Quote.id)
        .join(
            PanelSeat,
            and_(PanelSeat.tender_id == Quote.tender_id, PanelSeat.person_id == Score.person_id),
        )
        .where(*seats, ~conflicted, _standing(ids))
        .group_by(Quote.tender_id)
    )
    agreed = (
        select(Quote.tender_id, func.count())
        .join(AgreedScore, AgreedScore.quote_id == Quote.id)
        .where(_standing(ids))
        .group_by(Quote.tender_id)
    )
    return _Progress(
        answers=_answers(session, ids),
        silent=_counted(session, by_tender.where(~declared)),
        free=_counted(session, by_tender.where(~conflicted)),
        scored=_counted(session, scored),
        agreed=_counted(session, agreed),
    )


def _answers(session: Session, ids: Collection[uuid.UUID]) -> Counts:
    """How many answers of the quotes still in there are to score, by tender."""
    query = (
        select(Quote.tender_id, func.count(distinct(Quote.id)) * func.count(distinct(Criterion.id)))
        .join(Criterion, Criterion.tender_id == Quote.tender_id)
        .where(Criterion.kind.in_(ANSWERED), _standing(ids))
        .group_by(Quote.tender_id)
    )
    return _counted(session, query)


def _standing(ids: Collection[uuid.UUID]) -> ColumnElement[bool]:
    return and_(Quote.tender_id.in_(ids), Quote.status == QuoteStatus.OPENED)


def _counted(session: Session, query: Select[uuid.UUID, int]) -> Counts:
    return dict(session.execute(query).all())


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """Where this actor goes from the tender's page; nowhere when its quotes do not concern them."""
    found = session.scalars(in_evaluation(actor).where(Tender.id == tender.id)).all()
    steps = [(PAGES[row.next_step], row.tender_id) for row in listed(session, actor, found)]
    return [StepLink(text, url_for(endpoint, tender_id=where)) for (endpoint, text), where in steps]


def next_step(session: Session, tender: Tender) -> TenderStep | None:
    """Who has still to declare and score, then who agrees and locks; None before and after scoring."""
    if tender.status not in SCORING:
        return None
    if waiting := _unfinished(session, tender.id):
        return TenderStep("Declare conflicts of interest, then score the answers alone.", waiting)
    coordinators = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    agreed = _progress(session, [tender.id]).all_agreed(tender.id)
    words = "The scores are agreed. Lock them." if agreed else "Everybody has scored. Agree the scores."
    return TenderStep(words, tuple(person.name for person in coordinators))


def _unfinished(session: Session, tender_id: uuid.UUID) -> tuple[str, ...]:
    """The evaluators who have not declared, or have no conflict and have not scored every answer."""
    answers = _answers(session, [tender_id]).get(tender_id, 0)
    scored = (
        select(func.count())
        .select_from(Score)
        .join(Quote, Quote.id == Score.quote_id)
        .where(Score.person_id == PanelSeat.person_id, _standing([tender_id]))
        .scalar_subquery()
    )
    declared = exists().where(
        ConflictDeclaration.tender_id == PanelSeat.tender_id,
        ConflictDeclaration.person_id == PanelSeat.person_id,
    )
    query = (
        select(Person.name)
        .join(PanelSeat, PanelSeat.person_id == Person.id)
        .where(
            PanelSeat.tender_id == tender_id,
            PanelSeat.seat == Seat.EVALUATOR,
            ~declared | (~declared.where(ConflictDeclaration.conflicted) & (scored < answers)),
        )
        .order_by(Person.name, Person.id)
    )
    return tuple(session.scalars(query))
