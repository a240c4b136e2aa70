"""Questions about quotes, scoped to who asks.

A supplier sees its own quotes. People of the alliance and its schools see a quote only once it is
opened, and what an envelope held only once that envelope is: before, there is no row to read. How many
quotes there are is nobody's to know before the deadline; after it the coordinator and the openers see
the number.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.core import clock
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.figures import Figure
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.criteria.tree import judged
from marketplace.tenders.formulas import to_two_places
from marketplace.tenders.lots.queries import division_of
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import CriterionKind, TenderStatus
from suppliers.profiles.models import Supplier
from suppliers.profiles.queries import serves_tender
from suppliers.quotes import rules, sealing
from suppliers.quotes.copies import Copy
from suppliers.quotes.models import Quote, SealedBody
from suppliers.quotes.offers import Offer, Question, Schedule
from suppliers.quotes.rules import Envelope, QuoteStatus, Stage

Hidden = Callable[[Actor], ColumnElement[bool]]
_hidden: list[Hidden] = []


def hide(hidden: Hidden) -> None:
    """Keep opened quotes from a reader after all, such as one with a conflict. For the composition root."""
    if hidden not in _hidden:
        _hidden.append(hidden)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Quotes this actor may read: their own supplier's, and opened ones of their alliances' tenders."""
    tender_ids = select(Tender.id).where(Tender.alliance_id.in_(actor.alliance_ids))
    opened = and_(
        Quote.tender_id.in_(tender_ids),
        Quote.status.in_(rules.AFTER_OPENING),
        *(~hidden(actor) for hidden in _hidden),
    )
    return or_(own(actor), opened)


def is_kept_from(session: Session, actor: Actor, tender_id: uuid.UUID) -> bool:
    """Are the opened quotes of a tender kept from this reader, as `hide` says?"""
    for hidden in _hidden:
        query = select(Quote.id).where(
            Quote.tender_id == tender_id, Quote.status.in_(rules.AFTER_OPENING), hidden(actor)
        )
        if session.scalars(query.limit(1)).first() is not None:
            return True
    return False


def own(actor: Actor) -> ColumnElement[bool]:
    """Quotes of the suppliers this actor belongs to."""
    return Quote.supplier_id.in_(actor.supplier_ids)


def mine(actor: Actor) -> Select[Quote]:
    """All quotes of the suppliers this actor belongs to, drafts and replaced ones too."""
    return select(Quote).where(own(actor)).options(selectinload(Quote.tender), selectinload(Quote.supplier))


def get_own_quote(session: Session, actor: Actor, quote_id: uuid.UUID) -> Quote:
    """A quote of the actor's own supplier. Raises NotFound."""
    quote = session.scalars(select(Quote).where(Quote.id == quote_id, own(actor))).one_or_none()
    if quote is None:
        raise NotFound
    return quote


def draft_of(session: Session, tender_id: uuid.UUID, supplier_id: uuid.UUID) -> Quote | None:
    """A supplier's draft for a tender. Ask first whether the reader belongs to the supplier."""
    return _of(session, tender_id, supplier_id, Quote.status == QuoteStatus.DRAFT)


def submitted_of(session: Session, tender_id: uuid.UUID, supplier_id: uuid.UUID) -> Quote | None:
    """The quote that a supplier has in for a tender and nobody has opened. Ask first, as above."""
    return _of(session, tender_id, supplier_id, Quote.status == QuoteStatus.SUBMITTED)


def _of(
    session: Session, tender_id: uuid.UUID, supplier_id: uuid.UUID, condition: ColumnElement[bool]
) -> Quote | None:
    query = select(Quote).where(Quote.tender_id == tender_id, Quote.supplier_id == supplier_id, condition)
    return session.scalars(query).one_or_none()


def suppliers_opened(session: Session, tender_id: uuid.UUID) -> list[uuid.UUID]:
    """The suppliers whose quotes for a tender have been opened."""
    query = select(Quote.supplier_id).where(Quote.tender_id == tender_id)
    return list(session.scalars(query.where(Quote.status.in_(rules.AFTER_OPENING))))


