"""Working out the combinations that were asked for: at once where they are few, else by the minute."""

from __future__ import annotations

import uuid

from marketplace.core.db import db
from suppliers.awards.combining import actions, queries, solving


def work_out(run_id: uuid.UUID) -> None:
    """Work out what was asked for, between two transactions."""
    begun = actions.begin_combinations(run_id)
    if begun is not None:
        problem, seconds = begun
        actions.keep_combinations(run_id, solving.work_out(problem, seconds))


def work_out_waiting() -> None:
    """Work out everything that still waits. Safe to repeat."""
    waiting = [run.id for run in queries.unfinished_runs(db.session())]
    db.session.rollback()
    for run_id in waiting:
        work_out(run_id)
