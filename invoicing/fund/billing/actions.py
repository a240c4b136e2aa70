"""Choosing the school that sends the invoices of contributions."""

from __future__ import annotations

import uuid

from invoicing.fund import queries as funds
from invoicing.fund.billing import rules
from marketplace.core import events, policy
from marketplace.core.db import transaction
from marketplace.core.policy import Act, Actor


def choose_host(actor: Actor, fund_id: uuid.UUID, school_id: uuid.UUID | None) -> None:
    """Say which school keeps the fund's money and sends its invoices; None for no school. Raises RuleBroken.

    It counts for what is confirmed from now on.
    """
    with transaction() as session:
        fund = funds.get_fund(session, actor, fund_id, lock=True)
        policy.require(actor, Act.FUND_HOST, fund.alliance_id)
        if fund.host_id == school_id:
            return
        if school_id is not None:
            rules.check_host(belongs=school_id in {one.id for one in funds.members(session, fund)})
        fund.host_id = school_id
        session.flush()
        events.record(
            session, actor, Act.FUND_HOST, fund.id, organisation_id=fund.alliance_id, school_id=school_id
        )
