"""What waits for a person about what was used and charged, for their home page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy.orm import Session

from invoicing.agreements.charging import queries as charging
from invoicing.agreements.usage import queries
from invoicing.agreements.usage.rules import UsageStatus
from marketplace.core.policy import Act, Actor
from marketplace.core.web import Task


def waiting_for(session: Session, actor: Actor) -> Iterator[Task]:
    """Lines to confirm for the buyer; questions to answer and left-over charges for the seller."""
    for agreement, count in queries.counts_for(session, actor, Act.USAGE_CONFIRM, UsageStatus.LOGGED):
        yield Task(
            f"Confirm what you used: {agreement.title}",
            url_for("agreements.confirm_usages", agreement_id=agreement.id),
            f"{_lines(count)} from {agreement.seller.name}",
        )
    for agreement, count in queries.counts_for(session, actor, Act.USAGE_CORRECT, UsageStatus.QUESTIONED):
        yield Task(
            f"Answer a question: {agreement.title}",
            url_for("agreements.show_usage", agreement_id=agreement.id),
            f"{_lines(count)}, {agreement.buyer.name}",
        )
    for agreement in charging.with_charges_left_over(session, actor):
        yield Task(
            f"Draft an invoice of what is left: {agreement.title}",
            url_for("agreements.invoice_charges", agreement_id=agreement.id),
            f"{agreement.reference} has ended",
        )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