def schedule_of(session: Session, tender: Tender) -> Schedule:
    """All that a tender asks of a supplier: lots, lines and quality questions."""
    return Schedule(
        tender_id=tender.id,
        reference=tender.reference,
        title=tender.title,
        lots=tenders.schedule(session, tender.id),
        questions=tuple(
            Question(
                placed.criterion.id,
                number,
                placed.name,
                placed.criterion.question,
                to_two_places(placed.marks),
                placed.criterion.word_limit,
                is_pass_fail=placed.criterion.kind is CriterionKind.PASS_FAIL,
            )
            for number, placed in enumerate(judged(tender.criteria), start=1)
        ),
        closes_at=tender.closes_at,
        division=division_of(session, tender.id),
    )


def header_of(quote: Quote, envelope: Envelope) -> sealing.SealHeader:
    """What binds a quote's sealed bytes to it; its files go with the answers."""
    return sealing.SealHeader(
        quote.tender_id,
        envelope,
        quote.supplier_id,
        quote.id,
        quote.deadline_version or 0,
        tuple(file.sha256 for file in quote.files) if envelope is Envelope.QUALITY else (),
    )


def offer_in_draft(draft: Quote) -> Offer:
    """What a draft holds, for the supplier whose it is. Raises BrokenSeal."""
    return Offer.from_bodies({envelope: part.body for envelope, part in parts_of(draft).items()})


def parts_of(draft: Quote) -> dict[Envelope, sealing.Part]:
    """The envelopes of a draft, readable, for the supplier whose it is. Raises BrokenSeal."""
    return {
        body.envelope: sealing.read_draft(body.sealed, header_of(draft, body.envelope))
        for body in draft.bodies
    }


def parts_to_seal(schedule: Schedule, draft: Quote) -> dict[Envelope, sealing.Part]:
    """What a draft's envelopes hold when it is submitted as it is: nothing about lots that it leaves out."""
    kept = parts_of(draft)
    offer = Offer.from_bodies({envelope: part.body for envelope, part in kept.items()})
    bodies = offer.for_its_lots(schedule).bodies(schedule.envelopes)
    return {envelope: sealing.Part(kept[envelope].nonce, body) for envelope, body in bodies.items()}


def copy_of(schedule: Schedule, draft: Quote) -> Copy:
    """The supplier's own copy of a draft: of the quote that it becomes when it is submitted unchanged."""
    return Copy(draft.tender_id, draft.supplier_id, draft.id, parts_to_seal(schedule, draft))


