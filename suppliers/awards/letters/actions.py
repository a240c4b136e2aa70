"""Reading the drafts of letters, sending all results at one moment, and keeping their PDFs."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy, storage
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.tenders.actions import mark_changed
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards.letters import drafting, notices, queries, rules
from suppliers.awards.letters.content import Content
from suppliers.awards.letters.models import Letter
from suppliers.evaluation import queries as evaluation
from suppliers.quotes.models import Quote


def read_drafts(
    actor: Actor, tender_id: uuid.UUID, quote_ids: Collection[uuid.UUID], note: str | None = None
) -> None:
    """Note that the coordinator has read the drafts for these quotes, which are kept as they were read.

    `note` is added to them; None leaves what was added before. Raises NotFound for a quote that gets no
    letter, RuleBroken once letters have been sent.
    """
    with transaction() as session:
        tender = _unsent(session, actor, tender_id, Act.LETTER_READ)
        drafts = drafting.drafts(session, tender)
        kept = queries.letters_of(session, tender_id)
        for quote_id in quote_ids:
            if quote_id not in drafts:
                raise NotFound
            before = kept.get(quote_id)
            words = note if note is not None else before.note if before else ""
            quote = session.get_one(Quote, quote_id)
            _keep(session, actor, quote, replace(drafts[quote_id], note=words), before)
        session.flush()
        events.record(
            session,
            actor,
            Act.LETTER_READ,
            tender_id,
            organisation_id=tender.alliance_id,
            quote_ids=sorted(map(str, quote_ids)),
        )


def _keep(session: Session, actor: Actor, quote: Quote, content: Content, before: Letter | None) -> Letter:
    letter = before or Letter(id=new_id(), tender_id=quote.tender_id, quote_id=quote.id)
    letter.supplier_id, letter.kind, letter.note = quote.supplier_id, content.kind, content.note
    letter.content = content.to_json()
    letter.sha256 = hashlib.sha256(letter.content.encode()).hexdigest()
    assert actor.person_id, "people read letters"
    letter.read_by, letter.read_at = actor.person_id, clock.now()
    session.add(letter)
    return letter


def send_results(actor: Actor, tender_id: uuid.UUID, version: int) -> None:
    """Send every bidder its result, all in one transaction and with one moment.

    Raises RuleBroken unless the coordinator has read each draft, and when one has changed since. Sent
    twice, it sends once.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.AWARD_TELL, tender.alliance_id)
        if queries.sent_at(session, tender_id) is not None:
            return
        expect_version(tender, version)
        _check_decided(tender)
        drafts = drafting.drafts(session, tender)
        kept = queries.letters_of(session, tender_id)
        rules.check_all_read(len(drafts), len(kept.keys() & drafts.keys()))
        now = clock.now()
        for quote_id, draft in drafts.items():
            letter = kept[quote_id]
            if replace(draft, note=letter.note).to_json() != letter.content:
                raise RuleBroken(
                    f"The draft for {draft.supplier} has changed since it was read. Read it again."
                )
            letter.sent_at = now
        mark_changed(tender)
        session.flush()
        events.record(
            session,
            actor,
            Act.AWARD_TELL,
            tender_id,
            organisation_id=tender.alliance_id,
            also=[kept[quote_id].supplier_id for quote_id in drafts],
            letters={str(kept[quote_id].id): kept[quote_id].sha256 for quote_id in drafts},
        )
        notices.results_sent(session, tender, [kept[quote_id] for quote_id in drafts])


def _unsent(session: Session, actor: Actor, tender_id: uuid.UUID, act: Act) -> Tender:
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
    policy.require(actor, act, tender.alliance_id)
    if queries.sent_at(session, tender_id) is not None:
        raise RuleBroken("Every bidder has been told already. What was sent cannot change.")
    _check_decided(tender)
    return tender


def _check_decided(tender: Tender) -> None:
    if tender.status is not TenderStatus.CONFIRMED_BY_SCHOOLS:
        raise RuleBroken("Bidders are told once two schools have approved the award.")


def write_confirmation(session: Session, actor: Actor, winner: Quote, content: Content) -> Letter:
    """The letter with which a winner is told that its quote is accepted. A shared step of confirming."""
    letter = _keep(session, actor, winner, content, None)
    letter.sent_at = clock.now()
    session.flush()
    return letter


def keep_document(letter_id: uuid.UUID, document: bytes) -> None:
    """Keep the PDF that was drawn of a letter that was sent; once."""
    with transaction() as session:
        policy.require(SYSTEM, Act.LETTER_DRAW)
        letter = session.get(Letter, letter_id, with_for_update=True)
        if letter is None or letter.document_sha256 is not None:
            return
        letter.document_sha256 = storage.store(session, io.BytesIO(document), "application/pdf").sha256
        session.flush()
        events.record(
            session,
            SYSTEM,
            Act.LETTER_DRAW,
            letter.id,
            organisation_id=letter.supplier_id,
            document=letter.document_sha256,
        )
