"""Questions about opened quotes and their scores, scoped to who may judge them and who may compare them.

Somebody with a declared conflict sees nothing of a tender's quotes, whatever else they are; an
evaluator sees nothing before declaring.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.core.errors import NotFound
from marketplace.core.listing import Sorting
from marketplace.core.policy import Actor, Kind, Role
from marketplace.tenders import queries as tenders
from marketplace.tenders.criteria.tree import judged, outline
from marketplace.tenders.lots.queries import division_of
from marketplace.tenders.methodology import method_of, whole_life_of
from marketplace.tenders.models import Criterion, PanelSeat, Tender
from marketplace.tenders.readers import theirs
from marketplace.tenders.rules import ANSWERED, STATUS_COLOURS, STATUS_LABELS, Seat, TenderStatus
from suppliers.evaluation import by_lot, comparison
from suppliers.evaluation.basis import Basis
from suppliers.evaluation.by_lot import Results
from suppliers.evaluation.comparison import Comparison
from suppliers.evaluation.models import AgreedScore, ConflictDeclaration
from suppliers.quotes import opened
from suppliers.quotes.models import Opening, Quote
from suppliers.quotes.rules import AFTER_OPENING, Envelope, QuoteStatus


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Tenders whose prices this actor may compare: those that are theirs, once the price envelope is open."""
    return and_(
        theirs(actor),
        _opened(Envelope.PRICE),
        ~_has_conflict(actor),
        or_(~_evaluates(actor), _has_declared(actor), ~_has_quality()),
    )


def judged_by(actor: Actor) -> ColumnElement[bool]:
    """Tenders whose quality scores concern this actor, once the quality envelope is open.

    Its evaluators, once they have declared that they have no conflict, and the alliance's coordinators
    and auditors.
    """
    return and_(
        or_(
            Tender.alliance_id.in_(overseen_by(actor)),
            and_(Tender.alliance_id.in_(actor.alliance_ids), _evaluates(actor)),
        ),
        _opened(Envelope.QUALITY),
        ~_has_conflict(actor),
        or_(~_evaluates(actor), _has_declared(actor)),
    )


def overseen_by(actor: Actor) -> frozenset[uuid.UUID]:
    """The alliances whose scoring this actor oversees: coordinators run it, auditors read it."""
    return actor.organisations(Kind.ALLIANCE, Role.COORDINATOR, Role.AUDITOR)


def declared_by(actor: Actor) -> ColumnElement[bool]:
    """Tenders for which this actor declares conflicts: its evaluators, once the names are known."""
    return and_(
        Tender.alliance_id.in_(actor.alliance_ids),
        _evaluates(actor),
        _opened(Envelope.QUALITY),
        ~_has_conflict(actor),
    )


def hidden_from(actor: Actor) -> ColumnElement[bool]:
    """Quotes of which this actor sees nothing: of tenders with a conflict, or as yet undeclared ones."""
    undeclared = and_(_evaluates(actor), ~_has_declared(actor), _has_quality())
    return Quote.tender_id.in_(select(Tender.id).where(or_(_has_conflict(actor), undeclared)))


def _opened(envelope: Envelope) -> ColumnElement[bool]:
    return exists().where(
        Opening.tender_id == Tender.id, Opening.envelope == envelope, Opening.opened_at.is_not(None)
    )


def _evaluates(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        PanelSeat.tender_id == Tender.id,
        PanelSeat.person_id == actor.person_id,
        PanelSeat.seat == Seat.EVALUATOR,
    )


def _has_declared(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        ConflictDeclaration.tender_id == Tender.id, ConflictDeclaration.person_id == actor.person_id
    )


def _has_conflict(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        ConflictDeclaration.tender_id == Tender.id,
        ConflictDeclaration.person_id == actor.person_id,
        ConflictDeclaration.conflicted,
    )


def _has_quality() -> ColumnElement[bool]:
    return exists().where(Criterion.tender_id == Tender.id, Criterion.kind.in_(ANSWERED))


def get_tender(
    session: Session, tender_id: uuid.UUID, *conditions: ColumnElement[bool], lock: bool = False
) -> Tender:
    """The tender, if it meets conditions such as `visible_to(actor)`. Raises NotFound."""
    query = select(Tender).where(Tender.id == tender_id, *conditions)
    if lock:
        query = query.with_for_update(of=Tender, key_share=True)
    tender = session.scalars(query).one_or_none()
    if tender is None:
        raise NotFound
    return tender


