"""What a comparison shows, in sentences: why a quote is first, and what to ask about.

How firm that is stands in `sensitivity`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from marketplace.core.money import Money
from marketplace.core.web import plain_number
from marketplace.tenders import formulas
from suppliers.evaluation.comparison import Comparison, Offer
from suppliers.evaluation.rules import LowPriceTest


@dataclass(frozen=True, slots=True)
class Findings:
    """The sentences of a comparison, each ready to be read. Blank or empty where there is nothing to say."""

    why_first: tuple[str, ...]
    turning: str
    low_price: str
    baseline: str


def find(
    comparison: Comparison, accepted: Collection[uuid.UUID] = (), asked: Collection[uuid.UUID] = ()
) -> Findings:
    """Everything worth saying about a comparison; nothing more of low prices that the panel accepted.

    `asked` are the quotes whose suppliers were asked to explain their price.
    """
    return Findings(
        why_first=tuple(_why_first(comparison)),
        turning=_turning(comparison),
        low_price=_low_price(comparison, accepted, asked),
        baseline=_baseline(comparison),
    )


def _why_first(comparison: Comparison) -> Sequence[str]:
    firsts = comparison.firsts
    if not firsts:
        return ()
    first = firsts[0]
    if len(comparison.offers) == 1:
        return (f"{first.supplier} made the only quote that can be compared.",)
    if len(firsts) > 1:
        names = _listed([offer.supplier for offer in firsts])
        equal = f"{names} are equal in everything that counts, with {first.said} each."
        return (equal, "Draw lots before a witness and write down who drew.")
    second = comparison.offers[1]
    return (_by_how_much(comparison, first, second), *_by_what(comparison, first, second))


def _by_how_much(comparison: Comparison, first: Offer, second: Offer) -> str:
    results = comparison.figures.results
    gap = results[0].total - results[1].total
    if not gap:
        return (
            f"{first.supplier} and {second.supplier} both have {first.said}. "
            f"The published tie-break puts {first.supplier} first: {_tie_broken_by(comparison)}."
        )
    if comparison.by_value:
        return (
            f"{first.supplier} has {first.said}{_further(comparison)} than {second.supplier} in second place."
        )
    return (
        f"{first.supplier} has {first.marks} of 100 marks, {_marks(gap)} more than "
        f"{second.supplier} in second place."
    )


def _further(comparison: Comparison) -> str:
    """By how much the first figure is better than the second; "" is never the end of a sentence."""
    first, second = (one.figure for one in comparison.figures.results[:2])
    measure = comparison.measure
    if first is None or second is None:
        return ", more"
    return f", {measure.apart(first - second)} {'less' if measure.lowest_wins else 'more'}"


def _tie_broken_by(comparison: Comparison) -> str:
    one, other = comparison.figures.candidates[:2]
    weights = comparison.figures.method.quality_weights
    if weights:
        heaviest = max(range(len(weights)), key=lambda at: (weights[at], -at))
        if one.quality[heaviest] != other.quality[heaviest]:
            return f"it did better on “{comparison.offers[0].criteria[heaviest].title}”, which weighs most"
    if one.price != other.price:
        return "its price is lower"
    return "it did better on the other questions"


def _by_what(comparison: Comparison, first: Offer, second: Offer) -> Sequence[str]:
    """How the price and the quality of the first quote compare with the second's."""
    results = comparison.figures.results
    if comparison.by_value:
        return _both_sentences(comparison, first, second)
    price = _price_sentence(first, second, results[0].price_marks - results[1].price_marks)
    if not comparison.quality_weight:
        return (price,)
    gap = sum(results[0].quality_marks, Fraction(0)) - sum(results[1].quality_marks, Fraction(0))
    return (price, _quality_sentence(comparison, first, second, gap))


def _both_sentences(comparison: Comparison, first: Offer, second: Offer) -> Sequence[str]:
    """Price and quality of two quotes, where the formula does not take them apart."""
    difference = Money(abs(first.judged.pence - second.judged.pence))
    lowest = ", the lowest of all," if first.is_lowest_judged else ""
    side = "less" if first.judged < second.judged else "more"
    most = max(offer.quality_marks for offer in comparison.offers)
    best = ", the most of all," if first.quality_marks == most else ""
    price = f"Its {_price(first)} of {first.judged}{lowest} is {difference} {side} than {second.supplier}’s."
    quality = (
        f"For quality it has {first.quality_marks} of 100 points{best} against {second.supplier}’s "
        f"{second.quality_marks}."
    )
    return (price if difference else f"{_both(first)} {first.judged}.", quality)


