"""What each bidder is told, drafted from what the panel agreed. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Organisation
from marketplace.core.money import ZERO, Money
from marketplace.core.web import day, money, unit_price
from marketplace.tenders import queries as tenders
from marketplace.tenders.lots.queries import division_of
from marketplace.tenders.models import Tender
from suppliers.awards import queries as awards
from suppliers.awards.letters.content import Content, Line, Result
from suppliers.awards.letters.rules import LetterKind, withhold
from suppliers.awards.models import Award
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.assessment import agreed_answers
from suppliers.evaluation.comparison import Comparison, Offer
from suppliers.quotes import amounts, opened
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import Offer as PricedOffer
from suppliers.quotes.rules import QuoteStatus

AGAINST = "Price set against quality"
NOT_TOLD = (
    "The figure is left out: with the quality points, the confidential price could be worked out from it."
)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was compared and decided at once: all lots of a tender, or one lot (`lot` is then its name)."""

    lot: str
    comparison: Comparison
    winner_id: uuid.UUID


def decided(session: Session, tender: Tender, found: Sequence[Award]) -> list[Decided]:
    """The decisions of a tender: one where one quote wins all lots, else one for each lot."""
    results = evaluation.results_of(session, tender)
    if results is None:
        comparison = evaluation.comparison_of(session, tender)
        return [Decided("", comparison, quote_id) for quote_id in awards.winning_quotes(found)]
    of_lot = {lot.lot_id: lot for lot in results.lots}
    return [
        Decided(
            f"Lot {of_lot[award.lot_id].number}: {of_lot[award.lot_id].title}",
            of_lot[award.lot_id].comparison,
            award.quote_id,
        )
        for award in sorted(found, key=lambda one: of_lot[one.lot_id].number)
    ]


def bidders(session: Session, tender_id: uuid.UUID) -> list[Quote]:
    """The quotes whose suppliers are told: the opened ones, and withdrawn ones that were not followed."""
    opened = evaluation.opened_quotes(session, tender_id)
    in_place = {quote.supplier_id for quote in opened}
    query = (
        select(Quote)
        .where(
            Quote.tender_id == tender_id,
            Quote.status == QuoteStatus.WITHDRAWN,
            Quote.reference.is_not(None),
        )
        .order_by(Quote.withdrawn_at)
        .options(selectinload(Quote.supplier))
    )
    withdrawn = {quote.supplier_id: quote for quote in session.scalars(query)}
    gone = [quote for supplier_id, quote in withdrawn.items() if supplier_id not in in_place]
    return [*opened, *sorted(gone, key=lambda quote: (quote.supplier.name.lower(), quote.id))]


def drafts(session: Session, tender: Tender) -> dict[uuid.UUID, Content]:
    """The result of each bidder as its letter would say it now, by quote."""
    made = decided(session, tender, awards.live_awards(session, tender.id))
    if not made:
        return {}
    offers = opened.priced_offers(session, tender.id)
    return {
        quote.id: _draft(
            session, tender, quote, made, amounts_of(session, tender, offers.get(quote.id, PricedOffer()))
        )
        for quote in bidders(session, tender.id)
    }


def _draft(
    session: Session, tender: Tender, quote: Quote, made: Sequence[Decided], own_amounts: Collection[str]
) -> Content:
    compared = [one for one in made if one.comparison.offer_of(quote.id) is not None]
    won = any(one.winner_id == quote.id for one in made)
    if quote.status is QuoteStatus.WITHDRAWN:
        kind = LetterKind.WITHDRAWN
    elif won:
        kind = LetterKind.AWARD
    else:
        kind = LetterKind.UNSUCCESSFUL if compared else LetterKind.SET_ASIDE
    own: tuple[Result, ...] = ()
    if compared:
        own = tuple(
            _result(one, offer, own_amounts)
            for one in compared
            if (offer := one.comparison.offer_of(quote.id)) is not None
        )
    elif kind is LetterKind.SET_ASIDE:
        own = _judged(session, tender, quote, own_amounts)
    aside = [_why_aside(one.comparison, quote.id) for one in made]
    took_part = [
        one for one in made if one.comparison.offer_of(quote.id) or _why_aside(one.comparison, quote.id)
    ]
    others = [one for one in took_part or made if one.winner_id != quote.id]
    return Content(
        kind=kind,
        tender=tender.title,
        tender_reference=tender.reference,
        alliance=session.get_one(Organisation, tender.alliance_id).name,
        supplier=quote.supplier.name,
        reference=quote.reference or "",
        set_aside="" if compared else withhold(next(filter(None, aside), ""), own_amounts),
        own=own,
        winners=tuple(_winner(one, with_marks=bool(compared)) for one in others),
        schools=tuple(tenders.buyers(session, tender.id).values()),
    )


