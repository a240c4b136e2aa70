"""The best quote is recommended, approved by two schools and, where nothing stands still, confirmed."""

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
from suppliers.awards.rules import Recommendation
from suppliers.evaluation import queries

REASONS = (
    "First by price and quality together. The panel found its answers convincing, the price is not "
    "abnormally low, and the schools together pay less than today."
)
RECOMMENDED, FIRST_APPROVAL, SECOND_APPROVAL, CONFIRMED = 40, 42, 43, 58


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
    if walk.purchase.reach >= Reach.AWARDED:
        with walk.on(CONFIRMED):
            actions.confirm_award(walk.cast.coordinator, walk.tender_id, walk.version)


def _approve(walk: Walk, school: DemonstrationSchool, offset: int) -> None:
    _confirm_where_asked(walk, school, offset)
    with walk.on(offset):
        actions.approve_award(school.headteacher, walk.tender_id, walk.version)


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
