"""What the demonstration's alliance wants to do next, as its annual pack says."""

from __future__ import annotations

from demonstration.cast import Cast
from invoicing.annual_pack import actions
from invoicing.fund.statements import academic_year
from marketplace.core import clock

WRITTEN = -14
PRIORITIES = """Buy insurance and electricity together before the contracts of four schools end.
Share one network technician between the primary schools.
Train every school's business team in the Procurement Act.
Welcome one more school, with a year's trial."""


def write(cast: Cast) -> None:
    """The coordinator writes the priorities of this year."""
    with cast.calendar.on(WRITTEN):
        year = academic_year(clock.today())
        actions.set_priorities(cast.coordinator, cast.alliance_id, year, 0, PRIORITIES)
