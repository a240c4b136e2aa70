import itertools
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money
from marketplace.needs.rules import Joint, NeedStatus
from marketplace.tenders import rules
from marketplace.tenders.criteria.rules import CriterionDraft
from marketplace.tenders.drafting import rules as drafting
from marketplace.tenders.drafting.rules import LineDraft, LotDraft, PanelDraft, Readiness
from marketplace.tenders.rules import CriterionKind, PriceFormula, Seat, TenderStatus

ALDER, BEECH, CEDAR = (uuid.UUID(int=number) for number in (1, 2, 3))
ANN, BEN, CAT = (uuid.UUID(int=number) for number in (11, 12, 13))
NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def price(weight: int) -> CriterionDraft:
    return CriterionDraft(CriterionKind.PRICE, "Price", weight)


def quality(weight: int, question: str = "How?") -> CriterionDraft:
    return CriterionDraft(CriterionKind.QUALITY, "Menus", weight, question)


def test_every_status_can_be_reached_from_a_draft() -> None:
    reached, fresh = {TenderStatus.DRAFT}, {TenderStatus.DRAFT}
    while fresh:
        fresh = {after for before in fresh for after in rules.MOVES[before]} - reached
        reached |= fresh
    assert reached == set(TenderStatus)


def test_every_status_has_words() -> None:
    assert set(rules.STATUS_LABELS) == set(TenderStatus)


@pytest.mark.parametrize("status", [one for one in TenderStatus if not rules.MOVES[one]])
def test_a_tender_that_has_ended_moves_no_more(status: TenderStatus) -> None:
    for wanted in TenderStatus:
        with pytest.raises(RuleBroken):
            rules.move(status, wanted)


def test_a_published_tender_cannot_go_back_to_draft() -> None:
    with pytest.raises(RuleBroken, match="published"):
        rules.move(TenderStatus.PUBLISHED, TenderStatus.DRAFT)


@pytest.mark.parametrize(
    ("ceiling", "optimum", "field"),
    [(None, Money(1), "ceiling"), (Money(1), None, "optimum"), (Money(5), Money(5), "optimum")],
)
def test_the_ceiling_formula_needs_an_optimum_below_its_ceiling(
    ceiling: Money | None, optimum: Money | None, field: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        drafting.check_formula(PriceFormula.CEILING_OPTIMUM, ceiling, optimum, None)
    assert refusal.value.field == field


@pytest.mark.parametrize("steepness", [None, Decimal(0), Decimal(-1)])
def test_the_distance_from_the_lowest_price_needs_to_know_how_steep(steepness: Decimal | None) -> None:
    with pytest.raises(RuleBroken, match="how many per cent of the marks") as refusal:
        drafting.check_formula(PriceFormula.DEVIATION_FROM_LOWEST, None, None, steepness)
    assert refusal.value.field == "steepness"


def opens(person: uuid.UUID, school: uuid.UUID) -> PanelDraft:
    return PanelDraft(person, school, Seat.OPENER)


OPENERS = [opens(ANN, ALDER), opens(BEN, BEECH), opens(CAT, BEECH)]


def test_three_people_of_two_schools_are_named_to_open() -> None:
    drafting.check_panel(OPENERS, quality=False)


@pytest.mark.parametrize(
    "seats",
    [
        [],
        [opens(ANN, ALDER)],
        [opens(ANN, ALDER), opens(ANN, BEECH)],
        [opens(ANN, ALDER), opens(BEN, BEECH)],
        [opens(ANN, ALDER), opens(BEN, ALDER), opens(CAT, ALDER)],
    ],
)
def test_two_people_or_one_school_are_too_few_to_open(seats: list[PanelDraft]) -> None:
    with pytest.raises(RuleBroken) as refusal:
        drafting.check_panel(seats, quality=False)
    assert refusal.value.field == "openers"


def test_quality_needs_somebody_who_scores_it() -> None:
    with pytest.raises(RuleBroken) as refusal:
        drafting.check_panel(OPENERS, quality=True)
    assert refusal.value.field == "evaluators"


def publish(person: uuid.UUID | None, *schools: uuid.UUID) -> None:
    """Somebody who heads some schools publishes what Ann drafted and Ben asked for, led by Alder."""
    rules.check_publisher(
        person,
        drafted_by=ANN,
        asked_by=BEN,
        headteacher_of=schools,
        approving_schools=rules.approving_schools(ALDER, [ALDER, BEECH], [ALDER, BEECH, CEDAR]),
    )


def test_a_headteacher_of_another_school_in_the_tender_publishes() -> None:
    publish(CAT, BEECH)


@pytest.mark.parametrize("person", [ANN, BEN, None])
def test_who_drafted_or_asked_does_not_publish(person: uuid.UUID | None) -> None:
    with pytest.raises(Forbidden):
        publish(person, BEECH)


@pytest.mark.parametrize("schools", [[], [ALDER], [CEDAR]])
def test_the_head_of_the_lead_school_or_of_one_outside_does_not_publish(schools: list[uuid.UUID]) -> None:
    with pytest.raises(Forbidden):
        publish(CAT, *schools)


def test_where_one_school_buys_alone_any_other_member_approves() -> None:
    assert rules.approving_schools(ALDER, [ALDER], [ALDER, BEECH, CEDAR]) == {BEECH, CEDAR}


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        (NOON - timedelta(milliseconds=1), True),
        (NOON, False),
        (NOON + timedelta(milliseconds=1), False),
    ],
)
def test_quotes_are_taken_until_just_before_the_deadline(moment: datetime, taken: bool) -> None:  # noqa: FBT001
    assert rules.accepts_quotes(TenderStatus.PUBLISHED, NOON, moment) is taken


