"""The step by which the suggestions of an alliance are counted for its coordinator's home page."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.contracts import categories
from marketplace.core import clock
from marketplace.core.web import day
from marketplace.needs.suggestions.models import SuggestionCount
from marketplace.needs.suggestions.queries import findings

MOST_NAMED = 4


def count_anew(session: Session, alliance_id: uuid.UUID) -> None:
    """Work out how many suggestions there are today, and name the most urgent. A shared step."""
    today = clock.today()
    counted = session.get(SuggestionCount, alliance_id, with_for_update=True)
    found = findings(session, alliance_id, today).suggestions
    if counted is None:
        counted = SuggestionCount(alliance_id=alliance_id)
        session.add(counted)
    counted.counted_on, counted.number = today, len(found)
    counted.decide_by = found[0].decide_by if found else None
    counted.named = [
        f"{categories.label(one.category)} by {day(one.decide_by)}" for one in found[:MOST_NAMED]
    ]
    session.flush()
