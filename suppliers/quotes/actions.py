"""What suppliers do with their quotes, and what openers do with the envelopes.

Everything that is bound to the deadline locks the tender first and reads the database's clock in a
second statement, so that no quote is taken a moment too late.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import db, transaction
from marketplace.core.errors import Forbidden, RuleBroken, Stale
from marketplace.core.forms import expect_version
from marketplace.core.ids import next_reference
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.actions import end_unsuccessfully
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.quotes import drafts, finishing, notices, offers, opening, queries, rules, sealing
from suppliers.quotes.copies import Copy, check_whose, offer_in
from suppliers.quotes.declarations.actions import confirm
from suppliers.quotes.declarations.rules import Confirmed
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.actions import unlock
from suppliers.quotes.keys.halves import pass_on
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.rules import Envelope, Opener, QuoteStatus, TooEarly

NO_QUOTES = "No quote was received by the deadline."


def save_draft(
    actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID, version: int, offer: Offer
) -> None:
    """Keep prices and answers of a quote so far, encrypted; its files stay as they are.

    `version` is the draft's, 0 before there is one.
    Raises Stale when a colleague saved meanwhile; saving the same twice is no harm.
    """
    with transaction() as session:
        tender, _ = drafts.open_for(session, actor, tender_id, supplier_id, Act.QUOTE_DRAFT)
        schedule = queries.schedule_of(session, tender)
        draft = queries.draft_of(session, tender_id, supplier_id)
        before = queries.offer_in_draft(draft) if draft else Offer()
        kept = replace(offer.within(schedule), files=before.files)
        if draft is not None:
            if before == kept and not _is_outdated(draft, tender):
                return
            expect_version(draft, version)
        elif version:
            raise Stale("This draft was submitted or discarded while you were working on it.", 0)
        drafts.keep(session, actor, schedule, supplier_id, kept)


def take_prices(actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID, read: Offer) -> None:
    """Put what was read from a file into the draft; what the file does not say, and answers, stay as is."""
    with transaction() as session:
        tender, _ = drafts.open_for(session, actor, tender_id, supplier_id, Act.QUOTE_DRAFT)
        schedule = queries.schedule_of(session, tender)
        draft = queries.draft_of(session, tender_id, supplier_id)
        before = queries.offer_in_draft(draft) if draft else Offer()
        merged = replace(
            before,
            prices={**before.prices, **read.prices},
            tier_prices={**before.tier_prices, **read.tier_prices},
            discounts={**before.discounts, **read.discounts},
            lots=before.lots | read.lots,
        ).within(schedule)
        if draft is None or merged != before or _is_outdated(draft, tender):
            drafts.keep(session, actor, schedule, supplier_id, merged)


def take_answer(
    actor: Actor, tender_id: uuid.UUID, supplier_id: uuid.UUID, criterion_id: uuid.UUID, text: str
) -> None:
    """Put an earlier answer into the draft, after what the draft says there already.

    Raises RuleBroken when both together are too long; copied twice in a row it is there once.
    """
    with transaction() as session:
        tender, _ = drafts.open_for(session, actor, tender_id, supplier_id, Act.QUOTE_DRAFT)
        schedule = queries.schedule_of(session, tender)
        draft = queries.draft_of(session, tender_id, supplier_id)
        if draft is not None:
            rules.check_schedule(draft.schedule_version, tender.schedule_version)
        before = queries.offer_in_draft(draft) if draft else Offer()
        said = before.answers.get(criterion_id, "")
        if said.endswith(text):
            return
        together = f"{said}\n\n{text}" if said else text
        if len(together) > offers.LONGEST_ANSWER:
            raise RuleBroken("Your draft and this answer are too long together. Shorten the draft first.")
        merged = replace(before, answers={**before.answers, criterion_id: together}).within(schedule)
        drafts.keep(session, actor, schedule, supplier_id, merged)


def start_replacement(actor: Actor, quote_id: uuid.UUID, copy: Copy | None = None) -> None:
    """Begin a draft to replace the quote that is in, which stays in until the draft is submitted.

    What was sealed cannot be read again, so the draft is filled in from the supplier's own copy, or
    begins empty. Raises RuleBroken (`copy`) for a copy of something else.
    """
    with transaction() as session:
        quote = queries.get_own_quote(session, actor, quote_id)
        tender, _ = drafts.open_for(session, actor, quote.tender_id, quote.supplier_id, Act.QUOTE_DRAFT)
        session.refresh(quote)
        if queries.draft_of(session, quote.tender_id, quote.supplier_id):
            return
        if quote.status is not QuoteStatus.SUBMITTED:
            raise RuleBroken("Only the quote that you have in can be replaced.")
        offer = Offer()
        if copy is not None:
            check_whose(copy, quote.tender_id, quote.supplier_id)
            offer = offer_in(copy)
        schedule = queries.schedule_of(session, tender)
        drafts.keep(session, actor, schedule, quote.supplier_id, offer.within(schedule))


def submit_quote(
    actor: Actor,
    quote_id: uuid.UUID,
    version: int,
    confirmed: Confirmed,
    *,
    free_confirmed: bool = False,
) -> None:
    """Seal a complete draft and take it as the supplier's one live quote; an earlier one is replaced.

    `free_confirmed` says that lines priced at £0.00 are meant. Raises RuleBroken for anything missing
    and after the deadline; Stale when the draft is not what the actor checked. Sent twice, it submits once.
    """
    with transaction() as session:
        quote = queries.get_own_quote(session, actor, quote_id)
        policy.require(actor, Act.QUOTE_SUBMIT, quote.supplier_id)
        tender = tenders.get_tender(session, actor, quote.tender_id, lock=True)
        moment = clock.database_now(session)
        session.refresh(quote)
        if quote.status is QuoteStatus.SUBMITTED:
            return
        rules.check_deadline(tender.status, tender.closes_at, moment)
        expect_version(quote, version)
        rules.check_schedule(quote.schedule_version, tender.schedule_version)
        schedule = queries.schedule_of(session, tender)
        offer = queries.offer_in_draft(quote).within(schedule)
        _check_complete(schedule, offer, free_confirmed=free_confirmed)
        replaced = queries.submitted_of(session, tender.id, quote.supplier_id)
        if replaced is not None:
            replaced.status = rules.move(replaced.status, QuoteStatus.REPLACED)
            session.flush()
        _seal(session, quote, tender, schedule)
        quote.status = rules.move(quote.status, QuoteStatus.SUBMITTED)
        quote.reference = next_reference(session, "Q", moment)
        quote.received_at, quote.written_at = moment, moment
        quote.written_by = drafts.writer(actor)
        session.flush()
        confirm(session, quote, drafts.writer(actor), moment, confirmed)
        events.record(
            session,
            actor,
            Act.QUOTE_SUBMIT,
            quote.id,
            organisation_id=quote.supplier_id,
            tender_id=tender.id,
            reference=quote.reference,
            received_at=moment.isoformat(),
            commitment=quote.commitment,
            declared=sorted(confirmed.ticked),
            replaces=replaced.reference if replaced else None,
        )
        [event] = events.chain_recorded(session)
        notices.quote_received(session, tender, quote, event)


def withdraw_quote(actor: Actor, quote_id: uuid.UUID, version: int) -> None:
    """Take a quote back before the deadline, or discard a draft, whose content is then erased."""
    with transaction() as session:
        quote = queries.get_own_quote(session, actor, quote_id)
        policy.require(actor, Act.QUOTE_WITHDRAW, quote.supplier_id)
        tender = tenders.get_tender(session, actor, quote.tender_id, lock=True)
        moment = clock.database_now(session)
        session.refresh(quote)
        if quote.status is QuoteStatus.WITHDRAWN:
            return
        expect_version(quote, version)
        if quote.status is QuoteStatus.DRAFT:
            for body in quote.bodies:
                session.delete(body)
            quote.files = []
        else:
            rules.check_deadline(tender.status, tender.closes_at, moment)
            notices.quote_withdrawn(session, tender, quote, moment)
        quote.status = rules.move(quote.status, QuoteStatus.WITHDRAWN)
        quote.withdrawn_at = moment
        session.flush()
        events.record(
            session,
            actor,
            Act.QUOTE_WITHDRAW,
            quote.id,
            organisation_id=quote.supplier_id,
            tender_id=tender.id,
            reference=quote.reference,
        )


def start_opening(actor: Actor, tender_id: uuid.UUID, envelope: Envelope, passphrase: str) -> None:
    """Begin to open an envelope, as the first of two openers; the second has thirty minutes.

    The passphrase unlocks the actor's halves, which are sealed anew to everybody who may complete. A try
    before the deadline, or for the prices before the scores are locked, is refused and recorded.
    """
    _refuse_early(actor, tender_id, envelope, Act.OPENING_START)
    holder = unlock(actor, passphrase)
    with transaction() as session:
        tender, first, moment = _for_opening(session, actor, tender_id, envelope, Act.OPENING_START)
        begun = opening.opening_of(session, tender_id, envelope, lock=True)
        if not finishing.may_begin(begun, first.person_id, moment):
            return
        others = opening.who_may_complete(session, tender, first)
        pass_on(session, keys.envelope_key(session, tender_id, envelope), holder, others)
        finishing.begin(
            session,
            begun,
            tender,
            envelope,
            first.person_id,
            school_id=first.school_id,
            key_id=holder.key_id,
            moment=moment,
        )
        until = moment + rules.OPENING_LASTS
        notices.opening_started(session, tender, first, actor.name, until)
        events.record(
            session,
            actor,
            Act.OPENING_START,
            tender_id,
            organisation_id=tender.alliance_id,
            envelope=envelope,
        )


def complete_opening(actor: Actor, tender_id: uuid.UUID, envelope: Envelope, passphrase: str) -> None:
    """Open an envelope, as the second of two openers of two schools, within thirty minutes of the first.

    The half that was passed on and the actor's own unlock the envelope. Everything that the envelopes
    held, the tender's new status and the event with both names are stored together. Sent twice, it opens
    once.
    """
    done = opening.opening_of(db.session(), tender_id, envelope)
    if done is not None and done.opened_at and done.second_person_id == actor.person_id:
        return
    _refuse_early(actor, tender_id, envelope, Act.QUOTES_OPEN)
    holder = unlock(actor, passphrase)
    with transaction() as session:
        tender, second, moment = _for_opening(session, actor, tender_id, envelope, Act.QUOTES_OPEN)
        begun = finishing.live(opening.opening_of(session, tender_id, envelope, lock=True), moment)
        rules.check_second(opening.first_of(begun), second)
        opening.check_first_still_named(session, tender, begun)
        begun.second_school_id = second.school_id
        finishing.finish(session, actor, tender, begun, holder, moment=moment)


def _refuse_early(actor: Actor, tender_id: uuid.UUID, envelope: Envelope, act: Act) -> None:
    """Refuse, and record, a try that comes before an envelope may be opened."""
    refusal: TooEarly | None = None
    with transaction() as session:
        try:
            _for_opening(session, actor, tender_id, envelope, act)
        except TooEarly as early:
            tender = tenders.get_tender_of_alliance(session, actor, tender_id)
            refusal = finishing.record_early(session, actor, tender, envelope, early)
    if refusal is not None:
        raise refusal


def end_without_quotes(actor: Actor, tender_id: uuid.UUID) -> None:
    """End a closed tender for which no quote came. Raises RuleBroken when there is one to open."""
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_END, tender.alliance_id)
        if tender.status is TenderStatus.UNSUCCESSFUL:
            return
        if tender.status is not TenderStatus.CLOSED or opening.quotes_waiting(session, tender_id):
            raise RuleBroken("There are quotes to open, or the tender is not closed. Look at it again.")
        end_unsuccessfully(session, tender, NO_QUOTES)
        events.record(
            session, actor, Act.TENDER_END, tender_id, organisation_id=tender.alliance_id, reason=NO_QUOTES
        )


def _is_outdated(quote: Quote, tender: Tender) -> bool:
    return rules.is_outdated(quote.schedule_version, tender.schedule_version)


def _check_complete(schedule: Schedule, offer: Offer, *, free_confirmed: bool) -> None:
    if missing := offers.gaps(schedule, offer):
        raise RuleBroken(f"The quote is not complete. {missing[0].text}.")
    if offers.free_lines(schedule, offer) and not free_confirmed:
        raise RuleBroken("Confirm that the lines priced at £0.00 are meant to be free.", "free_confirmed")


def _seal(session: Session, quote: Quote, tender: Tender, schedule: Schedule) -> None:
    """Put sealed envelopes in the place of the draft's own, which are gone with it."""
    parts = queries.parts_to_seal(schedule, quote)
    quote.deadline_version = tender.deadline_version
    bodies = {body.envelope: body for body in quote.bodies}
    for envelope in schedule.envelopes:
        key = keys.envelope_key(session, tender.id, envelope)
        done = sealing.seal(parts[envelope], queries.header_of(quote, envelope), key.public_key)
        bodies[envelope].sealed, bodies[envelope].commitment = done.sealed, done.commitment
    quote.commitment = sealing.commitment_of_quote(
        {envelope: bodies[envelope].commitment for envelope in schedule.envelopes}
    )
    session.flush()


def _for_opening(
    session: Session, actor: Actor, tender_id: uuid.UUID, envelope: Envelope, act: Act
) -> tuple[Tender, Opener, datetime]:
    """The tender, locked and ready for this envelope, the actor as its opener, and the database's time."""
    tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
    moment = clock.database_now(session)
    named = opening.opener(session, actor, tender_id)
    policy.require(actor, act, named.school_id)
    if queries.is_kept_from(session, actor, tender_id):
        raise Forbidden("You declared a conflict of interest, so other openers open the prices.")
    opening.check_no_interest(session, tender, named)
    rules.check_may_open(
        envelope, tender.status, tender.closes_at, moment, has_quality=opening.has_quality(tender)
    )
    if not opening.quotes_waiting(session, tender_id):
        raise RuleBroken("There is no quote to open. The coordinator can end the tender.")
    return tender, named, moment
