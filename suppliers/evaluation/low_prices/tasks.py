"""What waits for people about prices that look abnormally low."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.policy import Actor, Kind, Role
from marketplace.core.web import Task
from suppliers.evaluation.low_prices import queries


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """A price to explain, for its supplier; a conclusion to record, for the coordinator."""
    tasks = []
    if actor.supplier_ids:
        tasks += [
            Task(
                f"Explain your price: {one.quote.tender.title}",
                url_for("evaluation.explain_price", quote_id=one.quote_id),
                one.quote.reference or "",
                one.answer_by,
            )
            for one in queries.to_explain(session, actor)
        ]
    if alliances := actor.organisations(Kind.ALLIANCE, Role.COORDINATOR):
        tasks += [
            Task(
                f"Conclude on the price of {one.quote.supplier.name}",
                url_for("evaluation.conclude_on_price", quote_id=one.quote_id),
                one.quote.reference or "",
            )
            for one in queries.to_conclude(session, alliances, clock.today())
        ]
    return tasks
