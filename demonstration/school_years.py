"""Two of the demonstration's schools have checked and saved their term dates; the others have not yet."""

from __future__ import annotations

from demonstration.cast import Cast
from demonstration.purchases import FERNLEIGH, MANOR
from marketplace.alliance.term_dates import actions, rules


def save_two(cast: Cast) -> None:
    """Their bursars found the proposal right, where there is one for this year."""
    begins = rules.school_year_of(cast.calendar.today)
    terms = rules.proposed(begins)
    for place, urn in enumerate((MANOR, FERNLEIGH) if terms else ()):
        school = cast.schools[urn]
        with cast.calendar.on(-60, hour=9 + place):
            actions.set_term_dates(school.bursar, school.id, begins, 0, terms)
