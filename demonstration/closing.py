"""A school closes its books month by month, and one of its people would like the last one open again."""

from __future__ import annotations

from datetime import timedelta

from demonstration.cast import Cast
from demonstration.purchases import HARROW
from invoicing.ledger.periods import actions, queries, rules
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id

CLOSED, ASKED = -4, -1
LEFT_OPEN = timedelta(days=45)


def close(cast: Cast) -> None:
    """The primary school's finance lead closes what is long over; its bursar finds one more bill."""
    school = cast.schools[HARROW]
    with cast.calendar.on(CLOSED):
        while True:
            db.session().rollback()
            months = queries.months_of(db.session(), school.id)
            assert months.open_from, "the school has paid into the fund"
            ends_on = rules.month_end(months.open_from)
            if ends_on > clock.today() - LEFT_OPEN:
                break
            actions.close_period(school.finance_lead, new_id(), school.id, ends_on)
    with cast.calendar.on(ASKED):
        assert months.closed_until
        actions.propose_reopening(
            school.bursar,
            new_id(),
            school.id,
            months.closed_until.replace(day=1),
            "The swimming pool’s bill of that month came only now, and belongs to it.",
        )
