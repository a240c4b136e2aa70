"""What changed of a tender after its publication: a later deadline, approved by a second school."""

from __future__ import annotations

from demonstration.path import HOLIDAY_REASON, OPEN_FOR, Walk
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.tenders.amending import actions
from marketplace.tenders.planning.queries import holidays_at
from marketplace.tenders.timetable import doubts_about

PROPOSED, APPROVED, LONGER = 4, 5, 7


def extend(walk: Walk) -> None:
    """The coordinator proposes a week more, and a headteacher who does not lead approves it."""
    closes_at = walk.cast.calendar.moment(walk.purchase.published + OPEN_FOR + LONGER)
    doubts = doubts_about(closes_at, holidays_at(db.session(), walk.tender(), closes_at))
    extension_id = new_id()
    with walk.on(PROPOSED):
        actions.propose_extension(
            walk.cast.coordinator,
            walk.tender_id,
            walk.version,
            extension_id,
            closes_at=closes_at,
            reason=walk.purchase.extended_because,
            doubt_reason=HOLIDAY_REASON if doubts else "",
        )
    with walk.on(APPROVED):
        actions.approve_extension(walk.schools[0].headteacher, walk.tender_id, extension_id)