def get_quote(session: Session, quote_id: uuid.UUID, *conditions: ColumnElement[bool]) -> Quote:
    """An opened quote of a tender that meets conditions such as `judged_by(actor)`. Raises NotFound."""
    query = (
        select(Quote)
        .join(Tender, Tender.id == Quote.tender_id)
        .where(Quote.id == quote_id, Quote.status.in_(AFTER_OPENING), *conditions)
    )
    quote = session.scalars(query).one_or_none()
    if quote is None:
        raise NotFound
    return quote


def tender_of(session: Session, quote_id: uuid.UUID) -> uuid.UUID:
    """The tender that a quote is for, to be locked before the quote is read. Raises NotFound."""
    tender_id = session.scalar(select(Quote.tender_id).where(Quote.id == quote_id))
    if tender_id is None:
        raise NotFound
    return tender_id


def questions(tender: Tender) -> list[Criterion]:
    """What suppliers answered and the panel judges, in the order of the criteria."""
    return [placed.criterion for placed in judged(tender.criteria)]


def get_question(tender: Tender, criterion_id: uuid.UUID) -> Criterion:
    """A quality criterion of a tender. Raises NotFound."""
    for criterion in questions(tender):
        if criterion.id == criterion_id:
            return criterion
    raise NotFound


def seat_of(session: Session, actor: Actor, tender_id: uuid.UUID) -> PanelSeat | None:
    """The actor's seat among the evaluators of a tender, if they have one."""
    query = select(PanelSeat).where(
        PanelSeat.tender_id == tender_id,
        PanelSeat.person_id == actor.person_id,
        PanelSeat.seat == Seat.EVALUATOR,
    )
    return session.scalars(query).one_or_none()


def opened_quotes(session: Session, tender_id: uuid.UUID) -> list[Quote]:
    """The opened quotes of a tender with their suppliers, by supplier's name; excluded ones too."""
    query = (
        select(Quote)
        .where(Quote.tender_id == tender_id, Quote.status.in_(AFTER_OPENING))
        .options(selectinload(Quote.supplier))
    )
    return sorted(session.scalars(query), key=lambda quote: (quote.supplier.name.lower(), quote.id))


def standing_quotes(session: Session, tender_id: uuid.UUID) -> list[Quote]:
    """The opened quotes that are still in: neither excluded nor decided about."""
    return [
        quote
        for quote in opened_quotes(session, tender_id)
        if quote.status in {QuoteStatus.OPENED, QuoteStatus.COMPLIANT}
    ]


def agreed_scores(session: Session, tender_id: uuid.UUID) -> dict[tuple[uuid.UUID, uuid.UUID], AgreedScore]:
    """The agreed scores of a tender by quote and criterion."""
    query = select(AgreedScore).join(Quote, Quote.id == AgreedScore.quote_id)
    rows = session.scalars(query.where(Quote.tender_id == tender_id))
    return {(row.quote_id, row.criterion_id): row for row in rows}


def get_comparison(session: Session, actor: Actor, tender_id: uuid.UUID) -> tuple[Tender, Comparison]:
    """A tender the actor may compare, with all its quotes side by side. Raises NotFound."""
    tender = get_tender(session, tender_id, visible_to(actor))
    return tender, comparison_of(session, tender)


def get_results(session: Session, actor: Actor, tender_id: uuid.UUID) -> tuple[Tender, Results | None]:
    """A tender the actor may compare, lot by lot where each is won on its own, else None. Raises NotFound."""
    tender = get_tender(session, tender_id, visible_to(actor))
    return tender, results_of(session, tender)


def results_of(session: Session, tender: Tender) -> Results | None:
    """The quotes for each lot of a tender whose lots are won on their own; None where they are not."""
    basis = basis_of(session, tender)
    if not basis.division.apart:
        return None
    return by_lot.compare_lots(basis, priced_quotes(session, tender.id), agreed_scores(session, tender.id))


def comparisons_by_lot(session: Session, tender: Tender) -> dict[uuid.UUID, Comparison]:
    """The comparison that decides each lot: its own, or the whole tender's where one quote wins all."""
    results = results_of(session, tender)
    if results is not None:
        return {lot.lot_id: lot.comparison for lot in results.lots}
    whole = comparison_of(session, tender)
    return {lot.lot_id: whole for lot in whole.lots}


