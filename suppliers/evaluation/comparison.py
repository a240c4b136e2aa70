"""All quotes of a tender side by side, as frozen views: everything is worked out here, templates only show.

Amounts are before VAT and over the whole term. Marks, and figures that set quality against price, are
shown rounded; who is first was decided on the exact fractions.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from marketplace.core.money import ZERO, Money
from marketplace.tenders import formulas
from marketplace.tenders.formulas import Candidate, Method, Result
from marketplace.tenders.measures import Measure, figure_of, measure_of
from marketplace.tenders.queries import ScheduleLine, ScheduleLot
from marketplace.tenders.whole_life import Cost
from suppliers.evaluation import marks, rules
from suppliers.evaluation.basis import Agreed, Basis, Priced, price_quote
from suppliers.evaluation.marks import CriterionMarks
from suppliers.evaluation.rules import LowPriceTest, Saving
from suppliers.quotes import amounts
from suppliers.quotes.models import Quote
from suppliers.quotes.offers import lot_total
from suppliers.quotes.rules import QuoteStatus

Amount = TypeVar("Amount", Money, Decimal)


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote that is compared. `rank` reads "1", or "1=" when it is shared.

    `marks` are of 100; where quality is set against price, they are its quality points. `result` is what it
    is ranked by, as shown, `said` the same in words, and `cell` as a number, None where there is none.
    `judged` is the price that counts: the whole-life cost where the tender counts the years, else the total.
    `criteria` are the questions alone, `outline` the same with the sub-total of each group before its parts.
    """

    quote_id: uuid.UUID
    reference: str
    supplier_id: uuid.UUID
    supplier: str
    total: Money
    is_lowest: bool
    price_marks: Decimal
    quality_marks: Decimal
    marks: Decimal
    rank: str
    is_first: bool
    criteria: tuple[CriterionMarks, ...]
    outline: tuple[CriterionMarks, ...]
    saving: Saving | None
    is_abnormally_low: bool
    result: str
    said: str
    cell: Money | Decimal | None
    judged: Money
    is_lowest_judged: bool
    whole_life: Cost | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A quote that is not compared, and why."""

    quote_id: uuid.UUID
    reference: str
    supplier: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one quote asks for one thing. `is_lowest` where others ask more; a unit price only for lines."""

    amount: Money
    is_lowest: bool
    unit_price: Decimal | None = None
    saving: Saving | None = None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A price line with each quote's price, in the order of the offers. `quantity` is all schools' units."""

    number: int
    item: str
    unit: str
    quantity: Decimal
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TierRow:
    """What a lot would cost at the prices of one tier, by quote; `is_reached` when every school buys."""

    begins: str
    is_reached: bool
    totals: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class LotTable:
    """A lot: its lines and its total, by quote. `tiers` is empty where there is one price."""

    lot_id: uuid.UUID
    number: int
    title: str
    lines: tuple[LineRow, ...]
    totals: tuple[Cell, ...]
    tiers: tuple[TierRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """What one school would pay under each quote. `baseline` is None when its spend today is not known."""

    school_id: uuid.UUID
    school: str
    baseline: Money | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The exact figures behind a comparison, in the order of its offers."""

    method: Method
    candidates: tuple[Candidate, ...]
    results: tuple[Result, ...]
    low_price: LowPriceTest | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All opened quotes of a tender. Offers stand in the order of their places, then by supplier.

    `baseline` is what all schools would pay at what they pay today; None unless known for each.
    """

    offers: tuple[Offer, ...]
    set_aside: tuple[SetAside, ...]
    lots: tuple[LotTable, ...]
    schools: tuple[SchoolRow, ...]
    baseline: Money | None
    figures: Figures

    @property
    def price_weight(self) -> Decimal:
        """The marks that price can earn, as shown."""
        return formulas.to_two_places(Fraction(self.figures.method.price_weight))

    @property
    def quality_weight(self) -> Decimal:
        """The marks that all quality questions together can earn, as shown."""
        return formulas.to_two_places(Fraction(sum(self.figures.method.quality_weights)))

    @property
    def by_value(self) -> bool:
        """Is quality set against price, instead of marks being added for each?"""
        return self.figures.method.by_value

    @property
    def measure(self) -> Measure:
        """What quotes are ranked by."""
        return measure_of(self.figures.method)

    @property
    def by_whole_life(self) -> bool:
        """Are quotes judged by their whole-life cost, and not by their total price?"""
        return any(offer.whole_life for offer in self.offers)

    @property
    def firsts(self) -> tuple[Offer, ...]:
        """The offer in first place; several when even the tie-break cannot part them."""
        return tuple(offer for offer in self.offers if offer.is_first)

    @property
    def unknown_baselines(self) -> tuple[str, ...]:
        """The schools whose spend today is not known."""
        return tuple(row.school for row in self.schools if row.baseline is None)

    @property
    def has_tiers(self) -> bool:
        """Do prices of any lot fall with the schools or units that are bought?"""
        return any(lot.tiers for lot in self.lots)

    def offer_of(self, quote_id: uuid.UUID) -> Offer | None:
        """The offer of a quote, if it is compared."""
        return next((offer for offer in self.offers if offer.quote_id == quote_id), None)

    def column_of(self, quote_id: uuid.UUID) -> int:
        """Where a quote stands among the offers. Raises ValueError when it is not compared."""
        return [offer.quote_id for offer in self.offers].index(quote_id)

    def paid_by_school(self, quote_id: uuid.UUID) -> dict[uuid.UUID, Money]:
        """What each school pays under a quote. Raises ValueError when it is not compared."""
        column = self.column_of(quote_id)
        return {row.school_id: row.cells[column].amount for row in self.schools}


def compare(basis: Basis, quotes: Sequence[Quote], agreed: Agreed) -> Comparison:
    """Put the opened quotes of a tender side by side."""
    set_aside = tuple(
        SetAside(quote.id, quote.reference or "", quote.supplier.name, why)
        for quote in quotes
        if (why := _why_not(quote, basis, agreed))
    )
    left_out = {quote.quote_id for quote in set_aside}
    priced = _in_order(
        basis, [price_quote(quote, basis) for quote in quotes if quote.id not in left_out], agreed
    )
    candidates = [_candidate(quote, basis, agreed) for quote in priced]
    rows = _school_rows(basis, priced)
    known = bool(rows) and all(row.baseline is not None for row in rows)
    baseline = Money.total(row.baseline for row in rows if row.baseline) if known else None
    figures = Figures(
        basis.method,
        tuple(candidates),
        tuple(formulas.assess(basis.method, candidates)),
        rules.abnormally_low([quote.total for quote in priced], baseline),
    )
    return Comparison(
        offers=_offers(basis, priced, figures, baseline, agreed),
        set_aside=set_aside,
        lots=tuple(_lot_table(basis, lot, priced) for lot in basis.lots),
        schools=rows,
        baseline=baseline,
        figures=figures,
    )


def _in_order(basis: Basis, priced: Sequence[Priced], agreed: Agreed) -> list[Priced]:
    """The quotes by place, then by supplier."""
    results = formulas.assess(basis.method, [_candidate(quote, basis, agreed) for quote in priced])
    together = zip(results, priced, strict=True)
    ordered = sorted(together, key=lambda pair: (pair[0].place, pair[1].quote.supplier.name.lower()))
    return [quote for _, quote in ordered]


def _why_not(quote: Quote, basis: Basis, agreed: Agreed) -> str:
    """Why a quote cannot be compared; "" when it can."""
    if quote.exclusion_reason or quote.status is QuoteStatus.EXCLUDED:
        return quote.exclusion_reason
    if quote.status is QuoteStatus.SUBMITTED:
        return "Its prices could not be opened."
    prices = basis.prices_of(quote)
    missing = sum(price is None for price in prices.values())
    if missing:
        return f"It has no price for {missing} of {len(prices)} lines."
    if price_quote(quote, basis).total.pence <= 0:
        return "Its total is £0.00, which cannot be scored."
    if any((quote.id, question.id) not in agreed for question in basis.questions):
        return "Its quality has not been scored."
    return ""


def _candidate(priced: Priced, basis: Basis, agreed: Agreed) -> Candidate:
    shares = (
        Fraction(agreed[priced.quote.id, question.id].score, question.highest_score)
        for question in basis.questions
    )
    return Candidate(priced.judged, tuple(shares))


def _offers(
    basis: Basis, priced: Sequence[Priced], figures: Figures, baseline: Money | None, agreed: Agreed
) -> tuple[Offer, ...]:
    lowest = _lowest([quote.total for quote in priced])
    cheapest = _lowest([quote.judged for quote in priced])
    measure = measure_of(basis.method)
    ranks = [result.rank for result in figures.results]
    flags = figures.low_price.flags if figures.low_price else (False,) * len(priced)
    return tuple(
        Offer(
            quote_id=quote.quote.id,
            reference=quote.quote.reference or "",
            supplier_id=quote.quote.supplier_id,
            supplier=quote.quote.supplier.name,
            total=quote.total,
            is_lowest=quote.total == lowest,
            price_marks=formulas.to_two_places(result.price_marks),
            quality_marks=formulas.to_two_places(sum(result.quality_marks, Fraction(0))),
            marks=formulas.to_two_places(sum(result.quality_marks, result.price_marks)),
            rank=f"{result.rank}=" if ranks.count(result.rank) > 1 else str(result.rank),
            is_first=result.place == 1,
            criteria=(
                earned := marks.by_question(
                    basis.questions,
                    basis.placed,
                    basis.method.quality_weights,
                    result.quality_marks,
                    {question.id: agreed[quote.quote.id, question.id] for question in basis.questions},
                )
            ),
            outline=marks.with_groups(basis.placed, earned),
            saving=Saving(baseline, quote.total) if baseline is not None else None,
            is_abnormally_low=low,
            result=measure.shown(figure := figure_of(basis.method, result)),
            said=measure.said(figure),
            cell=measure.cell(figure),
            judged=quote.judged,
            is_lowest_judged=quote.judged == cheapest,
            whole_life=quote.whole_life,
        )
        for quote, result, low in zip(priced, figures.results, flags, strict=True)
    )


def _lot_table(basis: Basis, lot: ScheduleLot, priced: Sequence[Priced]) -> LotTable:
    return LotTable(
        lot.id,
        lot.number,
        lot.title,
        tuple(_line_row(line, priced) for line in lot.lines),
        _cells([Money.total(quote.by_line[line.id] for line in lot.lines) for quote in priced]),
        tuple(_tier_rows(basis, lot, priced)),
    )


def _tier_rows(basis: Basis, lot: ScheduleLot, priced: Sequence[Priced]) -> Iterator[TierRow]:
    """The lot at the prices of each tier, where there are several."""
    starts = basis.division.begins(lot.id)
    reached = amounts.start_reached(basis.division, lot)
    for start in starts if len(starts) > 1 else ():
        totals = [lot_total(lot, basis.asked[quote.quote.id], start) for quote in priced]
        yield TierRow(basis.division.start_in_words(lot.id, start), start == reached, _cells(totals))


def _line_row(line: ScheduleLine, priced: Sequence[Priced]) -> LineRow:
    unit_prices = [quote.unit_prices[line.id] for quote in priced]
    lowest = _lowest(unit_prices)
    cells = tuple(
        Cell(quote.by_line[line.id], unit_price == lowest, unit_price)
        for quote, unit_price in zip(priced, unit_prices, strict=True)
    )
    return LineRow(line.number, line.item, line.unit, line.total, cells)


def _school_rows(basis: Basis, priced: Sequence[Priced]) -> tuple[SchoolRow, ...]:
    return tuple(
        SchoolRow(
            school_id,
            name,
            baseline := basis.baselines.get(school_id) or None,
            _cells([quote.by_school.get(school_id, ZERO) for quote in priced], baseline),
        )
        for school_id, name in basis.schools.items()
    )


def _cells(amounts: Sequence[Money], baseline: Money | None = None) -> tuple[Cell, ...]:
    lowest = _lowest(amounts)
    return tuple(
        Cell(amount, amount == lowest, saving=Saving(baseline, amount) if baseline is not None else None)
        for amount in amounts
    )


def _lowest(amounts: Sequence[Amount]) -> Amount | None:
    """The lowest of several, to be marked; None when there is nothing to tell apart."""
    return min(amounts) if len(set(amounts)) > 1 else None
