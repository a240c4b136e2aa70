"""How firm a result is: at which weights, marks, evaluators and quotes another would have been first.

Everything is asked of the exact figures of a comparison; nothing here decides anything. What evaluators
gave before they agreed is asked by its average, since nobody knows what the others would have agreed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from marketplace.core.charts import MOST_SERIES, ChartView, Stack, stacked_bar
from marketplace.core.money import Money
from marketplace.core.web import plain_number
from marketplace.tenders import formulas
from marketplace.tenders.criteria.rules import EVEN_HANDED
from marketplace.tenders.formulas import FULL_MARKS, Candidate, Method
from suppliers.evaluation import rules
from suppliers.evaluation.comparison import Comparison

FEWEST_TO_COMPARE = 2
MOST_MARKS_NAMED = 6
Given = Mapping[uuid.UUID, Mapping[tuple[uuid.UUID, uuid.UUID], int]]
"""What each evaluator gave, by quote and question."""


@dataclass(frozen=True, slots=True)
class WeightRange:
    """From where to where on the axis a supplier is first; exact shares of its length, and in `words`."""

    supplier: str
    start: Fraction
    end: Fraction
    is_published: bool
    words: str


@dataclass(frozen=True, slots=True)
class Axis:
    """What is turned to see who would be first: the weight of the price, or what a quality point is worth.

    `own` is the share of its length at which the published method stands; `top` is where it ends, in pence
    for a sum, None for per cent.
    """

    heading: str
    phrase: str
    own: Fraction
    published: str
    top: int | None = None

    def said(self, share: Fraction) -> str:
        """A place on it, as shown: "34%", "£812.50"."""
        if self.top is None:
            return percent(share * FULL_MARKS)
        return str(Money(int(formulas.rounded(share * self.top, Decimal(1)))))


def axis_of(method: Method) -> Axis:
    """What of a method is turned. Weights of the price of a point are those of the weighted value index."""
    if method.worth_of_a_point is not None:
        worth = method.worth_of_a_point
        said = f"As published, a point is worth {worth}."
        return Axis(
            "Worth of a quality point", "worth of a quality point", Fraction(1, 2), said, 2 * worth.pence
        )
    own = Fraction(method.price_weight) / FULL_MARKS
    said = f"The published weight is {percent(Fraction(method.price_weight))}."
    if method.formula in EVEN_HANDED:
        said = f"{said} Other weights are those of the weighted value index."
    return Axis("Price weight", "price weight", own, said)


@dataclass(frozen=True, slots=True)
class OneMark:
    """An agreed score that, one mark higher or lower, would put another quote first."""

    supplier: str
    question: str
    step: int
    first: str

    @property
    def words(self) -> str:
        """What would happen, in a sentence."""
        more = "more" if self.step > 0 else "less"
        return f"One mark {more} for {self.supplier} on “{self.question}” would put {self.first} first."


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What would change who is first, ready to be shown. Blank or empty where there is nothing to say.

    `axis` is what is turned, `weight` where it stands as published; `weights` says where else the first
    quote wins, and `picture` shows it; None where quality does not count, or there are too many ranges.
    """

    ranges: tuple[WeightRange, ...]
    axis: Axis
    weight: str
    weights: str
    marks: tuple[str, ...]
    evaluators: str
    quotes: tuple[str, ...]
    picture: ChartView | None


def examine(
    comparison: Comparison,
    lowest: Mapping[uuid.UUID, int],
    given: Given | None = None,
    *,
    name: str = "weights",
) -> Sensitivity | None:
    """How firm the first place of a comparison is; None where nobody is alone in it, or nobody else quoted.

    `lowest` are the marks that pass, by question; `given` what each evaluator gave before they agreed.
    `name` is the picture's, unique on its page.
    """
    if len(comparison.firsts) != 1 or len(comparison.offers) < FEWEST_TO_COMPARE:
        return None
    ranges = weight_ranges(comparison)
    axis = axis_of(comparison.figures.method)
    return Sensitivity(
        ranges=ranges,
        axis=axis,
        weight=axis.said(axis.own),
        weights=_weights(axis, ranges),
        marks=_marks(comparison, lowest),
        evaluators=_evaluators(comparison, given or {}),
        quotes=_quotes(comparison),
        picture=_picture(axis, ranges, name),
    )


def percent(share: Fraction) -> str:
    """A share of 100 as it is shown: at most two places, no needless zeros."""
    return f"{plain_number(formulas.to_two_places(share))}%"


def weight_ranges(comparison: Comparison) -> tuple[WeightRange, ...]:
    """Who would be first where on the axis, questions keeping their proportions."""
    figures = comparison.figures
    axis = axis_of(figures.method)
    return tuple(
        WeightRange(
            comparison.offers[lead.leader].supplier,
            lead.start,
            lead.end,
            lead.leader == 0 and lead.start <= axis.own <= lead.end,
            f"{axis.said(lead.start)} to {axis.said(lead.end)}",
        )
        for lead in rules.leads(figures.method, figures.candidates)
    )


def _weights(axis: Axis, ranges: Sequence[WeightRange]) -> str:
    """Where the first quote wins, and the smallest change of the weight that would make another first."""
    at = next((place for place, one in enumerate(ranges) if one.is_published), None)
    if at is None:
        return ""
    own = ranges[at]
    if len(ranges) == 1:
        if axis.top is not None:
            return f"{own.supplier} wins whatever a point is worth, up to {axis.said(own.end)}."
        return f"{own.supplier} wins whatever the price weighs."
    start, end = axis.said(own.start), axis.said(own.end)
    before = f" Below {start} {ranges[at - 1].supplier} would be first." if at else ""
    after = f" Above {end} {ranges[at + 1].supplier} would be first." if at + 1 < len(ranges) else ""
    return f"{own.supplier} wins for any {axis.phrase} between {start} and {end}.{before}{after}"


