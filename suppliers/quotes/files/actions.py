"""What suppliers do with the files of a draft, which are locked as they are uploaded."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import IO

from marketplace.core import clock, documents, events, policy, storage
from marketplace.core.db import db, transaction
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from suppliers.quotes import queries
from suppliers.quotes.drafts import keep, open_for
from suppliers.quotes.files import locks, rules
from suppliers.quotes.files.boxes import bound_to, box_key
from suppliers.quotes.files.rules import OfferedFile
from suppliers.quotes.keys.queries import envelope_key
from suppliers.quotes.offers import Offer
from suppliers.quotes.rules import Envelope, check_deadline

LOCKED = "application/octet-stream"


def attach_file(
    actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID, name: str, content: IO[bytes]
) -> None:
    """Lock a file and put it into the supplier's draft, made if there is none.

    The file is judged, locked and written before anybody else's work waits for it; the same file sent
    twice is there once. Raises RuleBroken (field `file`) for a file of a kind that is not allowed, that is
    not what its name says, is empty, is too large or is one too many; and after the deadline.
    """
    if supplier_id not in actor.supplier_ids:
        raise NotFound
    _check_asked(actor, tender_id)
    size = rules.size_of(content)
    media_type = documents.check_document(name, content, field="file")
    digest = rules.digest_of(content)
    key = locks.new_key()
    locked = locks.Locked(content, size, key, bound_to(tender_id, supplier_id))
    written = storage.write(locked, field="file", largest=locks.LARGEST_LOCKED)
    with transaction() as session:
        tender, _ = open_for(session, actor, tender_id, supplier_id, Act.QUOTE_ATTACH)
        policy.require(actor, Act.QUOTE_ATTACH, supplier_id)
        draft = queries.draft_of(session, tender_id, supplier_id)
        before = queries.offer_in_draft(draft) if draft else Offer()
        called = documents.plain_name(name)
        if any((one.digest, one.name) == (digest, called) for one in before.files):
            return
        rules.check_count(before.files)
        storage.record(session, written, LOCKED)
        public_key = envelope_key(session, tender_id, Envelope.QUALITY).public_key
        box = box_key(public_key, key, bound_to(tender_id, supplier_id), written.sha256)
        file = OfferedFile(written.sha256, called, size, media_type, digest, box)
        schedule = queries.schedule_of(session, tender)
        kept = keep(
            session,
            actor,
            schedule,
            supplier_id,
            replace(before, files=(*before.files, file)),
            files_only=True,
        )
        events.record(
            session,
            actor,
            Act.QUOTE_ATTACH,
            kept.id,
            organisation_id=supplier_id,
            tender_id=tender_id,
            sha256=written.sha256,
        )


def _check_asked(actor: Actor, tender_id: uuid.UUID) -> None:
    """Refuse what would be refused in the end, before anything is written."""
    session = db.session()
    tender = tenders.get_tender(session, actor, tender_id)
    check_deadline(tender.status, tender.closes_at, clock.database_now(session))
    rules.check_answers_asked(queries.schedule_of(session, tender).envelopes)


def detach_file(actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID, sha256: str) -> None:
    """Take a file out of the supplier's draft, and its key with it: nobody can read it any more."""
    with transaction() as session:
        tender, _ = open_for(session, actor, tender_id, supplier_id, Act.QUOTE_DETACH)
        policy.require(actor, Act.QUOTE_DETACH, supplier_id)
        draft = queries.draft_of(session, tender_id, supplier_id)
        if draft is None:
            raise NotFound
        before = queries.offer_in_draft(draft)
        left = tuple(one for one in before.files if one.sha256 != sha256)
        if left == before.files:
            return
        schedule = queries.schedule_of(session, tender)
        keep(session, actor, schedule, supplier_id, replace(before, files=left), files_only=True)
        events.record(
            session,
            actor,
            Act.QUOTE_DETACH,
            draft.id,
            organisation_id=supplier_id,
            tender_id=tender_id,
            sha256=sha256,
        )
