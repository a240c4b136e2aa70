"""Lots that are won on their own go to several suppliers: combined, recommended, accepted, approved."""

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import Money
from marketplace.core.policy import Role
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import actions as awards
from suppliers.awards import bought
from suppliers.awards.combining import actions, jobs, queries, rules, shown, solving
from suppliers.awards.combining.models import CombinationRun
from suppliers.awards.combining.rules import Kind, LotRecommendation, State, Worked
from suppliers.awards.queries import live_awards
from suppliers.awards.waiving.actions import waive_worse_price
from suppliers.awards.waiving.queries import standings
from suppliers.evaluation.actions import exclude_quote
from suppliers.quotes.rules import QuoteStatus
from tests import make

pytestmark = pytest.mark.usefixtures("app")
REASONS = "The least sum for all schools, worked out and proven."


def contest(
    *prices: dict[int, tuple[str, ...]],
    divided: make.Divided | None = None,
    discounts: tuple[dict[str, str], ...] = (),
    volumes: tuple[int, ...] = (1_000, 1_000, 1_000),
    spend: Money = make.YEARLY_BASELINE,
) -> make.Contest:
    """Two schools buy lots of these volumes; each of `prices` is a quote's, by lot."""
    schools = make.alliance(schools=2)
    tender = make.published_tender(
        schools,
        lots=[
            make.lot(f"Lot {number}", {("Meal", "meal"): volume}, schools.schools)
            for number, volume in enumerate(volumes, start=1)
        ],
        criteria=make.PRICE_ONLY,
        divided=divided or make.Divided(),
        baselines={school.id: spend for school in schools.schools},
    )
    offers = [
        make.lot_offer(tender, own, discounts[at] if at < len(discounts) else None)
        for at, own in enumerate(prices)
    ]
    return make.contest_of(tender, offers)


def work_out(found: make.Contest, seconds: int = 10) -> Worked:
    run_id = new_id()
    actions.ask_for_combinations(found.coordinator, found.tender.id, run_id, seconds)
    jobs.work_out_waiting()
    run = make.fresh().get_one(CombinationRun, run_id)
    assert run.result
    return Worked.read(run.result)


def by_lot(found: make.Contest, *places: int | None) -> dict[uuid.UUID, uuid.UUID]:
    """Quotes by their place, for the lots in their order; None for no award."""
    lots = found.tender.lots
    return {lot.id: found.quotes[place] for lot, place in zip(lots, places, strict=True) if place is not None}


def recommend(found: make.Contest, chosen: dict[uuid.UUID, uuid.UUID], departure: str = "") -> None:
    wanted = LotRecommendation(chosen, REASONS, departure)
    actions.recommend_lots(found.coordinator, found.tender.id, found.tender.version, wanted)


def exclude(found: make.Contest, place: int, reason: str) -> None:
    quote = make.quote(found.quotes[place])
    exclude_quote(found.coordinator, quote.id, reason, quote.version)


LIMITED = make.Divided(limits=make.AT_MOST_ONE)


def test_the_best_combination_keeps_the_limit_and_is_proven() -> None:
    found = contest(
        {1: ("1",), 2: ("1",), 3: ("1",)},
        {1: ("2",), 2: ("3",), 3: ("9",)},
        {1: ("2.5",), 2: ("9",), 3: ("2",)},
        divided=LIMITED,
    )
    worked = work_out(found)
    # 2,000 units of each: supplier 1 saves most in lot 2 (at 1 for 3), so 2 + 1 + 2
    assert worked.best.state is State.PROVEN
    assert worked.best.winners == by_lot(found, 1, 0, 2)
    assert worked.best.cost == 10_000_00
    (one,) = worked.of(Kind.ONE)
    assert (one.winners, one.cost) == (by_lot(found, 0, 0, 0), 6_000_00)
    assert [scenario.number for scenario in worked.of(Kind.AT_MOST)] == [2]
    assert worked.of(Kind.AT_MOST)[0].state is State.IMPOSSIBLE
    with pytest.raises(RuleBroken, match="at most 1 lot"):
        recommend(found, by_lot(found, 0, 0, 2))
    recommend(found, by_lot(found, 1, 0, 2))
    live = live_awards(make.fresh(), found.tender.id)
    assert [award.quote_id for award in live] == [found.quotes[place] for place in (1, 0, 2)]
    assert Money.total(award.total for award in live) == Money(10_000_00)


