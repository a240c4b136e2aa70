"""A trust partnership of the alliance: agreed, reviewed once, and near its second review."""

from __future__ import annotations

from datetime import timedelta

from demonstration.board import close_with_all_for
from demonstration.cast import Cast, sign_up
from marketplace.alliance import queries
from marketplace.alliance.decisions import actions as deciding
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.partnerships import actions
from marketplace.alliance.partnerships import queries as partnerships
from marketplace.alliance.partnerships.rules import Terms
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Role

FALLOWFIELD = "990110"
OBJECTIVES = (
    "Attendance from 92.1 % to 95 % by the summer.\n"
    "A catering and a cleaning contract bought with the alliance.\n"
    "Two middle leaders through the alliance’s course."
)
PROPOSED, AGREED, REVIEWED = -205, -190, -100


def agree(cast: Cast) -> None:
    """Propose, carry, confirm and begin the partnership, and record its first review."""
    school_id = queries.school_by_urn(db.session(), FALLOWFIELD).id
    sign_up("Paula Finch", school_id, Role.HEADTEACHER)
    governor = sign_up("Graham Tuck", school_id, Role.GOVERNOR)
    partnership_id = new_id()
    with cast.calendar.on(PROPOSED):
        starts_on = clock.today() + timedelta(days=10)
        terms = Terms(
            starts_on=starts_on,
            months=15,
            service_charge=Money(28_500_00),
            objectives=OBJECTIVES,
            reviews=(starts_on + timedelta(days=95), cast.calendar.day(9), starts_on + timedelta(days=400)),
            credit=Money(10_000_00),
            credit_source="Grant of the Department for Education, trust capacity",
        )
        actions.propose_partnership(cast.coordinator, partnership_id, cast.alliance_id, FALLOWFIELD, terms)
    session = db.session()
    session.rollback()
    decision_id = decisions.decisions_on(session, Subject.PARTNERSHIP, partnership_id)[0].id
    close_with_all_for(cast, decision_id, PROPOSED + 5, "Resolved: the board enters into the partnership.")
    with cast.calendar.on(AGREED):
        deciding.record_confirmation(
            governor,
            new_id(),
            Subject.PARTNERSHIP,
            partnership_id,
            school_id,
            minute_reference="FGB 2026/05, item 6",
            minuted_on=cast.calendar.day(AGREED - 3),
        )
        events.deliver_due()
    session.rollback()
    partnership = next(iter(partnerships.partnerships(session, cast.coordinator)))
    first = partnership.reviews[0].id
    with cast.calendar.on(REVIEWED):
        found = "Attendance is 93.4 % and rises. Cleaning is bought together since June; catering follows."
        actions.record_review(cast.coordinator, first, clock.today(), found)
