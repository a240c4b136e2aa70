"""What the worker does each minute about online payments: what waits to be counted, sent and asked."""

from __future__ import annotations

from invoicing.gateways import checkout
from invoicing.gateways.checkout import Patience, UnansweredError
from invoicing.payments.online import actions, queries
from invoicing.payments.online.news import actions as news_actions
from invoicing.payments.online.news import queries as news
from invoicing.payments.online.reading import actions as reading
from invoicing.payments.online.refunds import actions as refund_actions
from invoicing.payments.online.refunds import queries as refunds
from marketplace.core import clock
from marketplace.core.db import db

MOST_A_MINUTE = 20


def count_reports() -> int:
    """Count what Stripe reported while too much came at once to count it there and then; how many reports."""
    session = db.session()
    waiting = bool(news.next_heard(session))
    session.rollback()
    return news_actions.count_heard() if waiting else 0


def see_to_online_payments() -> int:
    """Count reports that were early; ask for payments again, for refunds, fees and payouts; how many things.

    When Stripe does not answer once, it is left alone until the next minute.
    """
    session, now = db.session(), clock.now()
    early = bool(news.known_meanwhile(session))
    unanswered = queries.to_ask_again(session, now, MOST_A_MINUTE)
    to_send = refunds.to_send(session, now, MOST_A_MINUTE)
    fees = queries.to_ask_for_fees(session, now, MOST_A_MINUTE)
    payouts = queries.to_read_payouts(session, now, MOST_A_MINUTE)
    session.rollback()
    done = news_actions.count_waiting() if early else 0
    if not checkout.offered():
        return done
    try:
        for payment_id in unanswered:
            actions.ask_again(payment_id)
            done += 1
        for refund_id in to_send:
            if not refund_actions.send_refund(refund_id, Patience.JOB):
                return done
            done += 1
        for fee in fees:
            reading.read_fee(*fee)
            done += 1
        for payout in payouts:
            reading.read_payout(*payout)
            done += 1
    except UnansweredError:
        return done
    return done
