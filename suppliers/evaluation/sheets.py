"""What evaluators and the coordinator see while quality is scored, as frozen views.

An evaluator sees own scores only. The coordinator sees how far everybody is, and the scores
themselves once every evaluator has scored everything.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, Person
from marketplace.core.policy import Actor
from marketplace.core.web import plain_number
from marketplace.tenders.criteria.rules import score_in_words
from marketplace.tenders.criteria.tree import Placed, judged
from marketplace.tenders.formulas import to_two_places
from marketplace.tenders.models import Criterion, PanelSeat, Tender
from marketplace.tenders.rules import CriterionKind, Seat
from suppliers.evaluation import conduct, queries
from suppliers.evaluation.models import AgreedScore, ConflictDeclaration, Score
from suppliers.quotes.models import Quote, QuotedAnswer
from suppliers.quotes.rules import QuoteStatus

Key = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A person named to score, and how far they are; `scored` of `answers`."""

    person_id: uuid.UUID
    name: str
    school: str
    has_declared: bool
    has_conflict: bool
    scored: int
    answers: int

    @property
    def is_done(self) -> bool:
        """Is nothing more to be awaited from this person?"""
        return self.has_conflict or (self.has_declared and self.scored == self.answers)


@dataclass(frozen=True, slots=True)
class SupplierToDeclare:
    """A supplier about which an evaluator declares, and what they declared before."""

    supplier_id: uuid.UUID
    name: str
    conflicted: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class SheetProgress:
    """How much of one quote this evaluator has scored."""

    quote_id: uuid.UUID
    reference: str
    supplier: str
    scored: int
    answers: int


@dataclass(frozen=True, slots=True)
class AnswerToScore:
    """One answer of a quote with this evaluator's own score, if any; `version` is 0 before the first."""

    criterion_id: uuid.UUID
    title: str
    question: str
    weight: Decimal
    highest: int
    lowest: int
    answer: str
    score: int | None
    reason: str
    version: int
    is_agreed: bool
    is_pass_fail: bool = False
    guidance: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenScore:
    """An evaluator's score with the reason, for whoever records what the panel agreed."""

    evaluator: str
    score: int
    said: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModerationCell:
    """One answer in the overview: individual scores once they may be seen, and the agreed one."""

    criterion_id: uuid.UUID
    scores: tuple[str, ...]
    far_apart: bool
    agreed: str | None
    fails: bool


