"""Opening an envelope: who may, who has begun, and turning sealed bodies into prices and answers.

Questions and shared steps; the actions in `actions.py` call them in their transactions.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import InvalidOperation

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.queries import actor_for
from marketplace.core import logs, policy
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.policy import Act, Actor
from marketplace.tenders.criteria.rules import has_quality as is_asked
from marketplace.tenders.models import PanelSeat, Tender
from marketplace.tenders.rules import BEFORE_PUBLICATION, Seat, TenderStatus
from suppliers.quotes import opened, queries, rules, sealing
from suppliers.quotes.files.boxes import bound_to, keys_of
from suppliers.quotes.keys import queries as keys
from suppliers.quotes.keys.boxes import BrokenBox
from suppliers.quotes.models import Opening, Quote, SealedBody
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.openers import queries as openers
from suppliers.quotes.openers.rules import WHY_NOT, Standing
from suppliers.quotes.rules import Envelope, Opener, QuoteStatus

log = logs.of(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """References of the quotes whose envelope was opened, and of those where that failed."""

    opened: tuple[str, ...]
    failed: tuple[str, ...]


def has_quality(tender: Tender) -> bool:
    """Do quotes for this tender have a quality envelope?"""
    return is_asked(criterion.kind for criterion in tender.criteria)


def openers_of(session: Session, tender_id: uuid.UUID) -> list[PanelSeat]:
    """The people named to open a tender's quotes."""
    query = (
        select(PanelSeat)
        .where(PanelSeat.tender_id == tender_id, PanelSeat.seat == Seat.OPENER)
        .options(selectinload(PanelSeat.person), selectinload(PanelSeat.school))
        .order_by(PanelSeat.id)
    )
    return list(session.scalars(query))


def opener(session: Session, actor: Actor, tender_id: uuid.UUID) -> Opener:
    """The actor as a named opener of a tender. Raises Forbidden."""
    for seat in openers_of(session, tender_id):
        if seat.person_id == actor.person_id:
            return Opener(seat.person_id, seat.school_id)
    raise Forbidden("Only the people named to open the quotes of this tender can open them.")


def who_may_complete(session: Session, tender: Tender, first: Opener) -> list[uuid.UUID]:
    """The keys of those who may complete an opening that this opener starts."""
    able = []
    for one in keys.named(session, tender):
        if one.key_id is None or one.school_id == first.school_id or one.has_interest:
            continue
        actor = actor_for(session, one.person_id)
        if actor is not None and not queries.is_kept_from(session, actor, tender.id):
            able.append(one.key_id)
    return able


def check_no_interest(session: Session, tender: Tender, opener: Opener) -> None:
    """Raise Forbidden for an opener who declared an interest in who wins."""
    if any(one.person_id == opener.person_id and one.has_interest for one in keys.named(session, tender)):
        raise Forbidden("You declared an interest in who wins, so other openers open the quotes.")


def first_of(begun: Opening) -> Opener:
    """Whoever started an opening, as an opener. Raises RuleBroken when it was started with a printed key."""
    if begun.first_school_id is None:
        raise RuleBroken(
            "The holder of a printed recovery key started this opening, and the other holder completes it. "
            "To open it with passphrases, start again when its 30 minutes are over."
        )
    return Opener(begun.first_person_id, begun.first_school_id)


def check_first_still_named(session: Session, tender: Tender, begun: Opening) -> None:
    """Raise RuleBroken when whoever started is no opener any more; somebody else starts again."""
    still = {one.person_id for one in keys.named(session, tender) if not one.has_interest}
    if begun.first_person_id not in still:
        raise RuleBroken(
            f"{begun.first_person.name}, who started this opening, is not one of its openers any more. "
            "Start it again with another opener."
        )


