"""Recording a shared cost: its split, and a draft invoice for each other school's share."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from invoicing.invoices import queries as invoices
from invoicing.invoices.actions import make_draft
from invoicing.invoices.rules import (
    USUAL_PAYMENT_DAYS,
    InvoiceSource,
    InvoiceTerms,
    LineDraft,
    check_terms,
    usual_category,
)
from invoicing.shared_costs import queries, rules
from invoicing.shared_costs.models import CostShare, SharedCost
from invoicing.shared_costs.rules import CostTerms, Share
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import School
from marketplace.core import clock, events, ids, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Act, Actor
from marketplace.core.web import plain_number
from marketplace.tenders.rules import Split

SHARE_WORDS = {
    Split.PUPILS: "{weight} of {whole} pupils",
    Split.EQUAL: "{weight} of {whole} equal parts",
    Split.USE: "{weight} of {whole} by use",
}


def record_shared_cost(actor: Actor, cost_id: uuid.UUID, lead_id: uuid.UUID, terms: CostTerms) -> None:
    """Record a cost that the lead school paid for several, and draft the others' invoices.

    Raises RuleBroken.
    """
    with transaction() as session:
        lead = alliance.get_school(session, actor, lead_id, lock=True)
        policy.require(actor, Act.SHARED_COST_RECORD, lead.id)
        known = session.get(SharedCost, cost_id)
        if known is not None:
            if known.lead_id != lead.id:
                raise NotFound
            return
        parts = split_cost(session, lead.id, terms)
        cost = SharedCost(
            id=cost_id,
            lead_id=lead.id,
            title=terms.title,
            supplier_name=terms.supplier_name,
            supplied_on=terms.supplied_on,
            amount=terms.amount,
            split=terms.split,
            recorded_by=actor.person_id,
            recorded_at=clock.now(),
        )
        add_cost(session, actor, cost, lead, parts)


def split_cost(session: Session, lead_id: uuid.UUID, terms: CostTerms) -> list[Share]:
    """Each school's share as it would be recorded now; writes nothing. A shared step. Raises RuleBroken."""
    rules.check_participants(terms.school_ids, lead_id)
    allowed = {lead_id} | {school.id for school in invoices.possible_buyers(session, lead_id)}
    if not allowed.issuperset(terms.school_ids):
        raise RuleBroken("Choose schools of your own alliance.", "schools")
    taking_part = queries.participants(session, terms.school_ids, dict(terms.use))
    return rules.shares(terms.amount, terms.split, taking_part)


def add_cost(session: Session, actor: Actor, cost: SharedCost, lead: School, parts: Sequence[Share]) -> int:
    """Store a cost with its shares, and draft an invoice for each share but the lead's own.

    A shared step; returns how many drafts were made. A share of nothing gets no invoice.
    """
    cost.shares = [
        CostShare(school_id=part.school_id, position=position, weight=part.weight, amount=part.amount)
        for position, part in enumerate(parts, start=1)
    ]
    session.add(cost)
    session.flush()
    events.record(
        session,
        actor,
        Act.SHARED_COST_RECORD,
        cost.id,
        organisation_id=lead.id,
        split=cost.split,
        schools=len(parts),
    )
    source = InvoiceSource.RECOVERY_FEE if cost.tender_id else InvoiceSource.SHARED_COST
    whole = sum((part.weight for part in parts), Decimal(0))
    invoiced = [part for part in parts if part.school_id != lead.id and part.amount]
    for part in invoiced:
        terms = _terms(cost, part, whole, registered=bool(lead.vat_number))
        check_terms(terms, issuer_id=lead.id, registered=bool(lead.vat_number))
        make_draft(session, actor, ids.new_id(), lead, terms, source=source, source_id=cost.id)
    return len(invoiced)


def _terms(cost: SharedCost, part: Share, whole: Decimal, *, registered: bool) -> InvoiceTerms:
    """The draft for one share: one line, at the VAT that the lead school usually charges."""
    words = SHARE_WORDS[cost.split].format(weight=plain_number(part.weight), whole=plain_number(whole))
    line = LineDraft(
        description=f"{cost.title}: your share, {words}",
        quantity=Decimal(1),
        unit="share",
        unit_price=part.amount.pounds,
        category=usual_category(registered=registered),
    )
    return InvoiceTerms(
        buyer_id=part.school_id,
        supplied_on=cost.supplied_on,
        payment_days=USUAL_PAYMENT_DAYS,
        purchase_order="",
        note="",
        lines=(line,),
    )