@dataclass(frozen=True, slots=True)
class ModerationRow:
    """One quote in the overview."""

    quote_id: uuid.UUID
    reference: str
    supplier: str
    cells: tuple[ModerationCell, ...]
    exclusion_reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is judged, as the overview names it. `weight` is what it counts of 100, to two places."""

    criterion_id: uuid.UUID
    title: str
    weight: Decimal
    highest: int
    lowest: int
    is_pass_fail: bool = False
    guidance: tuple[str, ...] = ()

    @property
    def counts_for(self) -> str:
        """What hangs on the score, in words."""
        return "pass or fail" if self.is_pass_fail else f"weight {plain_number(self.weight)}"

    def in_words(self, score: int) -> str:
        """A score of this question as people read it."""
        kind = CriterionKind.PASS_FAIL if self.is_pass_fail else CriterionKind.QUALITY
        return score_in_words(kind, score)


@dataclass(frozen=True, slots=True)
class Moderation:
    """Where the scoring of a tender stands."""

    evaluators: tuple[Evaluator, ...]
    questions: tuple[Question, ...]
    rows: tuple[ModerationRow, ...]

    @property
    def everyone_is_done(self) -> bool:
        """Has everybody scored everything, so that the scores may be seen and agreed?"""
        return any(not one.has_conflict for one in self.evaluators) and all(
            one.is_done for one in self.evaluators
        )

    @property
    def standing(self) -> tuple[ModerationRow, ...]:
        """The quotes that are still in."""
        return tuple(row for row in self.rows if not row.exclusion_reason)

    @property
    def left_to_agree(self) -> int:
        """How many agreed scores are missing."""
        return sum(cell.agreed is None for row in self.standing for cell in row.cells)

    @property
    def failing(self) -> tuple[ModerationRow, ...]:
        """The quotes that locking the scores will exclude."""
        return tuple(row for row in self.standing if any(cell.fails for cell in row.cells))


@dataclass(frozen=True, slots=True)
class AnswerToAgree:
    """One answer with what everybody gave it, for recording the agreed score."""

    supplier: str
    reference: str
    question: Question
    text: str
    answer: str
    given: tuple[GivenScore, ...]
    far_apart: bool
    agreed: AgreedScore | None


def suppliers_to_declare(session: Session, actor: Actor, tender: Tender) -> list[SupplierToDeclare]:
    """The suppliers whose quotes were opened, by name, with what the actor declared about each."""
    query = select(ConflictDeclaration).where(
        ConflictDeclaration.tender_id == tender.id, ConflictDeclaration.person_id == actor.person_id
    )
    declared = {row.supplier_id: row for row in session.scalars(query)}
    found = []
    for quote in queries.opened_quotes(session, tender.id):
        before = declared.get(quote.supplier_id)
        found.append(
            SupplierToDeclare(
                quote.supplier_id,
                quote.supplier.name,
                before.conflicted if before else None,
                before.detail if before else "",
            )
        )
    return found


def evaluators(session: Session, tender: Tender) -> tuple[Evaluator, ...]:
    """The people named to score a tender, by name, with their progress over the quotes still in."""
    quotes = [quote.id for quote in queries.standing_quotes(session, tender.id)]
    answers = len(quotes) * len(queries.questions(tender))
    given = session.scalars(select(Score.person_id).where(Score.quote_id.in_(quotes))).all()
    declared = session.scalars(
        select(ConflictDeclaration).where(ConflictDeclaration.tender_id == tender.id)
    ).all()
    seats = session.execute(
        select(PanelSeat.person_id, Person.name, Organisation.name)
        .join(Person, Person.id == PanelSeat.person_id)
        .join(Organisation, Organisation.id == PanelSeat.school_id)
        .where(PanelSeat.tender_id == tender.id, PanelSeat.seat == Seat.EVALUATOR)
        .order_by(func.lower(Person.name), PanelSeat.person_id)
    )
    return tuple(
        Evaluator(
            person_id,
            name,
            school,
            has_declared=any(row.person_id == person_id for row in declared),
            has_conflict=any(row.person_id == person_id and row.conflicted for row in declared),
            scored=given.count(person_id),
            answers=answers,
        )
        for person_id, name, school in seats
    )


def everyone_is_done(session: Session, tender: Tender) -> bool:
    """Has everybody without a conflict scored everything?"""
    return Moderation(evaluators(session, tender), (), ()).everyone_is_done


def own_progress(session: Session, actor: Actor, tender: Tender) -> list[SheetProgress]:
    """How much of each quote the actor has scored, by supplier."""
    quotes = queries.standing_quotes(session, tender.id)
    ids = [quote.id for quote in quotes]
    query = select(Score.quote_id).where(Score.quote_id.in_(ids), Score.person_id == actor.person_id)
    scored = session.scalars(query).all()
    answers = len(queries.questions(tender))
    return [
        SheetProgress(quote.id, quote.reference or "", quote.supplier.name, scored.count(quote.id), answers)
        for quote in quotes
    ]


def answers_to_score(session: Session, actor: Actor, tender: Tender, quote: Quote) -> list[AnswerToScore]:
    """The answers of a quote with the actor's own scores, in the order of the questions."""
    query = select(Score).where(Score.quote_id == quote.id, Score.person_id == actor.person_id)
    own = {row.criterion_id: row for row in session.scalars(query)}
    agreed = session.scalars(select(AgreedScore.criterion_id).where(AgreedScore.quote_id == quote.id)).all()
    texts = answers_of(session, quote)
    return [
        AnswerToScore(
            asked.criterion_id,
            asked.title,
            placed.criterion.question,
            asked.weight,
            asked.highest,
            asked.lowest,
            texts.get(asked.criterion_id, ""),
            own[asked.criterion_id].score if asked.criterion_id in own else None,
            own[asked.criterion_id].reason if asked.criterion_id in own else "",
            own[asked.criterion_id].version if asked.criterion_id in own else 0,
            asked.criterion_id in agreed,
            asked.is_pass_fail,
            asked.guidance,
        )
        for placed in judged(tender.criteria)
        for asked in [_question(placed)]
    ]


