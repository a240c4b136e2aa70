"""The page that says what a tender costs, and who wins it, by the number of schools."""

from __future__ import annotations

import uuid
from typing import Any

from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.web import page
from suppliers.awards.by_schools import shown
from suppliers.awards.views import awards
from suppliers.evaluation import queries as evaluation

__all__ = ["awards"]


@awards.route("/tenders/<uuid:tender_id>/award/by-schools")
def show_by_schools(tender_id: uuid.UUID) -> Any:
    """One to all schools: who wins, what they pay together, and what each pays."""
    session = db.session()
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(web.actor()))
    return page("awards/by_schools.html", tender=tender, view=shown.view(session, tender))
