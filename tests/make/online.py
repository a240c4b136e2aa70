"""Schools that are paid online, and payments at the pretend Stripe."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from invoicing.payments.online import actions
from invoicing.payments.online.accounts import actions as account_actions
from invoicing.payments.online.models import OnlinePayment
from invoicing.payments.online.news import actions as news_actions
from marketplace.core.db import db
from marketplace.core.ids import new_id
from tests import stripe
from tests.make.alliance import School


def paid_online(school: School, account: str | None = None) -> str:
    """Let a school take online payments, as two of its people agree; the name of its account."""
    account, account_id = account or stripe.account(), new_id()
    account_actions.propose_account(school.bursar, account_id, school.id, account)
    account_actions.approve_account(school.finance_lead, account_id)
    return account


def online_payment(buyer: School, invoice_id: uuid.UUID) -> OnlinePayment:
    """An online payment that the buyer's bursar began, as it is stored."""
    return stored_payment(actions.start_payment(buyer.bursar, new_id(), invoice_id))


def stored_payment(payment_id: uuid.UUID) -> OnlinePayment:
    """An online payment as it is stored now."""
    db.session().expire_all()
    return db.session().get_one(OnlinePayment, payment_id)


def hear(reports: Iterable[Mapping[str, Any]]) -> None:
    """Hear what Stripe reports, in this order."""
    for said in reports:
        news_actions.hear(said)
