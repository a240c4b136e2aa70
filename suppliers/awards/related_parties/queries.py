"""Questions about related parties. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.queries import names
from marketplace.core.money import Money
from marketplace.tenders.models import Tender
from suppliers.awards import queries as awards
from suppliers.awards import rules as award_rules
from suppliers.awards.models import Award
from suppliers.awards.related_parties.models import RelatedParty


@dataclass(frozen=True, slots=True)
class Pair:
    """A school and a supplier that wins a part of what it buys; `part` is with VAT, over the whole term."""

    school_id: uuid.UUID
    school: str
    supplier_id: uuid.UUID
    supplier: str
    part: Money

    @property
    def key(self) -> str:
        """The pair as one value of a form."""
        return f"{self.school_id}_{self.supplier_id}"


def pairs(session: Session, tender: Tender, found: Sequence[Award]) -> list[Pair]:
    """Every school that buys with every supplier that it would buy from."""
    parts: dict[tuple[uuid.UUID, uuid.UUID, str], Money] = {}
    suppliers = {award.id: award.quote.supplier for award in found}
    for due in awards.contracts_due(session, tender, found):
        supplier = suppliers[due.award_id]
        key = (due.school_id, supplier.id, supplier.name)
        parts[key] = parts.get(key, Money(0)) + due.amount
    schools = names(session, {key[0] for key in parts})
    made = [
        Pair(school_id, schools[school_id], supplier_id, supplier, award_rules.value_with_vat(amount))
        for (school_id, supplier_id, supplier), amount in parts.items()
    ]
    return sorted(made, key=lambda one: (one.school, one.supplier))


def recorded(session: Session, tender_id: uuid.UUID) -> list[RelatedParty]:
    """The related parties that were recorded for the award of a tender."""
    query = select(RelatedParty).where(RelatedParty.tender_id == tender_id)
    return list(session.scalars(query.order_by(RelatedParty.declared_at)))


@dataclass(frozen=True, slots=True)
class RelatedView:
    """A related party as the award's page shows it."""

    school: str
    supplier: str
    report_reference: str
    reported_on: date
    approval_reference: str
    is_state_school: bool


def view(session: Session, tender_id: uuid.UUID) -> tuple[RelatedView, ...]:
    """The related parties of an award, in words."""
    rows = recorded(session, tender_id)
    known = names(session, {one.school_id for one in rows} | {one.supplier_id for one in rows})
    return tuple(
        RelatedView(
            known[one.school_id],
            known[one.supplier_id],
            one.report_reference,
            one.reported_on,
            one.approval_reference,
            one.is_state_school,
        )
        for one in rows
    )