def _picture(axis: Axis, ranges: Sequence[WeightRange], name: str) -> ChartView | None:
    if not 1 < len(ranges) <= MOST_SERIES:
        return None
    start, end = ranges[0].start, ranges[-1].end
    return stacked_bar(
        name,
        f"Who would be first at which {axis.phrase}",
        f"One bar from a {axis.phrase} of {axis.said(start)} at its left to {axis.said(end)} at its right, "
        "with a part for each supplier that would be first there.",
        [one.supplier for one in ranges],
        [
            Stack(
                f"{axis.heading} {axis.said(start)}",
                [formulas.to_two_places((one.end - one.start) * FULL_MARKS) for one in ranges],
                axis.said(end),
            )
        ],
    )


# ------------------------------------------------------------------ one mark more or less
def one_mark_changes(comparison: Comparison, lowest: Mapping[uuid.UUID, int]) -> list[OneMark]:
    """The agreed scores of which one mark more or less would put another quote first.

    A mark less that no longer passes would exclude the quote.
    """
    found = []
    for at, offer in enumerate(comparison.offers):
        for place, criterion in enumerate(offer.criteria):
            for step in (1, -1):
                if not criterion.counts or not 0 <= criterion.score + step <= criterion.highest:
                    continue
                fails = criterion.score + step < lowest.get(criterion.criterion_id, 0)
                first = _first_after(comparison, at, place, Fraction(step, criterion.highest), fails=fails)
                if first:
                    found.append(OneMark(offer.supplier, criterion.title, step, first))
    return found


def _first_after(comparison: Comparison, at: int, place: int, change: Fraction, *, fails: bool) -> str:
    """Who would be first instead if one answer were so much better; "" where it stays the same quote."""
    figures = comparison.figures
    gain = change * figures.method.quality_weights[place]
    lead = figures.results[0].total - figures.results[1 if at == 0 else at].total
    if not figures.method.by_value and not fails and (gain < lead if at else gain > -lead):
        return ""
    candidates = list(figures.candidates)
    quality = list(candidates[at].quality)
    quality[place] += change
    candidates[at] = replace(candidates[at], quality=tuple(quality))
    return _other_first(comparison, candidates, without=at if fails else None)


def _other_first(comparison: Comparison, candidates: Sequence[Candidate], without: int | None = None) -> str:
    """Who would be first of these candidates, if that is not the quote that is; "" if it is."""
    places = [at for at in range(len(candidates)) if at != without]
    firsts = formulas.firsts(formulas.assess(comparison.figures.method, [candidates[at] for at in places]))
    found = [places[at] for at in firsts]
    return "" if found == [0] else listed(comparison.offers[at].supplier for at in found)


def _marks(comparison: Comparison, lowest: Mapping[uuid.UUID, int]) -> tuple[str, ...]:
    if not comparison.quality_weight:
        return ()
    found = [one.words for one in one_mark_changes(comparison, lowest)]
    if not found:
        return ("No agreed score, one mark higher or lower, would change which quote is first.",)
    more = len(found) - MOST_MARKS_NAMED
    return (*found[:MOST_MARKS_NAMED], *([f"So would {more} other single marks."] if more > 0 else []))


# ------------------------------------------------------------------ without an evaluator
def _evaluators(comparison: Comparison, given: Given) -> str:
    """Whether one evaluator decided, by the average of what they gave before they agreed."""
    if len(given) < FEWEST_TO_COMPARE or not comparison.quality_weight:
        return ""
    if not all(_is_complete(comparison, marks) for marks in given.values()):
        return ""
    everybody = _first_by_average(comparison, given.values())
    others = [
        first
        for left_out in given
        if (first := _first_by_average(comparison, [one for who, one in given.items() if who != left_out]))
        != everybody
    ]
    start = f"By the average of what {len(given)} evaluators gave before they agreed, {everybody} would be"
    if not others:
        return f"{start} first, and without any one of them too."
    return f"{start} first; without one of them it would be {listed(sorted(set(others)), 'or')}."


def _is_complete(comparison: Comparison, marks: Mapping[tuple[uuid.UUID, uuid.UUID], int]) -> bool:
    return all(
        (offer.quote_id, one.criterion_id) in marks for offer in comparison.offers for one in offer.criteria
    )


def _first_by_average(
    comparison: Comparison, given: Iterable[Mapping[tuple[uuid.UUID, uuid.UUID], int]]
) -> str:
    sheets = list(given)
    candidates = [
        replace(
            candidate,
            quality=tuple(
                Fraction(
                    sum(sheet[offer.quote_id, one.criterion_id] for sheet in sheets),
                    len(sheets) * one.highest,
                )
                for one in offer.criteria
            ),
        )
        for offer, candidate in zip(comparison.offers, comparison.figures.candidates, strict=True)
    ]
    firsts = formulas.firsts(formulas.assess(comparison.figures.method, candidates))
    return listed(comparison.offers[at].supplier for at in firsts)


# ------------------------------------------------------------------ without a quote
def _quotes(comparison: Comparison) -> tuple[str, ...]:
    """The losing quotes without which another would be first, each with that other."""
    candidates = comparison.figures.candidates
    return tuple(
        f"Without the quote of {offer.supplier}, {first} would be first."
        for at, offer in enumerate(comparison.offers)
        if at and (first := _other_first(comparison, candidates, without=at))
    )


def listed(names: Iterable[str], word: str = "and") -> str:
    """Names as a sentence has them."""
    found = list(names)
    return f" {word} ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)