def test_a_bundle_counts_where_its_supplier_wins_its_lots_and_every_school_pays_less() -> None:
    found = contest(
        {1: ("2",), 2: ("2",)},
        {1: ("1.95",), 2: ("2.05",)},
        divided=make.Divided(bundles={"Both": ((1, 2), 60)}),
        discounts=({"Both": "10"},),
        volumes=(1_000, 500),
    )
    worked = work_out(found)
    assert worked.best.winners == by_lot(found, 0, 0)
    assert worked.best.cost == 5_400_00
    (firsts,) = worked.of(Kind.FIRSTS)
    assert firsts.cost == 3_900_00 + 2_000_00
    # alone a school buys half of each lot, less than 60%, so that the bundle does not count for it
    assert worked.alone == {school.id: 1_950_00 + 1_000_00 for school in found.tender.schools}
    recommend(found, by_lot(found, 0, 0))
    live = live_awards(make.fresh(), found.tender.id)
    assert [(award.discount, award.total) for award in live] == [
        (Decimal(10), Money(3_600_00)),
        (Decimal(10), Money(1_800_00)),
    ]
    paid = bought.by_school(make.fresh(), found.tender.id, live)
    assert paid == {school.id: Money(2_700_00) for school in found.tender.schools}


def test_a_school_alone_reaches_fewer_tiers_and_the_others_pay_more_when_one_leaves() -> None:
    found = contest({1: ("3", "2")}, divided=make.Divided(tiers={1: (2,)}), volumes=(1_000, 1))
    worked = work_out(found)
    assert worked.best.cost == 4_000_00
    assert worked.alone == {school.id: 3_000_00 for school in found.tender.schools}
    assert [one.cost for one in worked.of(Kind.WITHOUT)] == [3_000_00, 3_000_00]
    so_many = worked.of(Kind.SO_MANY)
    assert [(one.number, one.cost) for one in so_many] == [(1, 3_000_00), (2, 4_000_00)]
    assert [one.school for one in so_many] == [school.id for school in found.tender.schools]
    problem = queries.problem_of(make.fresh(), found.tender.row)
    assert problem
    seen = shown.view(problem, worked)
    assert seen.unawardable == ("Lot 2: Lot 2",)
    assert [row.against_now for row in seen.leaving] == ["£1,000.00 more"] * 2
    assert not seen.worse_off


def test_a_school_that_pays_more_than_alone_says_why_it_accepts_that_before_anybody_approves() -> None:
    found = make.unequal_contest(make.Divided())
    first, second = found.tender.schools
    worked = work_out(found)
    assert worked.best.by_school[second.id] == 300_00 + 50_00
    assert worked.alone[second.id] == 100_00 + 50_00
    recommend(found, by_lot(found, 0, 0))
    tender = found.tender
    with pytest.raises(RuleBroken, match=f"{second.name} would pay more than alone"):
        awards.approve_award(first.headteacher, tender.id, tender.version)
    with pytest.raises(NotFound):
        waive_worse_price(first.headteacher, tender.id, first.id, "Why not")
    with pytest.raises(Forbidden):
        waive_worse_price(first.headteacher, tender.id, second.id, "For them")
    with pytest.raises(RuleBroken, match="reasons"):
        waive_worse_price(second.headteacher, tender.id, second.id, " ")
    for reason in ("One kitchen for both schools is worth it.", "Another reason"):
        waive_worse_price(second.headteacher, tender.id, second.id, reason)
    (own,) = [
        one for one in standings(make.fresh(), live_awards(make.fresh(), tender.id)) if one.is_worse_off
    ]
    assert (own.reason, own.school_id) == ("One kitchen for both schools is worth it.", second.id)
    make.approve_award(found)
    assert tender.row.status is not TenderStatus.RECOMMENDED


