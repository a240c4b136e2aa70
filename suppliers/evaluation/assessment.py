"""One quote's answers with what the panel agreed about each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.tenders.criteria.rules import score_in_words
from marketplace.tenders.criteria.tree import judged
from marketplace.tenders.models import Criterion, Tender
from marketplace.tenders.rules import CriterionKind
from suppliers.evaluation.models import AgreedScore
from suppliers.evaluation.sheets import answers_of
from suppliers.quotes.models import Quote


@dataclass(frozen=True, slots=True)
class AgreedAnswer:
    """One answer of a quote with what the panel agreed: what its supplier is told."""

    title: str
    text: str
    answer: str
    score: str
    reason: str


def agreed_answers(session: Session, tender: Tender, quote: Quote) -> list[AgreedAnswer]:
    """The answers of a quote with the agreed scores, in the order of the questions."""
    agreed = {
        row.criterion_id: row
        for row in session.scalars(select(AgreedScore).where(AgreedScore.quote_id == quote.id))
    }
    texts = answers_of(session, quote)
    return [
        AgreedAnswer(
            placed.name,
            placed.criterion.question,
            texts.get(placed.criterion.id, ""),
            _score_of(placed.criterion, agreed.get(placed.criterion.id)),
            agreed[placed.criterion.id].reason if placed.criterion.id in agreed else "",
        )
        for placed in judged(tender.criteria)
    ]


def _score_of(criterion: Criterion, agreed: AgreedScore | None) -> str:
    """An agreed score as people read it; blank for none."""
    if agreed is None:
        return ""
    said = score_in_words(criterion.kind, agreed.score)
    return said if criterion.kind is CriterionKind.PASS_FAIL else f"{said} of {criterion.highest_score}"
