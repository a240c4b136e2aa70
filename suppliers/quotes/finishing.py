"""An opening begun and finished: steps shared by openers with passphrases and holders of printed keys."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.core import events
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor
from marketplace.tenders.actions import move_tender
from marketplace.tenders.models import Tender
from suppliers.quotes import notices, opening, queries, rules
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.halves import Unlocked, forget_passed, put_together
from suppliers.quotes.models import Opening
from suppliers.quotes.rules import Envelope, TooEarly


def may_begin(begun: Opening | None, person_id: uuid.UUID | None, moment: datetime) -> bool:
    """Can this person begin now? False when they did already. Raises RuleBroken when another has."""
    if begun is None or not rules.start_is_live(begun.started_at, moment):
        return True
    if begun.first_person_id == person_id:
        return False
    raise RuleBroken("Another opener has started already. Look at the page again to complete it.")


def begin(
    session: Session,
    begun: Opening | None,
    tender: Tender,
    envelope: Envelope,
    person_id: uuid.UUID,
    *,
    school_id: uuid.UUID | None,
    key_id: uuid.UUID,
    moment: datetime,
) -> None:
    """Note who began. Without a school it is the holder of a printed key."""
    if begun is None:
        begun = Opening(tender_id=tender.id, envelope=envelope)
        session.add(begun)
    begun.first_person_id, begun.first_school_id = person_id, school_id
    begun.first_key_id, begun.started_at, begun.by_recovery = key_id, moment, school_id is None
    session.flush()


def live(begun: Opening | None, moment: datetime) -> Opening:
    """The opening that can be completed now. Raises RuleBroken when there is none."""
    if begun is None:
        raise RuleBroken("Nobody has started this opening. Start it, then another opener completes it.")
    if not rules.start_is_live(begun.started_at, moment):
        raise RuleBroken("More than 30 minutes have passed since the opening was started. Start it again.")
    return begun


def finish(
    session: Session, actor: Actor, tender: Tender, begun: Opening, holder: Unlocked, *, moment: datetime
) -> None:
    """Open every quote of an envelope with what two people put together, and record it with both names."""
    key = keys.envelope_key(session, tender.id, begun.envelope)
    private_key = put_together(session, key, begun.first_key_id, holder)
    schedule = queries.schedule_of(session, tender)
    result = opening.open_envelope(session, schedule, begun.envelope, moment, private_key)
    begun.second_person_id, begun.opened_at = actor.person_id, moment
    forget_passed(session, key)
    move_tender(session, tender, rules.status_when_open(begun.envelope))
    events.record(
        session,
        actor,
        Act.QUOTES_OPEN,
        tender.id,
        organisation_id=tender.alliance_id,
        also=queries.suppliers_opened(session, tender.id),
        envelope=begun.envelope,
        openers=[session.get_one(Person, begun.first_person_id).name, actor.name],
        opener_ids=[begun.first_person_id, actor.person_id],
        by_recovery=begun.by_recovery,
        opened=result.opened,
        failed=result.failed,
    )
    notices.quotes_opened(session, tender, begun.envelope, result)


def record_early(
    session: Session, actor: Actor, tender: Tender, envelope: Envelope, early: TooEarly
) -> TooEarly:
    """Record a try that came before an envelope may be opened; the refusal, to raise once that is stored."""
    events.record(
        session,
        actor,
        Act.OPENING_REFUSE,
        tender.id,
        organisation_id=tender.alliance_id,
        envelope=envelope,
        why=early.message,
    )
    return early