def test_each_winner_gets_its_letter_and_each_school_a_contract_for_each_lot_at_its_price() -> None:
    found = contest(
        {1: ("3", "2"), 2: ("2",)},
        {1: ("2.5", "2.5"), 2: ("2.1",), 3: ("4",)},
        {3: ("5",)},
        divided=make.Divided(tiers={1: (2,)}, bundles={"Both": ((1, 2), 60)}),
        discounts=({"Both": "10"},),
    )
    worked = work_out(found)
    recommend(found, by_lot(found, 0, 0, 1))
    assert worked.best.winners == by_lot(found, 0, 0, 1)
    make.approve_award(found)
    make.confirm_award(found)
    session = make.fresh()
    made = session.scalars(select(Contract).order_by(Contract.school_id, Contract.title)).all()
    lots = ["School meals: Lot 1", "School meals: Lot 2", "School meals: Lot 3"]
    assert [one.title for one in made] == lots * 2
    # a third of 1,000 units over three years: at 2.00 and 2.00 less 10%, and at 4.00
    assert [one.annual_value for one in made] == [Money(600_00), Money(600_00), Money(1_333_33)] * 2
    assert [one.supplier_name for one in made[:3]] == ["Supplier 1", "Supplier 1", "Supplier 2"]
    ended = [make.quote(quote_id).status for quote_id in found.quotes]
    assert ended == [QuoteStatus.AWARDED, QuoteStatus.AWARDED, QuoteStatus.NOT_AWARDED]
    letters = {one.recipient for one in session.scalars(select(Message)) if "won" in one.subject}
    assert letters == {found.suppliers[0].email, found.suppliers[1].email}


def test_above_the_threshold_the_conflicts_are_looked_at_again_before_lots_are_recommended() -> None:
    found = contest({1: ("2",), 2: ("2",), 3: ("2",)}, spend=Money(200_000_00))
    work_out(found)
    with pytest.raises(RuleBroken, match="conflicts"):
        recommend(found, by_lot(found, 0, 0, 0))
    make.review_interests(found.tender)
    recommend(found, by_lot(found, 0, 0, 0))


def test_a_draw_needs_a_word_who_drew() -> None:
    found = contest({1: ("2",), 2: ("1",), 3: ("1",)}, {1: ("2",), 2: ("2",), 3: ("2",)})
    worked = work_out(found)
    problem = queries.problem_of(make.fresh(), found.tender.row)
    assert problem
    assert shown.view(problem, worked).draws == ("Lot 1: Lot 1",)
    with pytest.raises(RuleBroken, match="Draw lots before a witness") as refusal:
        recommend(found, by_lot(found, 0, 0, 0))
    assert refusal.value.field == "departure"
    recommend(found, by_lot(found, 1, 0, 0), "The chair drew; the bursar of the other school watched.")
    assert live_awards(make.fresh(), found.tender.id)[0].departure.startswith("The chair drew")


def test_one_quote_only_wins_what_it_is_for_and_the_rest_is_not_awarded() -> None:
    found = contest({2: ("2",)})
    worked = work_out(found)
    assert worked.best.winners == by_lot(found, None, 0, None)
    assert worked.of(Kind.ONE)[0].winners == worked.best.winners
    recommend(found, by_lot(found, None, 0, None))
    assert len(live_awards(make.fresh(), found.tender.id)) == 1


def test_when_every_quote_is_excluded_nothing_can_be_won() -> None:
    found = contest({1: ("2",), 2: ("2",), 3: ("2",)})
    work_out(found)
    exclude(found, 0, "It was signed by nobody.")
    worked = work_out(found)
    assert not worked.best.winners
    with pytest.raises(RuleBroken, match="at least one lot"):
        recommend(found, {})
    with pytest.raises(NotFound):
        recommend(found, by_lot(found, 0, 0, 0))


