"""What happens about openers' keys by the clock, and when a tender comes nearer to its publication."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.tenders.models import Tender
from suppliers.quotes.keys import actions, notices, queries, rules
from suppliers.quotes.keys.rules import Readiness
from suppliers.quotes.rules import OPENING_LASTS


def ask_openers(session: Session, event: Event) -> None:
    """Write to the openers of a tender who have no passphrase or must prove it again, in time."""
    tender = session.get_one(Tender, event.subject_id)
    moment = clock.now()
    wanted = {Readiness.NO_KEY, Readiness.PROOF_TOO_OLD}
    unready = [one for one in queries.named(session, tender) if one.readiness(moment) in wanted]
    notices.openers_wanted(session, tender, unready)


def watch_keys() -> int:
    """Ask for the proofs that are due before deadlines, and forget halves that were left; how many."""
    session, moment = db.session(), clock.now()
    due = []
    for tender in queries.still_sealed(session):
        for one in queries.named(session, tender):
            before = rules.proof_due(one.proved_at, tender.closes_at, moment) if tender.closes_at else None
            if before is not None and not queries.was_asked(session, tender.id, one.person_id, before.days):
                due.append((tender.id, one.person_id, before.days))
    left = queries.halves_passed_before(session, moment - OPENING_LASTS)
    session.rollback()
    for asked in due:
        actions.ask_for_proof(*asked)
    for envelope_key_id in left:
        actions.forget_halves(envelope_key_id)
    return len(due) + len(left)
