"""Reminders that went, one that is held, and a school that charges interest on late payment."""

from __future__ import annotations

from demonstration.cast import Cast
from demonstration.purchases import FERNLEIGH, MANOR
from invoicing.invoices.rules import UNPAID
from invoicing.reminders import actions, queries, rules
from marketplace.core import clock
from marketplace.core.db import db

FIRST_MORNING, HELD, SECOND_MORNING = -24, -4, -3


def remind(cast: Cast) -> None:
    """Two mornings' reminders; one invoice is held, because its school has said when it pays."""
    manor, fernleigh = cast.schools[MANOR], cast.schools[FERNLEIGH]
    with cast.calendar.on(FIRST_MORNING):
        actions.choose_reminders(
            manor.finance_lead,
            manor.id,
            0,
            reminds=True,
            sequence=rules.usual_sequence(clock.today()),
            charges_interest=True,
        )
        actions.remind()
    with cast.calendar.on(HELD):
        db.session().rollback()
        owed = queries.reminded(db.session(), fernleigh.id)
        last = next(row.invoice.id for row in reversed(owed) if row.invoice.status in UNPAID)
        actions.hold_reminders(fernleigh.bursar, last, "They pay it with the settlement of this month.")
    with cast.calendar.on(SECOND_MORNING):
        actions.remind()
