"""What changed of a tender after its publication: its deadline, words and documents, volumes, openers."""

from __future__ import annotations

import io

from demonstration.path import HOLIDAY_REASON, OPEN_FOR, Walk
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.tenders.amending import actions
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.amending.lines import WantedLine
from marketplace.tenders.amending.queries import waiting_for_find_a_tender
from marketplace.tenders.planning.queries import holidays_at
from marketplace.tenders.queries import schedule
from marketplace.tenders.recommitting.actions import recommit_school
from marketplace.tenders.timetable import doubts_about
from marketplace.tenders.uk_notices.actions import issue_notice
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars
from suppliers.quotes.openers import actions as openers

PROPOSED, APPROVED, AMENDED, LONGER = 4, 5, 6, 7
ASKED_FOR_MORE = 2
EXTENDED, CHANGED = 80_000, 90_000
"""From where the numbers of the notices count that Find a Tender published of these changes."""
TIMES = """Kitchens and dining halls

Fernleigh Academy: kitchen from 06:30, two sittings at 12:10 and 12:50.
Kingfisher Primary School: kitchen from 07:00, one sitting at 12:00.
Millbrook Primary School: kitchen from 07:00, two sittings at 11:50 and 12:30.
"""


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
        _publish_the_change(walk, EXTENDED)


def amend(walk: Walk) -> None:
    """The coordinator says in the description what suppliers asked, and adds the times of the kitchens."""
    tender = walk.tender()
    with walk.on(AMENDED):
        actions.amend_tender(
            walk.cast.coordinator,
            walk.tender_id,
            walk.version,
            new_id(),
            reason="Suppliers asked about breakfast, and when they can use the kitchens.",
            wanted=Wanted(
                description=f"{tender.description} Breakfast clubs are not part of it.",
                questions={one.id: one.question for one in tender.criteria if one.question},
                added_name="Kitchens and dining halls.txt",
                added=io.BytesIO(TIMES.encode()),
            ),
        )
        _publish_the_change(walk, CHANGED)


def ask_for_more(walk: Walk) -> None:
    """The coordinator proposes more units of the only line; the first school concerned commits to them."""
    closes_at = walk.cast.calendar.moment(walk.purchase.published + OPEN_FOR + LONGER)
    doubts = doubts_about(closes_at, holidays_at(db.session(), walk.tender(), closes_at))
    more = {walk.cast.schools[urn].id: units for urn, units in walk.purchase.more_a_year.items()}
    ((lot, line),) = [(lot, line) for lot in schedule(db.session(), walk.tender_id) for line in lot.lines]
    volumes = {
        one.school_id: one.quantity + walk.purchase.years * more.get(one.school_id, 0) for one in line.volumes
    }
    extension_id = new_id()
    with walk.on(ASKED_FOR_MORE):
        actions.propose_extension(
            walk.cast.coordinator,
            walk.tender_id,
            walk.version,
            extension_id,
            closes_at=closes_at,
            reason="Two schools have new glass on the south side, which needs one more visit a year.",
            doubt_reason=HOLIDAY_REASON if doubts else "",
            lines=[WantedLine(line.id, lot.id, line.item, line.unit, volumes)],
        )
    first = next(school for school in walk.schools if school.id in more)
    with walk.on(ASKED_FOR_MORE, hour=15):
        recommit_school(first.headteacher, walk.tender_id, extension_id, first.id)


def let_an_opener_go(walk: Walk) -> None:
    """The coordinator proposes to take off the opener who leaves; a headteacher has yet to decide."""
    leaving = walk.schools[2].bursar.person_id
    if leaving is None:
        raise LookupError(walk.schools[2].bursar.name)
    with walk.on(AMENDED, hour=15):
        openers.propose_removal(
            walk.cast.coordinator, walk.tender_id, new_id(), leaving, walk.purchase.opener_leaves
        )


def _publish_the_change(walk: Walk, number: int) -> None:
    """A change of a tender that stands on Find a Tender is published there, and holds with the reference."""
    waiting = waiting_for_find_a_tender(db.session(), walk.tender_id)
    if waiting is None:
        return
    today = clock.today()
    issue_notice(
        walk.cast.coordinator,
        new_id(),
        walk.tender_id,
        walk.version,
        kind=NoticeKind.TENDER,
        particulars=Particulars(reason=waiting.reason),
        reference=f"{today.year}/S 000-{number + walk.purchase.published:06d}",
        published_on=today,
    )
