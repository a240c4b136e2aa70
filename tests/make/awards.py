"""Awards in each state, made by the actions that coordinators and schools use."""

import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Unpack

from marketplace.core import clock
from marketplace.core.ids import new_id
from suppliers.awards import actions, queries
from suppliers.awards.letters import actions as letters
from suppliers.awards.letters import drafting
from suppliers.awards.letters.queries import sent_at
from suppliers.awards.rules import Recommendation
from suppliers.awards.standstill import actions as standstills
from suppliers.awards.standstill.queries import duty_of
from suppliers.awards.standstill.rules import Duty
from suppliers.awards.waiving.actions import waive_worse_price
from suppliers.awards.waiving.queries import standings
from tests.make.alliance import Alliance, alliance
from tests.make.evaluation import (
    PRICES,
    Contest,
    UnitPrices,
    accept_low_prices,
    contest_of,
    price_contest,
    priced_contest,
)
from tests.make.kept import kept, serials
from tests.make.lots import Divided
from tests.make.quotes import fresh, lot_offer, with_prices
from tests.make.tenders import PRICE_ONLY, Wishes, lot, published_tender, review_interests

_notices = serials(500_001)
REASONS = "The highest marks, and references that we checked."


def recommend_award(contest: Contest, quote_id: uuid.UUID | None = None, departure: str = "") -> None:
    """The coordinator recommends a quote: the one in first place unless told otherwise."""
    chosen = quote_id or contest.comparison.firsts[0].quote_id
    review_interests(contest.tender)
    accept_low_prices(contest.coordinator, contest.tender)
    wanted = Recommendation(chosen, REASONS, departure)
    actions.recommend_award(contest.coordinator, contest.tender.id, contest.tender.version, wanted)


def approve_award(contest: Contest) -> None:
    """The headteachers of the first two schools approve; before, who would pay less alone accepts that."""
    accept_worse_prices(contest)
    for school in contest.tender.schools[:2]:
        actions.approve_award(school.headteacher, contest.tender.id, contest.tender.version)


def accept_worse_prices(contest: Contest) -> None:
    """The headteacher of each school that pays more than alone says why it accepts that."""
    session = fresh()
    waiting = standings(session, queries.live_awards(session, contest.tender.id))
    heads = {school.id: school.headteacher for school in contest.tender.schools}
    for one in waiting:
        if one.is_waiting:
            waive_worse_price(
                heads[one.school_id], contest.tender.id, one.school_id, "The others gain more than we lose."
            )


def tell_bidders(contest: Contest) -> None:
    """The coordinator reads the draft for each bidder and sends all results."""
    bidders = [quote.id for quote in drafting.bidders(fresh(), contest.tender.id)]
    letters.read_drafts(contest.coordinator, contest.tender.id, bidders)
    letters.send_results(contest.coordinator, contest.tender.id, contest.tender.version)


def announce_award(contest: Contest, *, with_standstill: bool = True) -> None:
    """The coordinator enters the award notice that Find a Tender published today."""
    today = clock.today()
    standstills.announce_award(
        contest.coordinator,
        new_id(),
        contest.tender.id,
        contest.tender.version,
        with_standstill=with_standstill,
        reference=f"{today.year}/S 000-{next(_notices):06d}",
        published_on=today,
    )


def tell_and_announce(contest: Contest) -> None:
    """Every bidder is told; at or above the threshold the award notice follows, with a standstill."""
    tell_bidders(contest)
    session = fresh()
    awards = queries.live_awards(session, contest.tender.id)
    if duty_of(session, contest.tender.row, awards) is not Duty.BELOW:
        announce_award(contest)


def confirm_award(contest: Contest) -> None:
    """The coordinator confirms, after the standstill where there is one; bidders are told first."""
    if sent_at(fresh(), contest.tender.id) is None:
        tell_and_announce(contest)
    ends_on = contest.tender.row.standstill_ends_on
    moment = clock.now()
    if ends_on is not None:
        moment = datetime.combine(ends_on + timedelta(days=1), time(10), clock.LONDON)
    with clock.travelling(moment):
        actions.confirm_award(contest.coordinator, contest.tender.id, contest.tender.version, related=False)


def unequal_contest(divided: Divided) -> Contest:
    """The second of two schools buys little, and alone would buy it elsewhere than both together."""
    schools = alliance(schools=2)
    first, second = schools.schools
    many, few = Decimal(1_000), Decimal(100)
    tender = published_tender(
        schools,
        lots=[
            lot("Food", {("Meal", "meal"): {first.id: many}, ("Snack", "meal"): {second.id: few}}, []),
            lot("Care", {("Clean", "hour"): 10}, schools.schools),
        ],
        criteria=PRICE_ONLY,
        divided=divided,
    )
    meal, snack = (line.id for line in tender.lots[0].lines)
    cheap_meals = with_prices(lot_offer(tender, {1: ("2",), 2: ("5",)}), {snack: Decimal(3)})
    cheap_snacks = with_prices(lot_offer(tender, {1: ("1",), 2: ("6",)}), {meal: Decimal(3)})
    return contest_of(tender, [cheap_meals, cheap_snacks])


@kept
def recommended_contest(
    buying: Alliance | None = None, prices: UnitPrices = PRICES, **given: Unpack[Wishes]
) -> Contest:
    """A contest with a recommended award. Takes what `opened_contest` takes."""
    contest = priced_contest(buying, prices, **given)
    recommend_award(contest)
    return contest


@kept
def approved_contest(
    buying: Alliance | None = None, prices: UnitPrices = PRICES, **given: Unpack[Wishes]
) -> Contest:
    """A contest whose award is approved and told to bidders: in standstill at or above the threshold."""
    contest = recommended_contest(buying, prices, **given)
    approve_award(contest)
    tell_and_announce(contest)
    return contest


@kept
def awarded_contest(
    buying: Alliance | None = None, prices: UnitPrices = PRICES, **given: Unpack[Wishes]
) -> Contest:
    """A contest whose award is confirmed."""
    contest = approved_contest(buying, prices, **given)
    confirm_award(contest)
    return contest


@kept
def awarded_on_price(
    buying: Alliance | None = None, prices: UnitPrices = PRICES, **given: Unpack[Wishes]
) -> Contest:
    """A contest on price alone whose award is confirmed."""
    contest = price_contest(buying, prices, **given)
    recommend_award(contest)
    approve_award(contest)
    confirm_award(contest)
    return contest
