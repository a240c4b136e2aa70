"""How a refund that people decided follows what Stripe reports of it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.news.rules import GIVEN_UP, News
from invoicing.payments.online.refunds import rules
from invoicing.payments.online.refunds.models import OnlineRefund
from invoicing.payments.online.refunds.rules import RefundStatus


def follow(session: Session, news: News, payment: OnlinePayment) -> None:
    """Move the refund along that a report is about; one made in Stripe itself has none here."""
    refund = session.get(OnlineRefund, news.refund_id, with_for_update=True) if news.refund_id else None
    if refund is None or refund.payment_id != payment.id:
        return
    wanted = RefundStatus.FAILED if news.state in GIVEN_UP else RefundStatus.DONE
    if rules.may_become(refund.status, wanted):
        refund.status = rules.move(refund.status, wanted)
        refund.due_at, refund.stripe_id = None, news.about
        session.flush()
