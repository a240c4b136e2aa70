"""A school that left the alliance: its share of the fund waits to be paid back."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from demonstration.cast import Cast, sign_up
from demonstration.purchases import MANOR
from invoicing.fund import actions as fund
from invoicing.fund import queries as funds
from invoicing.fund import rules
from invoicing.fund.refunds import actions as refunds
from invoicing.fund.refunds.models import Refund
from invoicing.fund.rules import Proposal, Purpose
from invoicing.fund.statements import academic_year
from marketplace.alliance import queries
from marketplace.alliance.memberships import actions, leaving
from marketplace.alliance.memberships.rules import fingerprint
from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MembershipKind
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import ADMINISTRATOR, Actor, Role

LARKSPUR = "990111"
JOINED, PROPOSED, CONFIRMED, RECEIVED, LEFT, APPROVED = -160, -75, -70, -60, -10, -8
WHY = "Our trust asks its schools to buy through its own hub from January. Thank you for the welcome."


def leave(cast: Cast, fund_id: uuid.UUID) -> None:
    """Larkspur joins, contributes and leaves; one of two schools has approved its refund."""
    school_id = queries.school_by_urn(db.session(), LARKSPUR).id
    headteacher = sign_up("Nora Bright", school_id, Role.HEADTEACHER)
    governor = sign_up("Hugh Pember", school_id, Role.GOVERNOR)
    with cast.calendar.on(JOINED):
        actions.admit_school(ADMINISTRATOR, cast.alliance_id, school_id, MembershipKind.FULL)
    _contribute(cast, fund_id, school_id, _again(governor))
    session = db.session()
    with cast.calendar.on(LEFT):
        session.rollback()
        membership = session.scalars(select(Membership).where(Membership.school_id == school_id)).one()
        found = leaving.consequences(session, school_id, cast.alliance_id)
        seen = fingerprint(leaving.as_text(found))
        actions.leave_alliance(_again(headteacher), membership.id, WHY, seen)
        events.deliver_due()
    session.rollback()
    refund = session.scalars(select(Refund).where(Refund.school_id == school_id)).one().id
    manor = cast.schools[MANOR]
    with cast.calendar.on(APPROVED):
        refunds.approve_refund(manor.headteacher, new_id(), refund, manor.id)


def _contribute(cast: Cast, fund_id: uuid.UUID, school_id: uuid.UUID, governor: Actor) -> None:
    round_id, session = new_id(), db.session()
    with cast.calendar.on(PROPOSED):
        year = academic_year(clock.today())
        proposal = Proposal(
            title="Contribution of Larkspur",
            total=Money(2_145_00),
            year_start=year.start,
            year_end=year.end,
            purpose=Purpose.SHARED_STAFF,
            school_ids=frozenset({school_id}),
        )
        session.rollback()
        held = funds.get_fund(session, cast.coordinator, fund_id)
        shares = {one.school_id: one.amount for one in funds.proposed_shares(session, held, proposal)}
        seen = rules.fingerprint(proposal, shares)
        fund.propose_contributions(cast.coordinator, round_id, fund_id, proposal, seen)
    session.rollback()
    (contribution,) = funds.get_round(session, cast.coordinator, round_id).contributions
    contribution_id = contribution.id
    with cast.calendar.on(CONFIRMED):
        minuted_on = cast.calendar.day(CONFIRMED - 3)
        fund.confirm_contribution(governor, contribution_id, "FGB 12, item 3", minuted_on, own_budget=True)
    with cast.calendar.on(RECEIVED):
        fund.receive_contribution(cast.coordinator, new_id(), contribution_id, clock.today())


def _again(person: Actor) -> Actor:
    """The person with the alliances that they have come into meanwhile."""
    found = queries.actor_for(db.session(), person.person_id) if person.person_id else None
    if found is None:
        raise LookupError(person.name)
    return found