def _why_aside(comparison: Comparison, quote_id: uuid.UUID) -> str:
    return next((one.reason for one in comparison.set_aside if one.quote_id == quote_id), "")


def _result(one: Decided, offer: Offer, own: Collection[str]) -> Result:
    comparison = one.comparison
    return Result(
        lot=one.lot,
        supplier=offer.supplier,
        marks="" if comparison.by_value else f"{offer.marks}",
        rank=offer.rank,
        compared=len(comparison.offers),
        lines=_lines(comparison, offer, own),
        won=offer.quote_id == one.winner_id,
        said=offer.said if comparison.by_value else "",
    )


def _winner(one: Decided, *, with_marks: bool) -> Result:
    """The successful quote as others read it: no sum of money, and no marks for who was not assessed.

    Where quality was set against price, the figure is left out: with the points it gives the price away.
    """
    offer = one.comparison.offers[one.comparison.column_of(one.winner_id)]
    if not with_marks:
        return Result(one.lot, offer.supplier, "", "", 0, (), won=True)
    told = _result(one, offer, ())
    if not one.comparison.by_value:
        return told
    lines = (Line(AGAINST, "", "", f"Rank {offer.rank}. {NOT_TOLD}"), *told.lines[1:])
    return replace(told, said=f"{offer.quality_marks} of 100 quality points", lines=lines)


def _lines(comparison: Comparison, offer: Offer, own: Collection[str]) -> tuple[Line, ...]:
    price = Line("Price", "", f"{offer.price_marks} of {comparison.price_weight.normalize():f}", "")
    if comparison.by_value:
        price = Line(AGAINST, "", "", f"{comparison.measure.heading}: {offer.result}")
    return (
        price,
        *(
            Line(
                part.title,
                part.said,
                f"{part.marks} of {part.weight.normalize():f}" if part.counts else "",
                withhold(part.reason, own),
                part.is_group,
            )
            for part in offer.outline
        ),
    )


def _judged(session: Session, tender: Tender, quote: Quote, own: Collection[str]) -> tuple[Result, ...]:
    """What the panel agreed about a quote that was not compared in the end; nothing before it agreed."""
    lines = tuple(
        Line(one.title, one.score, "", withhold(one.reason, own))
        for one in agreed_answers(session, tender, quote)
        if one.score
    )
    return (Result("", quote.supplier.name, "", "", 0, lines),) if lines else ()


def amounts_of(session: Session, tender: Tender, offer: PricedOffer) -> frozenset[str]:
    """Every sum that an offer names or comes to, as people write them."""
    division = division_of(session, tender.id)
    found = {unit_price(price) for price in (*offer.prices.values(), *offer.tier_prices.values())}
    whole = ZERO
    for lot in tenders.schedule(session, tender.id):
        if any(line.id not in offer.prices for line in lot.lines):
            continue
        due = amounts.of_lot(lot, offer, amounts.start_reached(division, lot))
        of_lot = Money.total(due.values())
        whole += of_lot
        found |= {money(of_lot), *map(money, due.values())}
    return frozenset(found | {money(whole)})


def confirmation(session: Session, tender: Tender, quote: Quote, won: Sequence[Award]) -> Content:
    """The letter with which a winner is told that its quote is accepted."""
    lots = {lot.id: f"Lot {lot.number}: {lot.title}" for lot in tenders.schedule(session, tender.id)}
    due = awards.contracts_due(session, tender, won)
    buying = {one.school_id for one in due}
    schools = {key: name for key, name in tenders.buyers(session, tender.id).items() if key in buying}
    starts_on, ends_on = tender.contract_starts_on, tender.contract_ends_on
    facts = [("Lots", ", ".join(lots[award.lot_id] for award in won))] if len(lots) > 1 else []
    if starts_on and ends_on:
        facts.append(("The contracts run", f"from {day(starts_on)} to {day(ends_on)}"))
    facts.append(
        ("Value, all schools, whole term, before VAT", money(Money.total(one.amount for one in due)))
    )
    return Content(
        kind=LetterKind.CONFIRMATION,
        tender=tender.title,
        tender_reference=tender.reference,
        alliance=session.get_one(Organisation, tender.alliance_id).name,
        supplier=quote.supplier.name,
        reference=quote.reference or "",
        schools=tuple(schools.values()),
        facts=tuple(facts),
    )