def promises_of(session: Session, tender_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """By quote of a tender, the commitment that its receipt gave, as the chain of events holds it."""
    query = (
        select(Event.subject_id, Event.facts)
        .join(Quote, Quote.id == Event.subject_id)
        .where(Quote.tender_id == tender_id, Event.act == Act.QUOTE_SUBMIT.value)
    )
    return {quote_id: str(facts["commitment"]) for quote_id, facts in session.execute(query)}


def keeps_receipt(quote: Quote, promised: str | None) -> bool:
    """Do the commitments stored with a quote add up to the one of its receipt?"""
    stored = sealing.commitment_of_quote({body.envelope: body.commitment for body in quote.bodies})
    return promised == stored == quote.commitment


def check_copy(quote: Quote, copy: Copy) -> None:
    """Raise RuleBroken (`copy`) unless this is the copy of exactly this quote, as its receipt commits to."""
    committed = {body.envelope: body.commitment for body in quote.bodies}
    if copy.parts.keys() != committed.keys() or not all(
        sealing.keeps_promise(part, header_of(quote, envelope), committed[envelope])
        for envelope, part in copy.parts.items()
    ):
        raise RuleBroken(
            "This copy does not match the receipt of this quote. It is of another version, or was changed.",
            "copy",
        )


def opened_quotes(session: Session, tender_id: uuid.UUID, *conditions: ColumnElement[bool]) -> list[Quote]:
    """The quotes of a tender that were opened, excluded ones too, in the order they came.

    Ask first whether the reader may see the tender, or give `visible_to(actor)` as a condition.
    """
    query = (
        select(Quote)
        .where(Quote.tender_id == tender_id, Quote.status.in_(rules.AFTER_OPENING), *conditions)
        .order_by(Quote.received_at, Quote.id)
        .options(selectinload(Quote.supplier), selectinload(Quote.bodies))
    )
    return list(session.scalars(query))


def receipt_of(session: Session, quote_id: uuid.UUID) -> Event | None:
    """The event that recorded a quote's submission; its hash was the head of the chain then."""
    query = select(Event).where(Event.subject_id == quote_id, Event.act == Act.QUOTE_SUBMIT.value)
    return session.scalars(query).one_or_none()


def suppliers_quoting(session: Session, tender_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The suppliers with a draft or a quote in: for writing to them, and for nobody's eyes."""
    query = select(Quote.supplier_id).where(
        Quote.tender_id == tender_id, Quote.status.not_in([QuoteStatus.REPLACED, QuoteStatus.WITHDRAWN])
    )
    return frozenset(session.scalars(query))


# ------------------------------------------------------------------ for suppliers
def tenders_to_quote_for(session: Session, actor: Actor) -> list[Tender]:
    """Open tenders in categories and areas that the actor’s suppliers serve, the soonest deadline first."""
    concerned = select(Supplier.id).where(Supplier.id.in_(actor.supplier_ids), serves_tender())
    query = (
        select(Tender)
        .where(
            Tender.status == TenderStatus.PUBLISHED,
            Tender.closes_at > clock.now(),
            concerned.correlate(Tender).exists(),
        )
        .order_by(Tender.closes_at, Tender.reference)
    )
    return list(session.scalars(query))


def begun(session: Session, actor: Actor, tender_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Quote]:
    """By tender, what the actor's suppliers have begun: the draft, or else the quote that is in."""
    query = select(Quote).where(
        own(actor),
        Quote.tender_id.in_(tender_ids),
        Quote.status.in_([QuoteStatus.DRAFT, QuoteStatus.SUBMITTED]),
    )
    found = session.scalars(query).all()
    in_order = sorted(found, key=lambda quote: quote.status is QuoteStatus.DRAFT)
    return {quote.tender_id: quote for quote in in_order}


def drafts(session: Session, actor: Actor) -> list[Quote]:
    """Drafts of the actor's suppliers, the soonest deadline first."""
    query = (
        select(Quote)
        .join(Tender, Tender.id == Quote.tender_id)
        .where(own(actor), Quote.status == QuoteStatus.DRAFT)
        .order_by(Tender.closes_at, Quote.id)
        .options(selectinload(Quote.tender), selectinload(Quote.supplier))
    )
    return list(session.scalars(query))


def sent(
    actor: Actor, *, search: str = "", stage: Stage | None = None, order: str = "-received"
) -> Select[Quote]:
    """What the actor's suppliers submitted, by words in the tender's title or a reference.

    `order` is a key of SENT_ORDERS, with a minus for the other direction; unknown ones are ignored.
    """
    query = (
        select(Quote)
        .join(Tender, Tender.id == Quote.tender_id)
        .where(own(actor), Quote.reference.is_not(None))
        .options(selectinload(Quote.tender), selectinload(Quote.supplier))
    )
    if search:
        query = query.where(
            or_(
                Tender.title.icontains(search, autoescape=True),
                Tender.reference.icontains(search, autoescape=True),
                Quote.reference.icontains(search, autoescape=True),
            )
        )
    if stage:
        query = query.where(Quote.status.in_(one for one in QuoteStatus if rules.stage_of(one) is stage))
    by = SENT_ORDERS.get(order.removeprefix("-"), Quote.received_at)
    return query.order_by(by.desc() if order.startswith("-") else by.asc(), Quote.id)


SENT_ORDERS: Mapping[str, ColumnElement[Any]] = {
    "received": Quote.received_at.expression,
    "deadline": Tender.closes_at.expression,
    "tender": func.lower(Tender.title),
    "reference": Quote.reference.expression,
}


def figures(session: Session) -> Iterable[Figure]:
    """How many envelopes could not be read when they were opened, and were not put right since."""
    failed = select(func.count()).where(SealedBody.failed_at.is_not(None), SealedBody.disclosed_at.is_(None))
    return [Figure("weald_envelopes_unreadable", "Envelopes that did not open.", session.scalar(failed) or 0)]


def count(session: Session, query: Select[Quote]) -> int:
    """How many quotes a query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
