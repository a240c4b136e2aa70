"""What people do when the usual way fails: print recovery keys, open with them, put a quote right."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Act, Actor, Kind, Role
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from suppliers.quotes import finishing, notices, opening, queries
from suppliers.quotes import rules as quote_rules
from suppliers.quotes.copies import Copy, check_whose
from suppliers.quotes.keys import boxes
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.halves import Unlocked, pass_on
from suppliers.quotes.keys.models import EnvelopeKey, OpeningKey
from suppliers.quotes.keys.rules import Paper
from suppliers.quotes.models import SealedBody
from suppliers.quotes.rescue import queries as rescue
from suppliers.quotes.rescue import rules
from suppliers.quotes.rules import Envelope, TooEarly

MADE_ALREADY = (
    "This key was made a moment ago, and a key is shown once. If nobody has printed it, make a new one: it "
    "takes the place of this one."
)


def make_recovery_key(actor: Actor, key_id: uuid.UUID, alliance_id: uuid.UUID, paper: Paper) -> str:
    """Make a printed recovery key for an alliance; what is to be printed, which exists nowhere else.

    It takes the place of the one before for tenders that are published from now on. The chair of the board
    makes one and the auditor the other, each alone: who saw both could open alone. Raises RuleBroken.
    """
    private_key = boxes.new_private_key()
    with transaction() as session:
        if alliance_id not in actor.alliance_ids:
            raise NotFound
        policy.require(actor, Act.RECOVERY_PRINT, *rescue.keeping(session, actor, alliance_id, paper))
        if session.get(OpeningKey, key_id) is not None:
            raise RuleBroken(MADE_ALREADY)
        other = keys.printed_key(session, alliance_id, next(one for one in Paper if one is not paper))
        if other is not None and other.made_by == actor.person_id:
            raise RuleBroken("You made the other recovery key. Somebody else makes and keeps this one.")
        old = keys.printed_key(session, alliance_id, paper)
        if old is not None:
            old.replaced_at = clock.now()
            session.flush()
        assert actor.person_id, "only people print keys"
        key = OpeningKey(
            id=key_id,
            alliance_id=alliance_id,
            paper=paper,
            public_key=boxes.public_key_of(private_key),
            made_by=actor.person_id,
            made_at=clock.now(),
        )
        session.add(key)
        session.flush()
        events.record(
            session,
            actor,
            Act.RECOVERY_PRINT,
            key.id,
            organisation_id=alliance_id,
            paper=paper,
            key=boxes.fingerprint(key.public_key),
            replaces=boxes.fingerprint(old.public_key) if old else None,
        )
    return rules.printed(private_key)


def start_recovery(actor: Actor, tender_id: uuid.UUID, envelope: Envelope, typed: str) -> None:
    """Begin to open an envelope with one of the two printed keys; the other completes within 30 minutes."""
    private_key = rules.read_printed(typed)
    refusal: TooEarly | None = None
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        try:
            moment = _may_recover(session, actor, tender, envelope)
        except TooEarly as early:
            refusal = finishing.record_early(session, actor, tender, envelope, early)
        else:
            _start(session, actor, tender, envelope, private_key, moment=moment)
    if refusal is not None:
        raise refusal


def _start(
    session: Session,
    actor: Actor,
    tender: Tender,
    envelope: Envelope,
    private_key: bytes,
    *,
    moment: datetime,
) -> None:
    begun = opening.opening_of(session, tender.id, envelope, lock=True)
    if not finishing.may_begin(begun, actor.person_id, moment):
        return
    key = keys.envelope_key(session, tender.id, envelope)
    holder, other_id = _holder(session, key, private_key)
    pass_on(session, key, holder, [other_id])
    assert actor.person_id, "only people open"
    finishing.begin(
        session,
        begun,
        tender,
        envelope,
        actor.person_id,
        school_id=None,
        key_id=holder.key_id,
        moment=moment,
    )
    _record(session, actor, tender, envelope, "started")


def complete_recovery(actor: Actor, tender_id: uuid.UUID, envelope: Envelope, typed: str) -> None:
    """Open an envelope with the other printed key, as another person, within thirty minutes."""
    private_key = rules.read_printed(typed)
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        moment = _may_recover(session, actor, tender, envelope)
        begun = finishing.live(opening.opening_of(session, tender_id, envelope, lock=True), moment)
        if not begun.by_recovery:
            raise RuleBroken("This opening was started with a passphrase. Another opener completes it.")
        if begun.first_person_id == actor.person_id:
            raise RuleBroken("You started this opening. The holder of the other recovery key completes it.")
        holder, _ = _holder(session, keys.envelope_key(session, tender_id, envelope), private_key)
        if holder.key_id == begun.first_key_id:
            raise RuleBroken(
                "This is the key with which the opening was started. The other one completes it.",
                "recovery_key",
            )
        _record(session, actor, tender, envelope, "completed")
        finishing.finish(session, actor, tender, begun, holder, moment=moment)


def disclose_quote(actor: Actor, quote_id: uuid.UUID, copy: Copy) -> None:
    """Put a quote right that did not open, with the supplier's own copy, if it is exactly what was sealed.

    What proves it are the commitments that the receipt gave before the deadline, as the chain of events
    holds them. Sent twice, it is disclosed once. Raises RuleBroken (`copy`).
    """
    with transaction() as session:
        quote = queries.get_own_quote(session, actor, quote_id)
        policy.require(actor, Act.QUOTE_DISCLOSE, quote.supplier_id)
        tender = tenders.get_tender(session, actor, quote.tender_id, lock=True)
        session.refresh(quote)
        failed = [body for body in quote.bodies if body.failed_at is not None]
        if not failed:
            return
        if quote.status not in quote_rules.STILL_IN:
            raise RuleBroken("This quote is not in the competition any more, so nothing can be put right.")
        for body in failed:
            rules.check_may_disclose(body.envelope, tender.status)
        check_whose(copy, quote.tender_id, quote.supplier_id)
        queries.check_copy(quote, copy)
        if not queries.keeps_receipt(quote, queries.promises_of(session, tender.id).get(quote.id)):
            raise RuleBroken(
                "What Weald stores of this quote is not what its receipt promised, so your copy cannot be "
                "compared with it. Send copy and receipt to the coordinator of the tender.",
                "copy",
            )
        schedule = queries.schedule_of(session, tender)
        for body in failed:
            content = copy.parts[body.envelope].body
            if not opening.write_content(session, quote, body.envelope, content, schedule):
                raise RuleBroken("What was sealed is no offer that this tender asks for.", "copy")
            _put_right(body)
        session.flush()
        events.record(
            session,
            actor,
            Act.QUOTE_DISCLOSE,
            quote.id,
            organisation_id=quote.supplier_id,
            tender_id=tender.id,
            reference=quote.reference,
            envelopes=[body.envelope for body in failed],
        )
        notices.quote_disclosed(session, tender, quote)


def _put_right(body: SealedBody) -> None:
    body.opened_at = body.disclosed_at = clock.now()
    body.failed_at = None


def _may_recover(session: Session, actor: Actor, tender: Tender, envelope: Envelope) -> datetime:
    """The moment, if this envelope can be opened now by somebody who may hold a printed key."""
    moment = clock.database_now(session)
    schools = actor.organisations(Kind.SCHOOL, Role.HEADTEACHER)
    policy.require(actor, Act.OPENING_RECOVER, tender.alliance_id, *schools)
    quality = opening.has_quality(tender)
    quote_rules.check_may_open(envelope, tender.status, tender.closes_at, moment, has_quality=quality)
    if not opening.quotes_waiting(session, tender.id):
        raise RuleBroken("There is no quote to open. The coordinator can end the tender.")
    return moment


def _holder(session: Session, key: EnvelopeKey, private_key: bytes) -> tuple[Unlocked, uuid.UUID]:
    """Whose printed key of this envelope it is, and the other's id. Raises RuleBroken (`recovery_key`)."""
    public_key = boxes.public_key_of(private_key)
    for pair in keys.pairs_of(session, key):
        for one, other in ((pair.first_key, pair.second_key), (pair.second_key, pair.first_key)):
            if one.paper is not None and one.public_key == public_key:
                return Unlocked(one.id, private_key), other.id
    raise RuleBroken(
        "This recovery key is not one of this tender’s. Take the sheet that was valid when the tender was "
        "published; the letters of its key stand on the page.",
        "recovery_key",
    )


def _record(session: Session, actor: Actor, tender: Tender, envelope: Envelope, step: str) -> None:
    events.record(
        session,
        actor,
        Act.OPENING_RECOVER,
        tender.id,
        organisation_id=tender.alliance_id,
        envelope=envelope,
        step=step,
    )
