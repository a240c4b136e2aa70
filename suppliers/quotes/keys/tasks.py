"""What waits for people who are named to open: a passphrase to set up, or to prove."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.clock import LONDON
from marketplace.core.policy import Actor
from marketplace.core.web import Task
from marketplace.tenders.models import Tender
from marketplace.tenders.progress import StepLink
from marketplace.tenders.rules import BEFORE_PUBLICATION, TenderStatus
from suppliers.quotes.keys import queries, rules
from suppliers.quotes.keys.models import OpeningKey


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """A passphrase that a tender waits for: the tender that is nearest names the task."""
    if not actor.school_ids:
        return []
    tenders = queries.tenders_named_for(session, actor.person_id)
    if not tenders:
        return []
    key = queries.key_of(session, actor.person_id)
    if key is None:
        return [_task("Set up your opening passphrase", "keys.choose", tenders[0])]
    wanted = next((tender for tender in tenders if _is_wanted(key, tender)), None)
    return [_task("Prove your opening passphrase", "keys.prove", wanted)] if wanted else []


def _is_wanted(key: OpeningKey, tender: Tender) -> bool:
    """Does this tender wait for the key's owner to prove the passphrase?"""
    if key.proved_at is None:
        return True
    moment = clock.now()
    if tender.status in BEFORE_PUBLICATION:
        return key.proved_at < moment - rules.PROOF_HOLDS
    return bool(tender.closes_at and rules.proof_due(key.proved_at, tender.closes_at, moment))


def _task(text: str, endpoint: str, tender: Tender) -> Task:
    published = tender.status is TenderStatus.PUBLISHED
    due = tender.closes_at.astimezone(LONDON).date() if published and tender.closes_at else None
    return Task(text, url_for(endpoint), f"You are named to open the quotes for {tender.title}.", due)


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """From the tender's page to who is ready to open, from the invitation until everything is open."""
    if (
        tender.status not in {*queries.BEFORE_OPENING, *rules.STILL_SEALED}
        or tender.alliance_id not in actor.alliance_ids
    ):
        return []
    named, moment = queries.named(session, tender), clock.now()
    able = len(rules.ready(named, moment))
    return [StepLink(f"Openers: {able} of {len(named)} ready", url_for("keys.openers", tender_id=tender.id))]
