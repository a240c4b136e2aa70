"""The best quote is recommended and approved by two schools, bidders are told, and it is confirmed."""

from __future__ import annotations

from demonstration.cast import DemonstrationSchool
from demonstration.path import Walk
from demonstration.purchases import Reach
from marketplace.alliance.decisions import actions as deciding
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from suppliers.awards import actions, confirming
from suppliers.awards import queries as award_queries
from suppliers.awards.letters import actions as letters
from suppliers.awards.letters import drafting
from suppliers.awards.rules import Recommendation
from suppliers.awards.standstill import actions as standstills
from suppliers.awards.standstill.queries import duty_of
from suppliers.awards.standstill.rules import Duty
from suppliers.evaluation import queries

REASONS = (
    "First by price and quality together. The panel found its answers convincing, the price is not "
    "abnormally low, and the schools together pay less than today."
)
RECOMMENDED, FIRST_APPROVAL, SECOND_APPROVAL, TOLD, ANNOUNCED, CONFIRMED = 40, 42, 43, 44, 45, 58
REFERENCES = 81_500


def award(walk: Walk) -> None:
    """From the comparison to the award, as far as the purchase reaches."""
    session = db.session()
    session.rollback()
    _, comparison = queries.get_comparison(session, walk.cast.coordinator, walk.tender_id)
    first = comparison.firsts[0]
    with walk.on(RECOMMENDED):
        wanted = Recommendation(first.quote_id, REASONS)
        actions.recommend_award(walk.cast.coordinator, walk.tender_id, walk.version, wanted)
    _approve(walk, walk.schools[0], FIRST_APPROVAL)
    if walk.purchase.reach >= Reach.APPROVED:
        _approve(walk, walk.schools[-1], SECOND_APPROVAL)
        _tell(walk)
    if walk.purchase.reach >= Reach.AWARDED:
        for school in walk.schools[1:-1]:
            _confirm_where_asked(walk, school, SECOND_APPROVAL)
        with walk.on(CONFIRMED):
            actions.confirm_award(walk.cast.coordinator, walk.tender_id, walk.version)


def _approve(walk: Walk, school: DemonstrationSchool, offset: int) -> None:
    _confirm_where_asked(walk, school, offset)
    with walk.on(offset):
        actions.approve_award(school.headteacher, walk.tender_id, walk.version)


def _tell(walk: Walk) -> None:
    """Every bidder gets its letter; at or above the threshold the award notice follows, with a standstill."""
    session = db.session()
    session.rollback()
    coordinator = walk.cast.coordinator
    with walk.on(TOLD):
        bidders = [quote.id for quote in drafting.bidders(session, walk.tender_id)]
        letters.read_drafts(coordinator, walk.tender_id, bidders)
        letters.send_results(coordinator, walk.tender_id, walk.version)
    session.rollback()
    awards = award_queries.live_awards(session, walk.tender_id)
    if duty_of(session, walk.tender(), awards) is Duty.BELOW:
        return
    with walk.on(ANNOUNCED):
        today = clock.today()
        standstills.announce_award(
            coordinator,
            new_id(),
            walk.tender_id,
            walk.version,
            with_standstill=True,
            reference=f"{today.year}/S 000-{REFERENCES + walk.purchase.published:06d}",
            published_on=today,
        )


def _confirm_where_asked(walk: Walk, school: DemonstrationSchool, offset: int) -> None:
    """The governing body's minute, where the school's part is above the limit of its ladder."""
    session = db.session()
    session.rollback()
    awards = award_queries.live_awards(session, walk.tender_id)
    if school.id not in confirming.schools_that_need_one(session, walk.tender(), awards):
        return
    with walk.on(offset, hour=9):
        deciding.record_confirmation(
            school.governor,
            new_id(),
            Subject.AWARD,
            awards[0].id,
            school.id,
            minute_reference=f"FGB {clock.today().year}/{clock.today().month:02d}, item 5",
            minuted_on=clock.today(),
        )
