"""A confirmed award drafts the recovery fee that its tender agreed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceSource, InvoiceStatus
from invoicing.shared_costs import queries
from invoicing.shared_costs.jobs import charge_recovery_fee
from invoicing.shared_costs.models import SharedCost
from marketplace.core import clock, events
from marketplace.core.db import transaction
from marketplace.core.events import Event
from marketplace.core.mail import Message
from marketplace.core.money import Money
from marketplace.tenders.rules import Split
from tests import make
from tests.make import Alliance


@pytest.fixture
def alliance(app: Flask) -> Alliance:  # noqa: ARG001  # it needs the database
    """Three schools of 210, 240 and 270 pupils."""
    return make.alliance(3)


def test_the_fee_is_divided_by_pupils_among_the_schools_that_buy(
    alliance: Alliance, session: Session
) -> None:
    contest = make.awarded_on_price(alliance, recovery_fee=Money(72_000), split=Split.PUPILS)
    assert events.deliver_due() >= 1
    lead = contest.tender.lead
    cost = queries.cost_of_tender(session, contest.tender.id)
    assert cost
    assert (cost.lead_id, cost.amount, cost.split) == (lead.id, Money(72_000), Split.PUPILS)
    drafts = make.invoices_of(cost.id)
    assert {draft.buyer_id: draft.net for draft in drafts} == {
        school.id: Money(school.pupils * 100) for school in alliance.schools if school.id != lead.id
    }
    for draft in drafts:
        assert (draft.status, draft.source, draft.drafted_by) == (
            InvoiceStatus.DRAFT,
            InvoiceSource.RECOVERY_FEE,
            None,
        )
        assert contest.tender.row.reference in draft.lines[0].description


def test_by_use_the_fee_follows_the_value_that_each_school_buys(alliance: Alliance, session: Session) -> None:
    one, two, three = alliance.schools
    lots = [make.lot("Meals", {("Meal", "meals"): {one.id: Decimal(100), two.id: Decimal(300)}}, [one, two])]
    contest = make.awarded_on_price(
        alliance, lots=lots, schools=[one, two], recovery_fee=Money(40_000), split=Split.USE
    )
    events.deliver_due()
    cost = queries.cost_of_tender(session, contest.tender.id)
    assert cost
    assert {share.school_id: share.amount for share in cost.shares} == {
        one.id: Money(10_000),
        two.id: Money(30_000),
    }
    assert three.id not in {draft.buyer_id for draft in make.invoices_of(cost.id)}


def test_the_same_news_twice_drafts_once(alliance: Alliance, session: Session) -> None:
    make.awarded_on_price(alliance, recovery_fee=Money(30_000))
    events.deliver_due()
    event = session.scalars(select(Event).where(Event.act == "award.confirm")).one()
    with transaction() as again:
        charge_recovery_fee(again, again.get_one(Event, event.id))
    assert session.query(SharedCost).count() == 1
    assert session.query(Invoice).count() == 2


def test_the_fee_is_supplied_on_the_day_of_the_award_however_late_the_news(
    alliance: Alliance, session: Session
) -> None:
    contest = make.awarded_on_price(alliance, recovery_fee=Money(30_000))
    award = session.scalars(select(Event).where(Event.act == "award.confirm")).one()
    awarded_on = award.at.astimezone(clock.LONDON).date()
    with clock.travelling(clock.now() + timedelta(days=90)):
        events.deliver_due()
    cost = queries.cost_of_tender(session, contest.tender.id)
    assert cost
    assert cost.supplied_on == awarded_on


def test_without_a_fee_nothing_is_drafted(alliance: Alliance, session: Session) -> None:
    make.awarded_on_price(alliance)
    events.deliver_due()
    assert session.query(SharedCost).count() == 0


def test_the_finance_lead_of_the_lead_school_is_told_where_to_look(
    alliance: Alliance, session: Session
) -> None:
    contest = make.awarded_on_price(alliance, recovery_fee=Money(30_000))
    events.deliver_due()
    cost = queries.cost_of_tender(session, contest.tender.id)
    assert cost
    (message,) = session.scalars(select(Message).where(Message.subject == "2 draft invoices wait for you"))
    assert message.body.startswith(f"Dear {contest.tender.lead.finance_lead.name}")
    assert f"/shared-costs/{cost.id}" in message.body
