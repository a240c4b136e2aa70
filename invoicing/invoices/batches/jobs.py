"""The worker goes on with batches: it draws a few invoices ahead, by two processes, and issues one by one."""

from __future__ import annotations

import time
import uuid

from sqlalchemy.orm import Session

from invoicing.invoices import ahead
from invoicing.invoices.actions import particulars_when_issued, series
from invoicing.invoices.ahead import Drawn
from invoicing.invoices.batches import actions, queries
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import RuleBroken

SECONDS_A_TURN = 20
"""After so long, e-mail and the other jobs get their turn; each issued invoice wakes the worker again."""
AHEAD = 8


def go_on(seconds: int = SECONDS_A_TURN) -> None:
    """Issue what waits in batches, for a while. Safe to repeat, and to be cut off anywhere."""
    until = time.monotonic() + seconds
    session = db.session()
    waiting = queries.unfinished(session)
    session.rollback()
    for batch_id in waiting:
        _Run(batch_id).go_on(until)


class _Run:
    """One batch in this process: what is drawn ahead of the transactions that issue it."""

    def __init__(self, batch_id: uuid.UUID) -> None:
        self._batch_id = batch_id
        self._ahead: dict[uuid.UUID, Drawn] = {}

    def go_on(self, until: float) -> None:
        """Issue one invoice after the other until none waits or the time is over."""
        while time.monotonic() < until:
            waiting = self._draw_ahead(AHEAD)
            if not waiting:
                return
            first = waiting[0]
            try:
                drawn = self._finished(first)
            except RuleBroken as refused:
                actions.set_aside(self._batch_id, first, refused.message)
                self._ahead.clear()
                continue
            if not actions.issue_next(self._batch_id, first, drawn):
                self._ahead.clear()  # the numbers after it have moved up

    def _finished(self, invoice_id: uuid.UUID) -> Drawn | None:
        """The files of the next invoice, ready. Raises RuleBroken when they cannot be made.

        A process that dies takes what others are drawing with it, so what failed is drawn once more alone.
        """
        drawn = self._ahead.pop(invoice_id, None)
        if drawn is None:
            return None
        try:
            ahead.finished(drawn)
        except RuleBroken:
            self._ahead.clear()
            drawn = ahead.begin(drawn.content)
            ahead.finished(drawn)
        return drawn

    def _draw_ahead(self, most: int) -> list[uuid.UUID]:
        """Have the next few drawn with the numbers they will get if nobody comes in between; their ids."""
        session = db.session()
        try:
            waiting = queries.waiting_items(session, self._batch_id, most)
            for place, invoice_id in enumerate(waiting, start=1):
                if invoice_id not in self._ahead:
                    self._begin(session, invoice_id, place)
            return waiting
        finally:
            session.rollback()

    def _begin(self, session: Session, invoice_id: uuid.UUID, place: int) -> None:
        """Have one drawn as the invoice that many places after the last of its series."""
        (invoice,) = queries.drafts_shown(session, [invoice_id])
        today = clock.today()
        serial = queries.last_number(session, series(invoice.issuer, today.year)) + place
        content = ahead.content_of(session, invoice, particulars_when_issued(invoice, serial, today))
        self._ahead[invoice_id] = ahead.begin(content)
