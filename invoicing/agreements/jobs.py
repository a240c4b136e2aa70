"""What the clock brings to agreements: they begin, they end, and reviews and ends are reminded of."""

from __future__ import annotations

from invoicing.agreements import actions, queries
from invoicing.agreements.rules import REMINDED_OF_END
from invoicing.agreements.signing import actions as signing
from marketplace.core import clock
from marketplace.core.db import db


def watch_agreements() -> int:
    """Begin, end and remind of whatever is due today; returns how many agreements and reviews."""
    session, today = db.session(), clock.today()
    beginning, ending = queries.ids_to_begin(session, today), queries.ids_to_end(session, today)
    reviews = queries.ids_to_remind(session, today)
    near_end = queries.ids_near_end(session, today + REMINDED_OF_END)
    session.rollback()
    done = sum(signing.begin_agreement(agreement_id) for agreement_id in beginning)
    done += sum(signing.end_agreement(agreement_id) for agreement_id in ending)
    done += sum(actions.remind_of_review(review_id) for review_id in reviews)
    return done + sum(actions.remind_of_end(one) for one in near_end if one not in ending)