def opening_of(
    session: Session, tender_id: uuid.UUID, envelope: Envelope, *, lock: bool = False
) -> Opening | None:
    """Who began, and who completed, the opening of an envelope; None when nobody has begun."""
    query = select(Opening).where(Opening.tender_id == tender_id, Opening.envelope == envelope)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def quotes_to_open(session: Session, tender_id: uuid.UUID) -> list[Quote]:
    """The quotes that are still in: neither replaced, withdrawn nor excluded."""
    query = (
        select(Quote)
        .where(Quote.tender_id == tender_id, Quote.status.in_(rules.STILL_IN))
        .order_by(Quote.received_at, Quote.id)
        .options(selectinload(Quote.bodies), selectinload(Quote.files))
    )
    return list(session.scalars(query))


def quotes_waiting(session: Session, tender_id: uuid.UUID) -> int:
    """How many quotes are still in. Only for those who may know: see `queries`."""
    query = select(func.count()).where(Quote.tender_id == tender_id, Quote.status.in_(rules.STILL_IN))
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class OpeningView:
    """What the opening page shows to one reader.

    `envelope` is the one to open now, None when there is none to open; `why_not` then says why. `count`
    is how many quotes wait, None for those who may not know. `begun` is an opening that waits for its
    second opener, until `until`, and `completers` are the people who can. `standings` says of everybody who
    is named whether they can open, `why_not_you` why the reader, who is named, cannot. `past` are the
    openings that were completed.
    """

    tender: Tender
    envelope: Envelope | None
    why_not: str
    count: int | None
    openers: tuple[PanelSeat, ...]
    standings: Mapping[uuid.UUID, Standing]
    completers: Collection[uuid.UUID]
    why_not_you: str
    begun: Opening | None
    until: datetime | None
    can_start: bool
    can_complete: bool
    can_end: bool
    past: tuple[Opening, ...]
    quotes: tuple[Quote, ...]


def view_for(session: Session, actor: Actor, tender: Tender, moment: datetime) -> OpeningView:
    """The opening of a tender's quotes, as this person of its alliance sees it at this moment."""
    envelope, why_not = _due(tender, moment)
    seats = openers_of(session, tender.id)
    mine = next((seat for seat in seats if seat.person_id == actor.person_id), None)
    coordinates = policy.allows(actor, Act.TENDER_END, tender.alliance_id)
    count = quotes_waiting(session, tender.id) if envelope and (mine or coordinates) else None
    begun = opening_of(session, tender.id, envelope) if envelope else None
    if begun is not None and not rules.start_is_live(begun.started_at, moment):
        begun = None
    standing: Mapping[uuid.UUID, Standing] = {}
    completers: set[uuid.UUID] = set()
    if envelope and count != 0:
        key = keys.envelope_key(session, tender.id, envelope)
        standing = openers.standings(session, tender, key)
        completers = openers.completers(session, tender, key, begun.first_key_id) if begun else set()
    own = standing.get(mine.person_id) if mine else None
    able = bool(envelope and count and own is Standing.ABLE)
    past = session.scalars(
        select(Opening)
        .where(Opening.tender_id == tender.id, Opening.opened_at.is_not(None))
        .order_by(Opening.opened_at)
    )
    return OpeningView(
        tender=tender,
        envelope=envelope,
        why_not=why_not,
        count=count,
        openers=tuple(seats),
        standings=standing,
        completers=completers,
        why_not_you=WHY_NOT.get(own, "") if own else "",
        begun=begun,
        until=begun.started_at + rules.OPENING_LASTS if begun else None,
        can_start=able and begun is None,
        can_complete=bool(able and mine and mine.person_id in completers),
        can_end=coordinates and count == 0 and tender.status is TenderStatus.CLOSED,
        past=tuple(past),
        quotes=tuple(queries.opened_quotes(session, tender.id, queries.visible_to(actor))),
    )


