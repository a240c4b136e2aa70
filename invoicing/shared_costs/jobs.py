"""What the news of an award brings: the recovery fee agreed in the tender is split and drafted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.shared_costs import queries, rules
from invoicing.shared_costs.actions import add_cost
from invoicing.shared_costs.models import SharedCost
from invoicing.shared_costs.rules import Participant
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Organisation, School
from marketplace.core import clock, ids, mail
from marketplace.core.events import Event
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import SYSTEM, Role
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import CommitmentStatus, Split
from suppliers.awards import bought
from suppliers.awards.models import Award
from suppliers.awards.rules import AwardStatus


def charge_recovery_fee(session: Session, event: Event) -> None:
    """A tender's award was confirmed: draft the lead school's recovery fee to the other schools that buy.

    Once a tender, supplied on the day of the award, however late the news arrives. The fee is divided as
    the tender says; by use means by the value of what each school buys.
    """
    tender = session.get_one(Tender, event.subject_id, with_for_update={"key_share": True})
    if not tender.recovery_fee or tender.lead_school_id is None:
        return
    if queries.cost_of_tender(session, tender.id) is not None:
        return
    buyers = _committed(session, tender.id)
    if not {school.id for school in buyers} - {tender.lead_school_id}:
        return
    use = _values_bought(session, tender.id) if tender.split is Split.USE else {}
    taking_part = [
        Participant(school.id, school.pupils, use.get(school.id, ZERO).pounds) for school in buyers
    ]
    lead = session.get_one(School, tender.lead_school_id)
    cost = SharedCost(
        id=ids.new_id(),
        lead_id=lead.id,
        tender_id=tender.id,
        title=f"Recovery of the cost of joint tender {tender.reference}, {tender.title}",
        supplied_on=event.at.astimezone(clock.LONDON).date(),
        amount=tender.recovery_fee,
        split=tender.split,
        recorded_by=None,
        recorded_at=clock.now(),
    )
    parts = rules.shares(tender.recovery_fee, tender.split, taking_part)
    drafts = add_cost(session, SYSTEM, cost, lead, parts)
    _tell_lead(session, lead, cost, drafts)


def _committed(session: Session, tender_id: uuid.UUID) -> Sequence[School]:
    """The schools that buy, by name."""
    query = (
        select(School)
        .join(Commitment, Commitment.school_id == School.id)
        .join(Organisation, Organisation.id == School.id)
        .where(Commitment.tender_id == tender_id, Commitment.status == CommitmentStatus.COMMITTED)
        .order_by(Organisation.name)
    )
    return session.scalars(query).all()


def _values_bought(session: Session, tender_id: uuid.UUID) -> dict[uuid.UUID, Money]:
    """What each school buys by the confirmed awards over the whole term, before VAT."""
    query = select(Award).where(Award.tender_id == tender_id, Award.status == AwardStatus.CONFIRMED)
    return bought.by_school(session, tender_id, session.scalars(query).all())


def _tell_lead(session: Session, lead: School, cost: SharedCost, drafts: int) -> None:
    """Write to the finance leads of the lead school that drafts wait for them."""
    for person in alliance.people_with_role(session, [lead.id], Role.FINANCE_LEAD):
        mail.write(
            session,
            person.email,
            f"{drafts} draft {'invoice waits' if drafts == 1 else 'invoices wait'} for you",
            "shared_costs_drafted.txt",
            person_name=person.name,
            title=cost.title,
            cost_id=cost.id,
            drafts=drafts,
        )
