"""Colleagues who were invited and have not come yet: one lately, one so long ago that the link is too old."""

from __future__ import annotations

from demonstration.cast import Cast, address_of
from demonstration.purchases import HARROW
from marketplace.alliance import actions
from marketplace.core.policy import Role

LATELY, LONG_AGO = -2, -12


def invite(cast: Cast) -> None:
    """The head of Harrow Hill adds a governor and a senior leader, who have not chosen a password."""
    school = cast.schools[HARROW]
    for days, name, role in (
        (LONG_AGO, "Petra Vane", Role.GOVERNOR),
        (LATELY, "Owen Tarrant", Role.SENIOR_LEADER),
    ):
        with cast.calendar.on(days):
            actions.add_person(school.headteacher, name, address_of(name), [(school.id, role)])
