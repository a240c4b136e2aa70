"""What the clock and the news of invoices bring to settlements."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.settlement import actions, queries, rules, working_out
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event


def propose_monthly() -> int:
    """In the first week of a month, propose the settlement of every alliance where it saves a payment."""
    session, today = db.session(), clock.today()
    if not rules.is_time_to_propose(today):
        return 0
    due = queries.alliances_to_propose_for(session, today.replace(day=1))
    session.rollback()
    return sum(actions.propose_when_due(alliance_id) for alliance_id in due)


def invoice_changed(session: Session, event: Event) -> None:
    """An invoice was paid, disputed or credited: a settlement that it is in is worked out again."""
    for settlement_id in queries.open_ids(session, queries.invoices_named(session, event.subject_id)):
        working_out.work_out_again(session, queries.locked(session, settlement_id))


def member_left(session: Session, event: Event) -> None:
    """A school left the alliance: the settlement that waits there is worked out again without it."""
    assert event.organisation_id, "a membership is one of an alliance"
    waiting = queries.open_of_alliance(session, event.organisation_id)
    if waiting is not None:
        working_out.work_out_again(session, queries.locked(session, waiting.id))
