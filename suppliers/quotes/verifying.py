"""Is what is stored of quotes what their receipts said? For operators, auditors and holders of receipts.

The chain of events was begun before the first quote, and a receipt names its head: who changes a time or a
quote afterwards would have to change every later event, and the receipts that suppliers hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.core.chain import first_broken_link
from marketplace.core.events import Event
from marketplace.core.policy import Act
from suppliers.quotes import queries
from suppliers.quotes.models import Quote


def differences(session: Session) -> list[str]:
    """Everything that is not as it was recorded, naming the row; none when all is well."""
    broken = first_broken_link(session)
    return [*([str(broken)] if broken else []), *of_quotes(session)]


def of_quotes(session: Session) -> Iterator[str]:
    """What is not as on the receipts of quotes, naming each."""
    receipts = {
        event.subject_id: event.facts
        for event in session.scalars(select(Event).where(Event.act == Act.QUOTE_SUBMIT.value))
    }
    submitted = (
        select(Quote)
        .where(Quote.reference.is_not(None))
        .order_by(Quote.reference)
        .options(selectinload(Quote.bodies))
    )
    for quote in session.scalars(submitted):
        facts = receipts.pop(quote.id, None)
        if facts is None:
            yield f"Quote {quote.reference} has no receipt."
            continue
        said = {
            "reference": quote.reference,
            "time of receipt": quote.received_at.isoformat() if quote.received_at else None,
            "tender": str(quote.tender_id),
        }
        told = {
            "reference": facts.get("reference"),
            "time of receipt": facts.get("received_at"),
            "tender": facts.get("tender_id"),
        }
        wrong = [name for name, value in said.items() if value != told[name]]
        if not queries.keeps_receipt(quote, facts.get("commitment")):
            wrong.append("commitment")
        if wrong:
            which = facts.get("reference") or quote.reference
            yield f"Quote {which}: {', '.join(wrong)} not as on its receipt."
    for facts in receipts.values():
        yield f"Quote {facts.get('reference')} is gone."