def _due(tender: Tender, moment: datetime) -> tuple[Envelope | None, str]:
    """The envelope that can be opened now, or None and why there is none."""
    quality = has_quality(tender)
    why_not = ""
    for envelope in rules.envelopes_of(has_quality=quality):
        try:
            rules.check_may_open(envelope, tender.status, tender.closes_at, moment, has_quality=quality)
        except RuleBroken as refusal:
            why_not = why_not or refusal.message
        else:
            return envelope, ""
    if tender.status in {TenderStatus.OPENED, TenderStatus.EVALUATING}:
        why_not = "The prices stay sealed until the quality scores are agreed and locked."
    elif tender.status not in {*BEFORE_PUBLICATION, TenderStatus.PUBLISHED, TenderStatus.CLOSED}:
        why_not = "There is nothing left to open."
    return None, why_not


def open_envelope(
    session: Session, schedule: Schedule, envelope: Envelope, moment: datetime, private_key: bytes
) -> Opened:
    """Open one envelope of every quote that is still in, and write what it held. A shared step.

    A quote that fails to open does not stop the others: its body is marked, and it counts as opened
    without prices or answers, so that it can be excluded with a reason or put right from its receipt.
    """
    done, failed = [], []
    _exclude_outdated(session, schedule.tender_id)
    promised = queries.promises_of(session, schedule.tender_id)
    for quote in quotes_to_open(session, schedule.tender_id):
        body = next((one for one in quote.bodies if one.envelope is envelope), None)
        reference = quote.reference or ""
        kept = queries.keeps_receipt(quote, promised.get(quote.id))
        if body is not None and kept and _write_out(session, quote, body, schedule, private_key):
            body.opened_at = moment
            done.append(reference)
        else:
            log.error("envelope.did_not_open", envelope=envelope.value, quote_id=str(quote.id))
            if body is not None:
                body.failed_at = moment
            failed.append(reference)
        if quote.status is QuoteStatus.SUBMITTED:
            quote.status = rules.move(quote.status, QuoteStatus.OPENED)
    session.flush()
    return Opened(tuple(done), tuple(failed))


def _exclude_outdated(session: Session, tender_id: uuid.UUID) -> None:
    """Leave out, unopened, what was submitted for a price schedule that has changed since."""
    current = session.get_one(Tender, tender_id).schedule_version
    for quote in quotes_to_open(session, tender_id):
        if quote.status is QuoteStatus.SUBMITTED and rules.is_outdated(quote.schedule_version, current):
            quote.status = rules.move(quote.status, QuoteStatus.OPENED)
            quote.status = rules.move(quote.status, QuoteStatus.EXCLUDED)
            quote.exclusion_reason = rules.OUTDATED
    session.flush()


def _write_out(
    session: Session, quote: Quote, body: SealedBody, schedule: Schedule, private_key: bytes
) -> bool:
    """Write the rows that an envelope held; False, and no row, when it does not open."""
    try:
        header = queries.header_of(quote, body.envelope)
        content = sealing.open_sealed(body.sealed, header, body.commitment, private_key)
    except sealing.BrokenSeal:
        return False
    return write_content(session, quote, body.envelope, content, schedule, private_key=private_key)


def write_content(
    session: Session,
    quote: Quote,
    envelope: Envelope,
    content: bytes,
    schedule: Schedule,
    *,
    private_key: bytes | None = None,
) -> bool:
    """Write the rows that the content of an envelope says; False, and no row, when it is no offer.

    Its files are readable only with the envelope's private key: without it they stay sealed.
    """
    try:
        offer = Offer.from_bodies({envelope: content})
        unlocked = _file_keys(quote, offer, private_key) if private_key else {}
    except (BrokenBox, ValueError, KeyError, TypeError, InvalidOperation):
        return False
    if offer != offer.within(schedule):
        return False
    session.add_all(opened.rows(quote.id, offer))
    session.add_all(opened.file_rows(quote.id, offer, unlocked))
    return True


def _file_keys(quote: Quote, offer: Offer, private_key: bytes) -> dict[str, bytes]:
    """The key of each file that an offer names. Raises BrokenBox unless it names exactly those attached."""
    named = {file.sha256 for file in offer.files}
    if named and named != {file.sha256 for file in quote.files}:
        raise BrokenBox
    return keys_of(offer.files, private_key, bound_to(quote.tender_id, quote.supplier_id))
