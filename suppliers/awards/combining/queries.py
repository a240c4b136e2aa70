"""Questions about what was worked out. Load the tender as one that its reader may compare first."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.tenders.models import Tender
from suppliers.awards.combining.models import CombinationRun
from suppliers.awards.combining.problem import Problem
from suppliers.awards.combining.rules import Worked
from suppliers.evaluation import by_lot
from suppliers.evaluation import queries as evaluation


def problem_of(session: Session, tender: Tender) -> Problem | None:
    """The award problem of a tender; None where one quote wins all lots."""
    basis = evaluation.basis_of(session, tender)
    if not basis.division.apart:
        return None
    quotes = evaluation.priced_quotes(session, tender.id)
    agreed = evaluation.agreed_scores(session, tender.id)
    return Problem(basis, by_lot.compare_lots(basis, quotes, agreed))


def latest_run(session: Session, tender_id: uuid.UUID) -> CombinationRun | None:
    """What was asked for last; None before anybody asked."""
    query = (
        select(CombinationRun)
        .where(CombinationRun.tender_id == tender_id)
        .order_by(CombinationRun.asked_at.desc(), CombinationRun.id.desc())
    )
    return session.scalars(query.limit(1)).first()


def worked_on(session: Session, tender_id: uuid.UUID, problem: Problem) -> Worked | None:
    """The latest result on the quotes as they are now; None where there is none."""
    query = (
        select(CombinationRun)
        .where(
            CombinationRun.tender_id == tender_id,
            CombinationRun.finished_at.is_not(None),
            CombinationRun.basis == problem.fingerprint,
        )
        .order_by(CombinationRun.finished_at.desc())
    )
    run = session.scalars(query.limit(1)).first()
    return Worked.read(run.result) if run is not None and run.result is not None else None


def unfinished_runs(session: Session) -> list[CombinationRun]:
    """What was asked for and is not worked out yet, the oldest first."""
    query = select(CombinationRun).where(CombinationRun.finished_at.is_(None))
    return list(session.scalars(query.order_by(CombinationRun.asked_at)))
