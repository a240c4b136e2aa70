"""What the demonstration's people did about suggestions to buy together."""

from __future__ import annotations

from demonstration.cast import Cast
from demonstration.purchases import FERNLEIGH, HARROW, MANOR
from marketplace.needs.suggestions import actions

ASKED = -3
CLEANING_STARTS_IN = 11


def look_for_others(cast: Cast) -> None:
    """Three schools let neighbours see them; the coordinator asks for needs of cleaning."""
    for place, urn in enumerate((MANOR, FERNLEIGH, HARROW)):
        with cast.calendar.on(-60, minute=place):
            actions.give_consent(cast.schools[urn].headteacher, cast.schools[urn].id)
    starts_on = cast.calendar.first_of_month(CLEANING_STARTS_IN)
    with cast.calendar.on(ASKED):
        actions.request_needs(cast.coordinator, cast.alliance_id, "cleaning", starts_on)
