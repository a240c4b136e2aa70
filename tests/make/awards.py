"""Awards in each state, made by the actions that coordinators and schools use."""

import uuid
from datetime import datetime, time, timedelta
from typing import Unpack

from marketplace.core import clock
from suppliers.awards import actions
from suppliers.awards.rules import Recommendation
from tests.make.alliance import Alliance
from tests.make.evaluation import PRICES, Contest, UnitPrices, price_contest, priced_contest
from tests.make.kept import kept
from tests.make.tenders import Wishes

REASONS = "The highest marks, and references that we checked."


def recommend_award(contest: Contest, quote_id: uuid.UUID | None = None, departure: str = "") -> None:
    """The coordinator recommends a quote: the one in first place unless told otherwise."""
    chosen = quote_id or contest.comparison.firsts[0].quote_id
    wanted = Recommendation(chosen, REASONS, departure)
    actions.recommend_award(contest.coordinator, contest.tender.id, contest.tender.version, wanted)


def approve_award(contest: Contest) -> None:
    """The headteachers of the first two schools approve."""
    for school in contest.tender.schools[:2]:
        actions.approve_award(school.headteacher, contest.tender.id, contest.tender.version)


def confirm_award(contest: Contest) -> None:
    """The coordinator confirms, after the standstill where there is one."""
    ends_on = contest.tender.row.standstill_ends_on
    moment = clock.now()
    if ends_on is not None:
        moment = datetime.combine(ends_on + timedelta(days=1), time(10), clock.LONDON)
    with clock.travelling(moment):
        actions.confirm_award(contest.coordinator, contest.tender.id, contest.tender.version)


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
    """A contest whose award two schools approved: in standstill at or above the threshold."""
    contest = recommended_contest(buying, prices, **given)
    approve_award(contest)
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
