"""The sentences of a comparison say what the figures say, and only that."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from marketplace.alliance.models import Organisation
from marketplace.core.money import ZERO, Money
from marketplace.tenders import formulas
from marketplace.tenders.formulas import Method
from marketplace.tenders.models import Criterion
from marketplace.tenders.queries import ScheduleLine, ScheduleLot, SchoolVolume
from marketplace.tenders.rules import BY_VALUE, CriterionKind, PriceFormula
from suppliers.evaluation import findings, sensitivity
from suppliers.evaluation.basis import Basis
from suppliers.evaluation.comparison import Comparison, compare
from suppliers.evaluation.models import AgreedScore
from suppliers.evaluation.sensitivity import Given, Sensitivity
from suppliers.profiles.models import Supplier
from suppliers.quotes.models import Quote, QuotedPrice
from suppliers.quotes.offers import Offer as PricedOffer
from suppliers.quotes.rules import QuoteStatus

OAKFIELD, LINE, LOT = (uuid.UUID(int=number) for number in (1, 2, 3))
NAMES = ("Acorn", "Bramble", "Cobnut", "Damson", "Elder")
MENUS = Criterion(
    id=uuid.UUID(int=4), kind=CriterionKind.QUALITY, title="Menus", weight=40, highest_score=5, lowest_score=0
)


def quote(place: int, price: str | None, status: QuoteStatus = QuoteStatus.COMPLIANT, why: str = "") -> Quote:
    supplier_id, quote_id = uuid.UUID(int=100 + place), uuid.UUID(int=200 + place)
    name = NAMES[place]
    supplier = Supplier(id=supplier_id, organisation=Organisation(id=supplier_id, name=name))
    prices = (
        [] if price is None else [QuotedPrice(quote_id=quote_id, line_id=LINE, unit_price=Decimal(price))]
    )
    return Quote(
        id=quote_id,
        reference=f"Q-{place}",
        supplier_id=supplier_id,
        supplier=supplier,
        status=status,
        exclusion_reason=why,
        prices=prices,
    )


def compared(
    prices: Sequence[str],
    scores: Sequence[int] | None = None,
    *,
    baseline: Money = ZERO,
    formula: PriceFormula = PriceFormula.PROPORTION_OF_LOWEST,
    others: Sequence[Quote] = (),
) -> Comparison:
    """Quotes for one unit of one line at one school, judged 60/40 where there are scores."""
    line = ScheduleLine(
        LINE, 1, "Meal", "meal", (SchoolVolume(OAKFIELD, "Oakfield", Decimal(1)),), Decimal(1)
    )
    quotes = [quote(place, price) for place, price in enumerate(prices)]
    asked = {
        one.id: PricedOffer({row.line_id: row.unit_price for row in one.prices}) for one in (*quotes, *others)
    }
    method = Method(formula, 60 if scores else 100, (40,) if scores else ())
    if formula in BY_VALUE:
        monetised = formula is PriceFormula.MONETISED
        method = Method(
            formula, 0 if monetised else 50, (100,), worth_of_a_point=Money(1_00) if monetised else None
        )
    basis = Basis(
        method,
        [ScheduleLot(LOT, 1, "Meals", "", (line,))],
        {OAKFIELD: "Oakfield"},
        {OAKFIELD: baseline},
        [MENUS] if scores else [],
        asked,
    )
    agreed = {
        (one.id, MENUS.id): AgreedScore(
            quote_id=one.id, criterion_id=MENUS.id, score=score, reason=f"Earns {score}."
        )
        for one, score in zip(quotes, scores or (), strict=False)
    }
    return compare(basis, [*quotes, *others], agreed)


def test_the_first_quote_leads_by_price_and_quality_in_words() -> None:
    said = findings.find(compared(["100", "125"], [5, 4]))
    lead, price, quality = said.why_first
    assert lead == "Acorn has 100.00 of 100 marks, 20.00 marks more than Bramble in second place."
    assert price.startswith("Its price of £100.00, the lowest of all, is £25.00 less than Bramble’s,")
    assert price.endswith("which gains it 12.00 marks.")
    assert quality.startswith(
        "For quality it has 40.00 of 40 marks, the most of all, against Bramble’s 32.00,"
    )
    assert quality.endswith("which gains it 8.00 marks.")


def test_what_the_first_quote_gives_up_is_said_too() -> None:
    said = findings.find(compared(["120", "100"], [5, 3]))
    assert (
        said.why_first[1] == "Its price of £120.00 is £20.00 more than Bramble’s, which costs it 10.00 marks."
    )


def test_equal_prices_and_equal_quality_part_nothing() -> None:
    said = findings.find(compared(["100", "100"], [5, 3]))
    assert said.why_first[1] == "Both ask £100.00, so price does not part them."
    said = findings.find(compared(["100", "125"], [4, 4]))
    assert said.why_first[2].endswith("which makes no difference to the marks.")


def test_a_loser_on_whom_the_first_place_turns_is_named() -> None:
    said = findings.find(compared(["110", "60", "115", "80"], [5, 1, 2, 3]))
    first = compared(["110", "60", "115", "80"], [5, 1, 2, 3]).offers[0].supplier
    without_bramble = compared(["110", "115", "80"], [5, 2, 3]).offers[0].supplier
    assert (first, without_bramble) == ("Acorn", "Cobnut")
    assert said.turning.startswith("Without the quote of Bramble, another would be first.")


def test_a_gap_too_small_to_show_is_not_shown_as_nothing() -> None:
    said = findings.find(compared(["100000.00", "100000.01"]))
    assert "less than 0.01 marks more" in said.why_first[0]


def test_one_quote_needs_no_reasons_and_none_has_none() -> None:
    said = findings.find(compared(["100"]))
    assert said.why_first == ("Acorn made the only quote that can be compared.",)
    assert said.turning == ""
    assert findings.find(compared([])).why_first == ()


def test_a_price_far_below_todays_spend_is_to_be_explained() -> None:
    said = findings.find(compared(["80000", "95000"], baseline=Money(100_000_00)))
    assert said.low_price.startswith(
        "Acorn asked less than £85,000.00, 15% below the £100,000.00 that schools would pay at today’s spend."
    )
    assert not findings.find(compared(["86000", "95000"], baseline=Money(100_000_00))).low_price


def test_an_unknown_spend_is_named() -> None:
    assert findings.find(compared(["100"])).baseline.startswith("Today’s spend of Oakfield is not known")
    assert not findings.find(compared(["100"], baseline=Money(1))).baseline


def test_quotes_that_cannot_be_compared_are_set_aside_with_the_reason() -> None:
    view = compared(
        ["100"],
        [4],
        others=[
            quote(1, "90", QuoteStatus.EXCLUDED, "No certificate."),
            quote(2, None),
            quote(3, "0"),
            quote(4, "95"),
        ],
    )
    assert [offer.supplier for offer in view.offers] == ["Acorn"]
    assert {one.supplier: one.reason for one in view.set_aside} == {
        "Bramble": "No certificate.",
        "Cobnut": "It has no price for 1 of 1 lines.",
        "Damson": "Its total is £0.00, which cannot be scored.",
        "Elder": "Its quality has not been scored.",
    }


@given(
    some.lists(some.tuples(some.integers(1, 10**6), some.integers(0, 5)), min_size=1, max_size=5),
    some.sampled_from([PriceFormula.PROPORTION_OF_LOWEST, PriceFormula.LINEAR_LOWEST_HIGHEST]),
)
def test_offers_stand_by_place_and_something_is_always_said(
    made: list[tuple[int, int]], formula: PriceFormula
) -> None:
    view = compared([str(price) for price, _ in made], [score for _, score in made], formula=formula)
    places = [result.place for result in view.figures.results]
    assert places == sorted(places)
    assert [offer.is_first for offer in view.offers] == [place == 1 for place in places]
    assert [offer.marks for offer in view.offers] == [
        formulas.to_two_places(result.total) for result in view.figures.results
    ]
    assert findings.find(view).why_first


# ------------------------------------------------------------------ how firm that is
def examined(
    prices: Sequence[str],
    scores: Sequence[int] | None = None,
    *,
    lowest: int = 0,
    given_by: Given | None = None,
    formula: PriceFormula = PriceFormula.PROPORTION_OF_LOWEST,
) -> Sensitivity:
    found = sensitivity.examine(compared(prices, scores, formula=formula), {MENUS.id: lowest}, given_by)
    assert found is not None
    return found


def sheet(*marks: int) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """What one evaluator gave for the menus, quote by quote."""
    return {(uuid.UUID(int=200 + place), MENUS.id): mark for place, mark in enumerate(marks)}


def test_the_weights_at_which_the_first_quote_wins_are_said_and_drawn() -> None:
    said = examined(["120", "100"], [5, 3])
    assert said.weights == (
        "Acorn wins for any price weight between 0% and 70.59%. Above 70.59% Bramble would be first."
    )
    assert said.weight == "60%"
    assert [(one.supplier, one.words, one.is_published) for one in said.ranges] == [
        ("Acorn", "0% to 70.59%", True),
        ("Bramble", "70.59% to 100%", False),
    ]
    assert said.picture is not None
    assert [entry.label for entry in said.picture.key] == ["Acorn", "Bramble"]
    assert examined(["100", "125"], [5, 4]).weights == "Acorn wins whatever the price weighs."


def test_a_single_mark_that_would_change_the_first_place_is_named() -> None:
    said = examined(["100", "110"], [4, 4])
    assert said.marks == (
        "One mark less for Acorn on “Menus” would put Bramble first.",
        "One mark more for Bramble on “Menus” would put Bramble first.",
    )
    firm = examined(["100", "200"], [4, 4])
    assert firm.marks == ("No agreed score, one mark higher or lower, would change which quote is first.",)
    assert examined(["100", "110"]).marks == ()


def test_a_mark_that_would_no_longer_pass_would_exclude_the_quote() -> None:
    assert examined(["100", "200"], [4, 4], lowest=4).marks == (
        "One mark less for Acorn on “Menus” would put Bramble first.",
    )


def test_an_evaluator_on_whom_the_first_place_turns_is_counted_but_not_named() -> None:
    one, other, third = (uuid.UUID(int=number) for number in (301, 302, 303))
    close = {one: sheet(5, 3), other: sheet(3, 4), third: sheet(4, 4)}
    said = examined(["105", "100"], [4, 4], given_by=close).evaluators
    assert said == (
        "By the average of what 3 evaluators gave before they agreed, Bramble would be first; without one "
        "of them it would be Acorn."
    )
    agreeing = {one: sheet(5, 3), other: sheet(5, 3)}
    assert examined(["105", "100"], [5, 3], given_by=agreeing).evaluators.endswith(
        "and without any one of them too."
    )
    assert not examined(["105", "100"], [5, 3], given_by={one: sheet(5, 3)}).evaluators
    assert not examined(["105", "100"], [5, 3], given_by={one: sheet(5, 3), other: sheet(5)}).evaluators


def test_who_would_be_first_without_a_losing_quote_is_named() -> None:
    assert examined(["110", "60", "115", "80"], [5, 1, 2, 3]).quotes == (
        "Without the quote of Bramble, Damson would be first.",
    )


def test_quality_counted_in_money_is_firm_up_to_what_a_point_may_be_worth() -> None:
    said = examined(["150", "120"], [5, 3], formula=PriceFormula.MONETISED)
    assert said.weights == (
        "Acorn wins for any worth of a quality point between £0.75 and £2.00. Below £0.75 Bramble would be "
        "first."
    )
    assert said.axis.published == "As published, a point is worth £1.00."
    assert [one.words for one in said.ranges] == ["£0.00 to £0.75", "£0.75 to £2.00"]
    assert said.picture is not None
    assert said.marks == (
        "One mark less for Acorn on “Menus” would put Bramble first.",
        "One mark more for Bramble on “Menus” would put Bramble first.",
    )
    found = findings.find(compared(["150", "120"], [5, 3], formula=PriceFormula.MONETISED))
    assert found.why_first[0] == (
        "Acorn has £50.00 once what its quality is worth is taken off, £10.00 less than Bramble in second "
        "place."
    )


def test_the_weighted_index_is_firm_between_the_weights_at_which_it_turns() -> None:
    said = examined(["150", "100"], [5, 3], formula=PriceFormula.WEIGHTED_VALUE_INDEX)
    assert said.weights.startswith("Acorn wins for any price weight between 0% and 55.75%.")
    equal = findings.find(compared(["100", "100"], [3, 3], formula=PriceFormula.VALUE_INDEX))
    assert equal.why_first[0] == (
        "Acorn and Bramble are equal in everything that counts, with 600,000.0000 quality points for each "
        "£1,000,000 each."
    )


def test_a_draw_or_a_quote_alone_has_no_firmness() -> None:
    assert sensitivity.examine(compared(["100"]), {}) is None
    assert sensitivity.examine(compared(["100", "100"]), {}) is None


@given(
    some.lists(some.tuples(some.integers(80, 140), some.integers(0, 5)), min_size=2, max_size=4),
    some.sampled_from(PriceFormula),
    some.integers(0, 3),
)
def test_each_single_mark_is_what_the_comparison_would_say(
    made: list[tuple[int, int]], formula: PriceFormula, lowest: int
) -> None:
    if formula is PriceFormula.CEILING_OPTIMUM:
        return
    prices, scores = [str(price) for price, _ in made], [max(score, lowest) for _, score in made]
    view = compared(prices, scores, formula=formula)
    if len(view.firsts) != 1:
        return
    named = {
        (one.supplier, one.step): one.first for one in sensitivity.one_mark_changes(view, {MENUS.id: lowest})
    }
    for place in range(len(made)):
        for step in (1, -1):
            mark = scores[place] + step
            if not 0 <= mark <= MENUS.highest_score:
                continue
            changed = [mark if at == place else score for at, score in enumerate(scores)]
            left = [at for at in range(len(made)) if at != place or mark >= lowest]
            after = compared([prices[at] for at in left], [changed[at] for at in left], formula=formula)
            firsts = {NAMES[left[NAMES.index(offer.supplier)]] for offer in after.firsts}
            said = named.get((NAMES[place], step))
            expected = firsts if firsts != {view.firsts[0].supplier} else set()
            assert set((said or "").replace(" and ", ", ").split(", ")) - {""} == expected
