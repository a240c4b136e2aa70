"""The best quote is recommended and approved by two schools, bidders are told, and it is confirmed."""

from __future__ import annotations

from sqlalchemy import select

from demonstration.cast import DemonstrationSchool
from demonstration.path import Walk
from demonstration.reach import Reach
from marketplace.alliance.decisions import actions as deciding
from marketplace.alliance.decisions.rules import Subject
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.tenders.interests.actions import assess_interests
from marketplace.tenders.interests.queries import review_points
from marketplace.tenders.uk_notices.actions import issue_notice
from marketplace.tenders.uk_notices.queries import needs_reference
from marketplace.tenders.uk_notices.rules import NO_PARTICULARS, NoticeKind
from suppliers.awards import actions, confirming
from suppliers.awards import queries as award_queries
from suppliers.awards.credits.actions import record_credit_rule
from suppliers.awards.credits.rules import CreditTerms
from suppliers.awards.letters import actions as letters
from suppliers.awards.letters import drafting
from suppliers.awards.rules import Recommendation
from suppliers.awards.standstill import actions as standstills
from suppliers.awards.standstill.queries import duty_of
from suppliers.awards.standstill.rules import Duty
from suppliers.awards.waiving.actions import waive_worse_price
from suppliers.awards.waiving.queries import standings
from suppliers.evaluation import queries

REASONS = (
    "First by price and quality together. The panel found its answers convincing, the price is not "
    "abnormally low, and the schools together pay less than today."
)
REVIEWED = "Nobody behind this tender has an interest in any of the suppliers that quoted."
CREDIT = CreditTerms(
    "A service that did not happen",
    "A service of the schedule does not happen on its day and is not made good on the next.",
    basis_points=250,
    most_basis_points=1_000,
)
ACCEPTANCE = "One supplier for all schools saves us more work than the difference costs."
RECOMMENDED, ACCEPTED, FIRST_APPROVAL, SECOND_APPROVAL, TOLD, ANNOUNCED, CONFIRMED = (
    40,
    41,
    42,
    43,
    44,
    45,
    58,
)
DETAILS, RULES = 61, 63
REFERENCES = 81_500


def award(walk: Walk) -> None:
    """From the comparison to the award, as far as the purchase reaches."""
    session = db.session()
    session.rollback()
    _, comparison = queries.get_comparison(session, walk.cast.coordinator, walk.tender_id)
    first = comparison.firsts[0]
    with walk.on(RECOMMENDED):
        if review_points(session, walk.tender()):
            assess_interests(walk.cast.coordinator, walk.tender_id, new_id(), REVIEWED)
        wanted = Recommendation(first.quote_id, REASONS)
        actions.recommend_award(walk.cast.coordinator, walk.tender_id, walk.version, wanted)
    _accept_worse_prices(walk)
    _approve(walk, walk.schools[0], FIRST_APPROVAL)
    if walk.purchase.reach >= Reach.APPROVED:
        _approve(walk, walk.schools[-1], SECOND_APPROVAL)
        _tell(walk)
    if walk.purchase.reach >= Reach.AWARDED:
        for school in walk.schools[1:-1]:
            _confirm_where_asked(walk, school, SECOND_APPROVAL)
        with walk.on(CONFIRMED):
            actions.confirm_award(walk.cast.coordinator, walk.tender_id, walk.version, related=False)
        _begin_contracts(walk)


def _begin_contracts(walk: Walk) -> None:
    """The contract details notice, where the law asks for one, and a rule for service credits."""
    session = db.session()
    session.rollback()
    if needs_reference(session, walk.tender(), NoticeKind.DETAILS):
        with walk.on(DETAILS):
            today = clock.today()
            issue_notice(
                walk.cast.coordinator,
                new_id(),
                walk.tender_id,
                walk.version,
                kind=NoticeKind.DETAILS,
                particulars=NO_PARTICULARS,
                reference=f"{today.year}/S 000-{REFERENCES + 1_000 + walk.purchase.published:06d}",
                published_on=today,
            )
    school = walk.schools[0]
    awards = [award.id for award in award_queries.live_awards(session, walk.tender_id)]
    query = select(Contract).where(Contract.award_id.in_(awards), Contract.school_id == school.id)
    contract = session.scalars(query).first()
    assert contract, "every school that buys has a contract"
    with walk.on(RULES):
        record_credit_rule(school.bursar, new_id(), contract.id, CREDIT)


def _accept_worse_prices(walk: Walk) -> None:
    """Each school that pays more than alone says why it accepts that."""
    session = db.session()
    session.rollback()
    found = standings(session, award_queries.live_awards(session, walk.tender_id))
    waiting = {one.school_id for one in found if one.is_waiting}
    for school in walk.schools:
        if school.id in waiting:
            with walk.on(ACCEPTED):
                waive_worse_price(school.headteacher, walk.tender_id, school.id, ACCEPTANCE)


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
