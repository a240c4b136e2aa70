"""Delegation ladders of schools."""

from marketplace.alliance.delegation import actions, queries, rules
from marketplace.alliance.delegation.rules import Band, LadderContent
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from tests.make.alliance import School


def ladder_content(*bands: Band) -> LadderContent:
    """A ladder with these bands, or those of the example: bursar to £10,000, head to £40,000."""
    return LadderContent(bands or rules.example(), "FGB 2026/41", clock.today())


def ladder(school: School, *bands: Band) -> None:
    """Give a school a ladder, by its headteacher."""
    present = queries.ladder_of(db.session(), school.id)
    seen = present.number if present else 0
    actions.set_ladder(school.headteacher, new_id(), school.id, seen, ladder_content(*bands))
