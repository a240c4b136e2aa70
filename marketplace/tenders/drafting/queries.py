"""Questions that filling in a draft asks. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, Person, RoleHolding
from marketplace.core.money import Money
from marketplace.core.policy import POLICY, Act, Role
from marketplace.tenders.criteria.queries import draft_tree
from marketplace.tenders.drafting.models import SplitAgreement
from marketplace.tenders.drafting.rules import LineDraft, LotDraft, Readiness
from marketplace.tenders.lots.queries import terms_of
from marketplace.tenders.models import Tender
from marketplace.tenders.queries import buyers, member_ids, schedule
from marketplace.tenders.rules import SPLIT_LABELS


def readiness(session: Session, tender: Tender) -> Readiness:
    """What the tender has, for `rules.missing`."""
    lots = [
        LotDraft(
            lot.title,
            [
                LineDraft(line.item, line.unit, {one.school_id: one.quantity for one in line.volumes})
                for line in lot.lines
            ],
        )
        for lot in schedule(session, tender.id)
    ]
    names = buyers(session, tender.id)
    return Readiness(
        lead_school_id=tender.lead_school_id,
        buyers=frozenset(names),
        lots=lots,
        criteria=draft_tree(tender.criteria),
        described=bool(tender.description),
        closes_at=tender.closes_at,
        has_contract_dates=bool(tender.contract_starts_on and tender.contract_ends_on),
        names=names,
        formula=tender.price_formula,
        ceiling=tender.ceiling,
        optimum=tender.optimum,
        steepness=tender.steepness,
        worth_of_a_point=tender.worth_of_a_point,
        lot_terms=terms_of(session, tender),
    )


@dataclass(frozen=True, slots=True)
class AgreedSplit:
    """A version of the shared cost as schools read it. `by` is blank for what an import brought."""

    number: int
    recovery_fee: Money
    split: str
    by: str
    at: datetime


def latest_number(session: Session, tender_id: uuid.UUID) -> int:
    """The number of the newest version of the shared cost; 0 before the first."""
    query = select(func.max(SplitAgreement.number)).where(SplitAgreement.tender_id == tender_id)
    return session.scalar(query) or 0


def agreed_splits(session: Session, tender_id: uuid.UUID) -> list[AgreedSplit]:
    """Every version of the shared cost, newest first. Load the tender as its reader first."""
    query = (
        select(SplitAgreement, Person.name)
        .outerjoin(Person, Person.id == SplitAgreement.agreed_by)
        .where(SplitAgreement.tender_id == tender_id)
        .order_by(SplitAgreement.number.desc())
    )
    return [
        AgreedSplit(row.number, row.recovery_fee, SPLIT_LABELS[row.split], name or "", row.agreed_at)
        for row, name in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class PanelCandidate:
    """Somebody who can be named to open or to score, for one of their schools."""

    person_id: uuid.UUID
    person: str
    school_id: uuid.UUID
    school: str
    roles: tuple[Role, ...]


def panel_candidates(session: Session, tender: Tender) -> list[PanelCandidate]:
    """The people of the alliance's schools whose role lets them open and score, by school and name."""
    allowed = POLICY[Act.QUOTES_OPEN].roles & POLICY[Act.SCORE_GIVE].roles
    query = (
        select(Person.id, Person.name, RoleHolding.role, Organisation.id.label("school_id"))
        .add_columns(Organisation.name.label("school"))
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .join(Organisation, Organisation.id == RoleHolding.organisation_id)
        .where(
            Organisation.id.in_(member_ids(session, tender.alliance_id)),
            RoleHolding.role.in_(allowed),
            Person.active,
        )
        .order_by(Organisation.name, Organisation.id, Person.name, Person.id, RoleHolding.role)
    )
    found: dict[tuple[uuid.UUID, uuid.UUID], PanelCandidate] = {}
    for row in session.execute(query):
        key = (row.id, row.school_id)
        roles = (*found[key].roles, row.role) if key in found else (row.role,)
        found[key] = PanelCandidate(row.id, row.name, row.school_id, row.school, roles)
    return list(found.values())
