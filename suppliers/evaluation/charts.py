"""The charts of a comparison: prices side by side, and what the marks are made of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.charts import MOST_SERIES, Bar, ChartView, Stack, bar_chart, stacked_bar
from suppliers.evaluation.comparison import Comparison, Offer


@dataclass(frozen=True, slots=True)
class Charts:
    """The charts of a comparison; `marks` only where quality counts too."""

    prices: ChartView
    marks: ChartView | None


def draw(comparison: Comparison) -> Charts | None:
    """The charts of a comparison; None when there is nothing to compare."""
    if not comparison.offers:
        return None
    prices = bar_chart(
        "prices",
        "Total price of each quote",
        "One bar for each quote, in the order of their ranks; the lowest price is marked.",
        [
            Bar(offer.supplier, offer.total.pence, str(offer.total), "Lowest" if offer.is_lowest else "")
            for offer in comparison.offers
        ],
    )
    return Charts(prices, _marks(comparison) if comparison.quality_weight else None)


def _marks(comparison: Comparison) -> ChartView:
    """Marks for price and for each question; the questions that do not fit are put together.

    Where quality is set against price, the quality points alone.
    """
    titles = [marks.title for marks in comparison.offers[0].criteria if marks.counts]
    by_value = comparison.by_value
    shown = len(titles) if len(titles) < MOST_SERIES else MOST_SERIES - 2
    series = [*titles[:shown], *(["Other questions"] if shown < len(titles) else [])]
    what = "quality points" if by_value else "marks"
    return stacked_bar(
        "marks",
        f"What the {what} of each quote are made of",
        "One bar for each quote, in the order of their ranks, with a part for "
        f"{'each question' if by_value else 'price and for each question'}.",
        series if by_value else ["Price", *series],
        [
            Stack(offer.supplier, _parts(offer, shown)[by_value:], f"{offer.marks} {what}")
            for offer in comparison.offers
        ],
    )


def _parts(offer: Offer, shown: int) -> list[Decimal]:
    quality = [marks.marks for marks in offer.criteria if marks.counts]
    others = [sum(quality[shown:], Decimal(0))] if shown < len(quality) else []
    return [offer.price_marks, *quality[:shown], *others]
