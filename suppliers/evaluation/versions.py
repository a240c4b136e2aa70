"""Every version of every score, for whoever audits: kept when a score is written, never changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, Person
from marketplace.tenders.criteria.rules import score_in_words
from marketplace.tenders.criteria.tree import judged
from marketplace.tenders.models import Tender
from suppliers.evaluation.models import AgreedScore, Score, ScoreVersion
from suppliers.quotes.models import Quote


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """What one person recorded at one moment about one answer."""

    recorded_at: datetime
    person: str
    supplier: str
    question: str
    what: str
    score: str
    reason: str
    moderation_note: str


def keep_given(session: Session, row: Score) -> None:
    """Keep what an evaluator gave just now. The row has been written."""
    session.add(
        ScoreVersion(
            quote_id=row.quote_id,
            criterion_id=row.criterion_id,
            person_id=row.person_id,
            is_agreed=False,
            version=row.version,
            score=row.score,
            reason=row.reason,
            recorded_at=row.scored_at,
        )
    )


def keep_agreed(session: Session, row: AgreedScore) -> None:
    """Keep what the panel agreed just now. The row has been written."""
    session.add(
        ScoreVersion(
            quote_id=row.quote_id,
            criterion_id=row.criterion_id,
            person_id=row.agreed_by,
            is_agreed=True,
            version=row.version,
            score=row.score,
            reason=row.reason,
            moderation_note=row.moderation_note,
            recorded_at=row.agreed_at,
        )
    )


def of_tender(tender_id: uuid.UUID) -> Select[ScoreVersion]:
    """All versions of the scores of a tender, the latest first. Who may see them, ask first."""
    return (
        select(ScoreVersion)
        .join(Quote, Quote.id == ScoreVersion.quote_id)
        .where(Quote.tender_id == tender_id)
        .order_by(ScoreVersion.recorded_at.desc(), ScoreVersion.id.desc())
    )


def count(session: Session, query: Select[ScoreVersion]) -> int:
    """How many versions a query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def shown(session: Session, tender: Tender, query: Select[ScoreVersion]) -> list[ShownVersion]:
    """The versions that a query finds, in words."""
    placed = {one.criterion.id: one for one in judged(tender.criteria)}
    rows = session.execute(
        query.join(Person, Person.id == ScoreVersion.person_id)
        .join(Organisation, Organisation.id == Quote.supplier_id)
        .add_columns(Person.name, Organisation.name)
    )
    return [
        ShownVersion(
            row.recorded_at,
            person,
            supplier,
            placed[row.criterion_id].name,
            _what(row),
            score_in_words(placed[row.criterion_id].criterion.kind, row.score),
            row.reason,
            row.moderation_note,
        )
        for row, person, supplier in rows
    ]


def _what(row: ScoreVersion) -> str:
    kind = "Agreed" if row.is_agreed else "Given"
    return kind if row.version == 1 else f"{kind}, changed: version {row.version}"
