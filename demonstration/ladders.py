"""Two schools of the demonstration decide who approves what; needs and a claim wait for the right person."""

from __future__ import annotations

import uuid
from typing import Final

from demonstration import fund, needs
from demonstration.cast import Cast
from demonstration.purchases import KINGFISHER, MANOR
from marketplace.alliance.delegation import actions as delegation
from marketplace.alliance.delegation.rules import Approver, Band, LadderContent
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.needs import actions

LADDERS: Final = {
    MANOR: (
        Band(Money(10_000_00), Approver.BURSAR, 1),
        Band(Money(60_000_00), Approver.HEADTEACHER, 3),
        Band(None, Approver.GOVERNING_BODY, 3),
    ),
    KINGFISHER: (
        Band(Money(25_000_00), Approver.HEADTEACHER, 2),
        Band(None, Approver.GOVERNING_BODY, 3),
    ),
}


def climb(cast: Cast) -> None:
    """Set the two ladders; then one need waits for governors, one for the head, and a claim in its school."""
    for urn, bands in LADDERS.items():
        school = cast.schools[urn]
        with cast.calendar.on(-7):
            content = LadderContent(bands, "FGB 2026/17", cast.calendar.day(-16))
            delegation.set_ladder(school.headteacher, new_id(), school.id, 0, content)
    large = needs.post(
        cast.calendar,
        cast.schools[MANOR],
        "insurance",
        -5,
        title="Buildings, contents and liability insurance",
        spend=38_600,
        volume=1_084,
    )
    needs.submit(cast.calendar, cast.schools[MANOR], large, -4)
    small = needs.post(
        cast.calendar, cast.schools[KINGFISHER], "grounds", -4, title="Grounds", spend=4_300, volume=9_800
    )
    needs.submit(cast.calendar, cast.schools[KINGFISHER], small, -3)
    with cast.calendar.on(-2):
        reason = "Only two firms bring the mower that the steep bank behind the hall needs."
        actions.waive_quotes(cast.schools[KINGFISHER].headteacher, new_id(), small, 1, reason)


def claim(cast: Cast, fund_id: uuid.UUID) -> None:
    """A claim that waits in its own school."""
    fund.claim(cast, fund_id, -1, MANOR, title="Training for first aiders", pounds=1_120)
