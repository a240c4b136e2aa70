"""What happens to commitments by the clock, and when news arrives from upstream."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.decisions.about import subject_of
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import events
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.policy import SYSTEM, Act
from marketplace.tenders.commitments import actions, queries, rules, settling
from marketplace.tenders.models import Commitment
from marketplace.tenders.queries import get_tender


def drop_lapsed_confirmations() -> int:
    """Drop every school whose governing body's confirmation ended before publication; returns how many.

    Each tender in a transaction of its own, so that one that cannot be changed does not hold the others.
    """
    session = db.session()
    due = queries.tenders_with_lapses(session)
    session.rollback()
    return sum(actions.drop_lapsed(tender_id) for tender_id in due)


def drop_withdrawn(session: Session, event: Event) -> None:
    """A governing body took its confirmation back: its school drops out of what is not yet published."""
    subject, commitment_id = subject_of(event)
    commitment = session.get(Commitment, commitment_id) if subject is Subject.COMMITMENT else None
    if commitment is None:
        return
    tender = get_tender(session, SYSTEM, commitment.tender_id, lock=True)
    if tender.status not in rules.OPEN_TO_LEAVING:
        return
    for dropped in settling.drop_lapsed(session, tender):
        _record(session, dropped)


def drop_departed(session: Session, event: Event) -> None:
    """A school left the alliance: it drops out of what is not yet published, and stays bound by the rest."""
    school_id, alliance_id = event.subject_id, event.organisation_id
    assert alliance_id, "a membership is one of an alliance"
    for tender_id in queries.of_school_before_publication(session, alliance_id, school_id):
        tender = get_tender(session, SYSTEM, tender_id, lock=True)
        _record(session, settling.drop_from_alliance(session, tender, school_id))


def _record(session: Session, dropped: Commitment) -> None:
    events.record(
        session,
        SYSTEM,
        Act.COMMITMENT_LAPSE,
        dropped.tender_id,
        organisation_id=dropped.school_id,
        reason=dropped.reason,
    )
