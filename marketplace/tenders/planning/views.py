"""The plan of a tender: a picture, the same in a table, and what is late in words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from marketplace.core import charts, web
from marketplace.core.charts import ChartView, Span
from marketplace.core.db import db
from marketplace.core.web import page
from marketplace.tenders import queries
from marketplace.tenders.drafting.lot_views import tenders
from marketplace.tenders.planning import rules
from marketplace.tenders.planning.queries import STEP_OF, situation
from marketplace.tenders.planning.rules import Planned, Situation

__all__ = ["tenders"]


@tenders.route("/tenders/<uuid:tender_id>/plan")
def show_plan(tender_id: uuid.UUID) -> Any:
    """Every step from the draft to the start of the contract, for the people of the alliance."""
    session = db.session()
    tender = queries.get_tender_of_alliance(session, web.actor(), tender_id)
    if tender.status not in STEP_OF:
        return page("tenders/plan.html", tender=tender, planned=[], findings=[], chart=None, questions=None)
    known = situation(session, tender)
    planned = rules.plan(known)
    return page(
        "tenders/plan.html",
        tender=tender,
        planned=planned,
        findings=rules.findings(planned, known),
        chart=_picture(planned, known),
        questions=rules.questions_end(known.closes_on) if known.closes_on else None,
    )


def _picture(planned: Sequence[Planned], known: Situation) -> ChartView:
    spans = [
        Span(one.label, one.expected.first, one.expected.last, _span(one.expected.first, one.expected.last))
        for one in planned
    ]
    if known.starts_on:
        spans.append(
            Span(
                "The contract starts",
                known.starts_on,
                known.starts_on,
                _span(known.starts_on, known.starts_on),
            )
        )
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    return charts.timeline_chart(
        "plan",
        "The plan of this tender",
        f"From {web.day(first)} to {web.day(last)}, one bar for each step. The table has the same days.",
        spans,
        known.today,
    )


def _span(first: date, last: date) -> str:
    if first == last:
        return f"{last.day} {last:%b %Y}"
    return f"{first.day} {first:%b} to {last.day} {last:%b %Y}"