def _price(offer: Offer) -> str:
    """What its judged price is called."""
    return "whole-life cost" if offer.whole_life else "price"


def _both(offer: Offer) -> str:
    return "The whole-life cost of both is" if offer.whole_life else "Both ask"


def _price_sentence(first: Offer, second: Offer, gap: Fraction) -> str:
    difference = Money(abs(first.judged.pence - second.judged.pence))
    lowest = ", the lowest of all," if first.is_lowest_judged else ""
    if not difference:
        return f"{_both(first)} {first.judged}, so price does not part them."
    side = "less" if first.judged < second.judged else "more"
    return (
        f"Its {_price(first)} of {first.judged}{lowest} is {difference} {side} than {second.supplier}’s, "
        f"which {_gains(gap)}."
    )


def _quality_sentence(comparison: Comparison, first: Offer, second: Offer, gap: Fraction) -> str:
    most = max(offer.quality_marks for offer in comparison.offers)
    best = ", the most of all," if first.quality_marks == most else ""
    return (
        f"For quality it has {first.quality_marks} of {plain_number(comparison.quality_weight)} marks{best} "
        f"against {second.supplier}’s {second.quality_marks}, which {_gains(gap)}."
    )


def _gains(gap: Fraction) -> str:
    if not gap:
        return "makes no difference to the marks"
    return f"gains it {_marks(gap)}" if gap > 0 else f"costs it {_marks(-gap)}"


def _marks(gap: Fraction) -> str:
    shown = formulas.to_two_places(gap)
    if not shown:
        return "less than 0.01 marks"
    return f"{shown} marks"


def _turning(comparison: Comparison) -> str:
    """Whether the winner turns on a losing quote, as it can under formulas that compare prices."""
    offers = comparison.offers
    if len(comparison.firsts) != 1 or len(offers) == 1:
        return ""
    turning = formulas.winner_turns_on(comparison.figures.method, comparison.figures.candidates)
    if not turning:
        return "Leaving out any one of the other quotes would not change which is first."
    names = _listed([offers[at].supplier for at in turning], "or")
    return (
        f"Without the quote of {names}, another would be first. The published formula compares prices with "
        "one another, so this can happen; it is no ground to set a quote aside."
    )


def _low_price(comparison: Comparison, accepted: Collection[uuid.UUID], asked: Collection[uuid.UUID]) -> str:
    """What the test for abnormally low prices compared, where it flagged something."""
    test = comparison.figures.low_price
    low = [offer for offer in comparison.offers if offer.is_abnormally_low and offer.quote_id not in accepted]
    if test is None or not low:
        return ""
    names = _listed([offer.supplier for offer in low])
    found = f"{names} asked less than {_pounds(test.threshold)}, {_threshold_in_words(test)}."
    if all(offer.quote_id in asked for offer in low):
        return (
            f"{found} An explanation was asked for: no award is recommended before the panel concludes on it."
        )
    return (
        f"{found} Ask the supplier in writing to explain the price before you recommend it: choose the quote "
        "in the ranking. A low price is no ground to exclude a quote by itself: exclude it only if the "
        "answer does not show that the supplier can do the work for it."
    )


def _threshold_in_words(test: LowPriceTest) -> str:
    if test.against_baseline:
        return f"15% below the {_pounds(test.average)} that schools would pay at today’s spend"
    return f"15% below the average of all quotes but the highest ({_pounds(test.average)})"


def _pounds(pence: Fraction) -> str:
    return str(Money(int(formulas.to_two_places(pence / 100) * Decimal(100))))


def _baseline(comparison: Comparison) -> str:
    unknown = comparison.unknown_baselines
    if not unknown:
        return ""
    return f"Today’s spend of {_listed(unknown)} is not known, so no saving in total is shown."


def _listed(names: Sequence[str], word: str = "and") -> str:
    if len(names) < 2:  # noqa: PLR2004  # one name needs no comma
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
