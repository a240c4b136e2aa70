"""Schools that left, and the refunds of their shares."""

import uuid
from datetime import date

from sqlalchemy import select

from invoicing.fund.refunds import actions
from invoicing.fund.refunds.models import Refund
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.ids import new_id
from tests.make import memberships
from tests.make.alliance import School
from tests.make.fund import Fund


def leave(held: Fund, school: School) -> Refund | None:
    """The school leaves and what follows is delivered; its newest refund, None when nothing was held."""
    memberships.leave(held.alliance, school)
    events.deliver_due()
    return row_for(school)


def row_for(school: School) -> Refund | None:
    """The newest refund of a school as it is stored now."""
    session = db.session()
    session.rollback()
    query = select(Refund).where(Refund.school_id == school.id).order_by(Refund.made_at.desc(), Refund.id)
    return session.scalars(query.limit(1)).one_or_none()


def approve(refund_id: uuid.UUID, *schools: School) -> None:
    """The approvals of these schools' headteachers."""
    for school in schools:
        actions.approve_refund(school.headteacher, new_id(), refund_id, school.id)


def pay(held: Fund, refund_id: uuid.UUID, paid_on: date | None = None) -> None:
    """The payment of an approved refund."""
    actions.pay_refund(held.alliance.coordinator, new_id(), refund_id, paid_on or clock.today())