def comparison_of(session: Session, tender: Tender) -> Comparison:
    """All quotes of a tender side by side; for who may see them, ask `get_comparison`.

    Where lots are won on their own, quotes for some of them cannot be compared so: see `results_of`.
    """
    return comparison.compare(
        basis_of(session, tender), priced_quotes(session, tender.id), agreed_scores(session, tender.id)
    )


def basis_of(session: Session, tender: Tender) -> Basis:
    """What the quotes of a tender are compared on."""
    has_dates = tender.contract_starts_on is not None and tender.contract_ends_on is not None
    return Basis(
        method=method_of(tender),
        lots=tenders.schedule(session, tender.id),
        schools=tenders.buyers(session, tender.id),
        baselines=tenders.baselines_for_term(session, tender) if has_dates else {},
        questions=questions(tender),
        asked=opened.priced_offers(session, tender.id),
        division=division_of(session, tender.id),
        placed=outline(tender.criteria),
        whole_life=whole_life_of(tender),
    )


def priced_quotes(session: Session, tender_id: uuid.UUID) -> Sequence[Quote]:
    """The quotes of a tender whose prices were to be opened, by supplier's name; excluded ones too."""
    query = (
        select(Quote)
        .where(Quote.tender_id == tender_id, Quote.status.in_({*AFTER_OPENING, QuoteStatus.SUBMITTED}))
        .options(selectinload(Quote.supplier))
    )
    return sorted(session.scalars(query), key=lambda quote: (quote.supplier.name.lower(), quote.id))


class NextStep(StrEnum):
    """The page of a tender's evaluation that a reader goes to."""

    DECLARE = "declare"
    SCORE = "score"
    MODERATE = "moderate"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Listed:
    """A tender in the list of those being evaluated, with what the reader can do there."""

    tender_id: uuid.UUID
    reference: str
    title: str
    status: TenderStatus
    closed_at: datetime | None
    next_step: NextStep

    @property
    def status_label(self) -> str:
        """The tender's status in words."""
        return STATUS_LABELS[self.status]

    @property
    def status_colour(self) -> str:
        """The colour of its tag."""
        return STATUS_COLOURS.get(self.status, "blue")


ORDERS: Mapping[str, ColumnElement[Any]] = {
    "closed": Tender.closes_at.expression,
    "title": func.lower(Tender.title),
}
LATEST_FIRST = Sorting("closed", descending=True)


def in_evaluation(actor: Actor, search: str = "", order: Sorting = LATEST_FIRST) -> Select[Tender]:
    """Tenders whose opened quotes concern this actor, by words in title or reference, sorted by ORDERS."""
    query = select(Tender).where(or_(visible_to(actor), judged_by(actor), declared_by(actor)))
    return in_order(with_words(query, search), ORDERS, order)


def with_words(query: Select[Tender], search: str) -> Select[Tender]:
    """Only tenders whose title or reference contains a text; all for a blank one."""
    if not search:
        return query
    return query.where(
        or_(
            Tender.title.icontains(search, autoescape=True),
            Tender.reference.icontains(search, autoescape=True),
        )
    )


def in_order(
    query: Select[Tender], orders: Mapping[str, ColumnElement[Any]], order: Sorting
) -> Select[Tender]:
    """Sorted by one of `orders`; tenders that are equal in it, the newest first."""
    by = orders[order.by]
    return query.order_by(by.desc() if order.descending else by.asc(), Tender.reference.desc())


def count(session: Session, query: Select[Tender]) -> int:
    """How many tenders a query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def listed(session: Session, actor: Actor, tenders_found: Sequence[Tender]) -> list[Listed]:
    """These tenders as lines of a list; each of them was found by `in_evaluation`."""
    ids = [tender.id for tender in tenders_found]

    def among(condition: ColumnElement[bool]) -> frozenset[uuid.UUID]:
        return frozenset(session.scalars(select(Tender.id).where(Tender.id.in_(ids), condition)))

    compared, judged, evaluated = among(visible_to(actor)), among(judged_by(actor)), among(_evaluates(actor))

    def step(tender_id: uuid.UUID) -> NextStep:
        if tender_id in compared:
            return NextStep.COMPARE
        if tender_id not in judged:
            return NextStep.DECLARE
        return NextStep.SCORE if tender_id in evaluated else NextStep.MODERATE

    return [
        Listed(tender.id, tender.reference, tender.title, tender.status, tender.closed_at, step(tender.id))
        for tender in tenders_found
    ]