def moderation(session: Session, tender: Tender) -> Moderation:
    """Where the scoring of a tender stands; individual scores only when everybody is done."""
    panel = evaluators(session, tender)
    criteria = [_question(placed) for placed in judged(tender.criteria)]
    before = Moderation(panel, tuple(criteria), ())
    given = scores_given(session, tender.id, panel) if before.everyone_is_done else {}
    agreed = queries.agreed_scores(session, tender.id)
    rows = tuple(
        _moderation_row(quote, criteria, given, agreed) for quote in queries.opened_quotes(session, tender.id)
    )
    return Moderation(panel, tuple(criteria), rows)


def _moderation_row(
    quote: Quote,
    criteria: Sequence[Question],
    given: Mapping[Key, Sequence[Score]],
    agreed: Mapping[Key, AgreedScore],
) -> ModerationRow:
    cells = []
    for question in criteria:
        key = (quote.id, question.criterion_id)
        scores = tuple(sorted(score.score for score in given.get(key, ())))
        final = agreed[key].score if key in agreed else None
        cells.append(
            ModerationCell(
                question.criterion_id,
                tuple(question.in_words(score) for score in scores),
                far_apart=conduct.needs_moderation_note(scores),
                agreed=None if final is None else question.in_words(final),
                fails=final is not None and final < question.lowest,
            )
        )
    excluded = quote.exclusion_reason if quote.status is QuoteStatus.EXCLUDED else ""
    return ModerationRow(quote.id, quote.reference or "", quote.supplier.name, tuple(cells), excluded)


def scores_given(
    session: Session, tender_id: uuid.UUID, panel: Sequence[Evaluator]
) -> dict[Key, list[Score]]:
    """The scores of all evaluators without a conflict, by quote and criterion."""
    people = [one.person_id for one in panel if not one.has_conflict]
    query = (
        select(Score)
        .join(Quote, Quote.id == Score.quote_id)
        .where(Quote.tender_id == tender_id, Score.person_id.in_(people))
    )
    found: dict[Key, list[Score]] = {}
    for score in session.scalars(query):
        found.setdefault((score.quote_id, score.criterion_id), []).append(score)
    return found


def answer_to_agree(session: Session, tender: Tender, quote: Quote, criterion: Criterion) -> AnswerToAgree:
    """One answer with what everybody gave it, by evaluator's name; nobody's before everybody is done."""
    panel = evaluators(session, tender)
    names = {one.person_id: one.name for one in panel}
    seen = Moderation(panel, (), ()).everyone_is_done
    given = scores_given(session, tender.id, panel).get((quote.id, criterion.id), []) if seen else []
    return AnswerToAgree(
        supplier=quote.supplier.name,
        reference=quote.reference or "",
        question=next(_question(one) for one in judged(tender.criteria) if one.criterion.id == criterion.id),
        text=criterion.question,
        answer=answers_of(session, quote).get(criterion.id, ""),
        given=tuple(
            sorted(
                (
                    GivenScore(
                        names[row.person_id],
                        row.score,
                        score_in_words(criterion.kind, row.score),
                        row.reason,
                    )
                    for row in given
                ),
                key=lambda one: one.evaluator.lower(),
            )
        ),
        far_apart=conduct.needs_moderation_note([row.score for row in given]),
        agreed=session.get(AgreedScore, (quote.id, criterion.id)),
    )


def answers_of(session: Session, quote: Quote) -> dict[uuid.UUID, str]:
    """What a quote answered, by criterion."""
    rows = session.scalars(select(QuotedAnswer).where(QuotedAnswer.quote_id == quote.id))
    return {row.criterion_id: row.answer for row in rows}


def _question(placed: Placed) -> Question:
    criterion = placed.criterion
    return Question(
        criterion.id,
        placed.name,
        to_two_places(placed.marks),
        criterion.highest_score,
        criterion.lowest_score,
        criterion.kind is CriterionKind.PASS_FAIL,
        tuple(criterion.guidance),
    )


def given_by_evaluator(
    session: Session, tender: Tender
) -> dict[uuid.UUID, dict[tuple[uuid.UUID, uuid.UUID], int]]:
    """What each evaluator without a conflict gave, by quote and criterion. Who may see it, ask first."""
    found: dict[uuid.UUID, dict[tuple[uuid.UUID, uuid.UUID], int]] = {}
    for key, scores in scores_given(session, tender.id, evaluators(session, tender)).items():
        for row in scores:
            found.setdefault(row.person_id, {})[key] = row.score
    return found