@pytest.mark.parametrize("status", [one for one in TenderStatus if one is not TenderStatus.PUBLISHED])
def test_only_a_published_tender_takes_quotes(status: TenderStatus) -> None:
    assert not rules.accepts_quotes(status, NOON, NOON - timedelta(days=1))


def test_past_its_deadline_a_tender_is_shown_as_closed_though_no_job_ran() -> None:
    assert rules.shown_status(TenderStatus.PUBLISHED, NOON, NOON) is TenderStatus.CLOSED


Pooled = tuple[uuid.UUID, str, NeedStatus, Joint]
WILLING: Pooled = (ALDER, "catering", NeedStatus.APPROVED, Joint.YES)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ((ALDER, "catering", NeedStatus.APPROVED, Joint.YES), "one need of each school"),
        ((BEECH, "cleaning", NeedStatus.APPROVED, Joint.YES), "one category"),
        ((BEECH, "catering", NeedStatus.POOLED, Joint.YES), "no other tender"),
        ((BEECH, "catering", NeedStatus.APPROVED, Joint.NO), "willing"),
    ],
)
def test_needs_that_do_not_go_together_are_refused(other: Pooled, reason: str) -> None:
    with pytest.raises(RuleBroken, match=reason) as refusal:
        rules.check_poolable([WILLING, other], "catering")
    assert refusal.value.field == "needs"


def test_a_need_of_one_school_alone_is_no_joint_tender() -> None:
    with pytest.raises(RuleBroken, match="at least two schools"):
        rules.check_poolable([WILLING], "catering")


def test_a_school_that_buys_together_under_a_condition_can_be_pooled() -> None:
    rules.check_poolable([WILLING, (BEECH, "catering", NeedStatus.APPROVED, Joint.ONLY_IF)], "catering")


@pytest.mark.parametrize(
    ("a_year", "over_term"),
    [("meals a year", "meals"), ("kWh a year", "kWh"), ("m² of floor", "m² of floor for a year")],
)
def test_units_of_a_year_become_units_of_the_term(a_year: str, over_term: str) -> None:
    assert rules.unit_over_term(a_year) == over_term


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal("-0.0001")])
def test_a_volume_is_more_than_nothing(quantity: Decimal) -> None:
    with pytest.raises(RuleBroken, match="more than 0"):
        drafting.check_volumes(LineDraft("Meal", "meal", {ALDER: quantity}), {ALDER})


def test_only_schools_that_buy_have_volumes() -> None:
    with pytest.raises(RuleBroken, match="Only schools that buy"):
        drafting.check_volumes(LineDraft("Meal", "meal", {BEECH: Decimal(1)}), {ALDER})


WHOLE = Readiness(
    lead_school_id=ALDER,
    buyers=frozenset({ALDER, BEECH}),
    lots=[LotDraft("Meals", [LineDraft("Meal", "meal", {ALDER: Decimal(1), BEECH: Decimal(2)})])],
    criteria=[price(100)],
    described=True,
    closes_at=NOON,
    has_contract_dates=True,
    names={BEECH: "Beech"},
)


def test_a_complete_draft_misses_nothing() -> None:
    assert drafting.missing(WHOLE) == []


def gaps(**changes: object) -> list[tuple[str | None, str]]:
    fields = {name: getattr(WHOLE, name) for name in Readiness.__dataclass_fields__}
    return [(gap.field, gap.message) for gap in drafting.missing(Readiness(**{**fields, **changes}))]


def test_everything_that_is_missing_is_named_with_its_part() -> None:
    found = gaps(described=False, buyers=frozenset(), lots=[], criteria=[], closes_at=None)
    parts = [part for part, _ in found]
    assert list(dict.fromkeys(parts)) == ["basics", "buyers", "lots", "criteria", "timetable"]


def test_a_school_without_a_volume_is_named() -> None:
    lots = [LotDraft("Meals", [LineDraft("Meal", "meal", {ALDER: Decimal(1)})])]
    assert gaps(lots=lots) == [("lots", "Beech has no volume on any price line.")]


def test_a_lead_school_that_does_not_buy_is_missing() -> None:
    assert gaps(lead_school_id=CEDAR)[0][0] == "buyers"


def test_every_pair_of_buyers_that_share_a_tender_has_a_school_that_approves() -> None:
    for lead, other in itertools.permutations([ALDER, BEECH, CEDAR], 2):
        assert rules.approving_schools(lead, [lead, other], [ALDER, BEECH, CEDAR]) == {other}