def test_limits_that_leave_a_lot_without_a_winner_are_said_and_the_rest_can_be_awarded() -> None:
    found = contest({1: ("2",), 2: ("2",), 3: ("2",)}, {1: ("3",), 2: ("3",), 3: ("3",)}, divided=LIMITED)
    worked = work_out(found)
    assert worked.best.state is State.IMPOSSIBLE
    assert "gives every lot a winner" in rules.in_words(worked.best, "")
    chosen = by_lot(found, 0, 1, None)
    with pytest.raises(RuleBroken, match="not the proven best"):
        recommend(found, chosen)
    recommend(found, chosen, "Nobody is left for lot 3, which we buy by a framework.")


def test_a_solver_that_runs_out_of_time_says_so_and_what_to_do() -> None:
    prices: list[dict[int, tuple[str, ...]]] = [
        {1: (str(price),), 2: ("3",), 3: ("4",)} for price in range(2, 8)
    ]
    found = contest(*prices, divided=LIMITED)
    problem = queries.problem_of(make.fresh(), found.tender.row)
    assert problem
    worked = solving.work_out(problem, 0)
    assert worked.best.state is State.OUT_OF_TIME
    assert "time ran out" in shown.view(problem, worked).words
    assert "with more time" in shown.view(problem, worked).words
    assert shown.view(problem, worked).scenarios[0].words == "The time ran out before this was worked out."


def test_a_result_counts_only_for_the_quotes_it_was_worked_out_on() -> None:
    found = contest({1: ("2",), 2: ("2",), 3: ("2",)}, {1: ("3",), 2: ("1",), 3: ("3",)})
    with pytest.raises(RuleBroken, match="Work out the combinations first"):
        recommend(found, by_lot(found, 0, 1, 0))
    work_out(found)
    exclude(found, 1, "Its insurance has ended.")
    with pytest.raises(RuleBroken, match="Work out the combinations first"):
        recommend(found, by_lot(found, 0, 0, 0))
    work_out(found)
    seen = found.tender.version
    for _ in range(2):
        wanted = LotRecommendation(by_lot(found, 0, 0, 0), REASONS)
        actions.recommend_lots(found.coordinator, found.tender.id, seen, wanted)
    assert len(live_awards(make.fresh(), found.tender.id)) == 3


def test_what_was_asked_for_is_worked_out_once_and_again_when_its_worker_is_gone() -> None:
    found = contest({1: ("2",), 2: ("2",), 3: ("2",)})
    run_id = new_id()
    for _ in range(2):
        actions.ask_for_combinations(found.coordinator, found.tender.id, run_id, 10)
    assert len(make.fresh().scalars(select(CombinationRun)).all()) == 1
    begun = actions.begin_combinations(run_id)
    assert begun
    assert actions.begin_combinations(run_id) is None
    with clock.travelling(clock.now() + rules.GIVEN_UP):
        assert actions.begin_combinations(run_id) is not None
    worked = solving.work_out(begun[0], 10)
    actions.keep_combinations(run_id, worked)
    actions.keep_combinations(run_id, Worked((rules.Scenario(Kind.BEST, State.IMPOSSIBLE),)))
    kept = make.fresh().get_one(CombinationRun, run_id)
    assert kept.result == worked.written()
    assert actions.begin_combinations(run_id) is None


def test_only_the_coordinator_asks_and_only_where_lots_are_won_on_their_own() -> None:
    found = contest({1: ("2",), 2: ("2",), 3: ("2",)})
    head = found.tender.schools[0].headteacher
    stranger = make.person(make.alliance(schools=1, name="Elsewhere").id, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        actions.ask_for_combinations(head, found.tender.id, new_id(), 10)
    with pytest.raises(NotFound):
        actions.ask_for_combinations(stranger, found.tender.id, new_id(), 10)
    together = make.price_contest(make.alliance(schools=2, name="Others"))
    with pytest.raises(RuleBroken, match="One quote wins all lots"):
        actions.ask_for_combinations(together.coordinator, together.tender.id, new_id(), 10)
