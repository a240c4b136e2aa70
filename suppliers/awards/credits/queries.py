"""Questions about service credits, for both parties of a contract."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.contracts.models import Contract
from marketplace.contracts.offered import ContractLink
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Kind, Role
from marketplace.core.web import Task, plain_number
from suppliers.awards.credits import rules
from suppliers.awards.credits.models import CreditClaim, CreditRule
from suppliers.awards.credits.rules import COLOURS, LABELS, CreditStatus, CreditTerms
from suppliers.awards.performance.queries import parties


def rules_of(session: Session, contract_id: uuid.UUID) -> list[CreditRule]:
    """The rules of a contract, oldest first. Load the contract as its reader first."""
    query = select(CreditRule).where(CreditRule.contract_id == contract_id)
    return list(session.scalars(query.order_by(CreditRule.recorded_at)))


def get_rule(session: Session, actor: Actor, rule_id: uuid.UUID, *, lock: bool = False) -> CreditRule:
    """A rule of a contract of which this actor is a party. Raises NotFound."""
    query = (
        select(CreditRule)
        .join(Contract, Contract.id == CreditRule.contract_id)
        .where(CreditRule.id == rule_id, parties(actor))
    )
    if lock:
        query = query.with_for_update(of=CreditRule)
    rule = session.scalars(query).one_or_none()
    if rule is None:
        raise NotFound
    return rule


def get_claim(session: Session, actor: Actor, claim_id: uuid.UUID, *, lock: bool = False) -> CreditClaim:
    """A claim by a rule of a contract of which this actor is a party. Raises NotFound."""
    query = (
        select(CreditClaim)
        .join(CreditRule, CreditRule.id == CreditClaim.rule_id)
        .join(Contract, Contract.id == CreditRule.contract_id)
        .where(CreditClaim.id == claim_id, parties(actor))
    )
    if lock:
        query = query.with_for_update(of=CreditClaim)
    claim = session.scalars(query).one_or_none()
    if claim is None:
        raise NotFound
    return claim


def claims_of(session: Session, contract_id: uuid.UUID) -> list[CreditClaim]:
    """The claims by the rules of a contract, newest first. Load the contract as its reader first."""
    query = (
        select(CreditClaim)
        .join(CreditRule, CreditRule.id == CreditClaim.rule_id)
        .where(CreditRule.contract_id == contract_id)
        .order_by(CreditClaim.claimed_at.desc())
        .options(selectinload(CreditClaim.rule))
    )
    return list(session.scalars(query))


def terms_of(rule: CreditRule) -> CreditTerms:
    """What a rule says."""
    return CreditTerms(rule.title, rule.trigger, rule.each, rule.basis_points, rule.most_basis_points)


def claimed_in_year(session: Session, rule: CreditRule, occurred_on: date) -> Money:
    """What was claimed by a rule in the contract year of a day, but for what was withdrawn."""
    starts_on = rule.contract.starts_on
    year = rules.contract_year(starts_on, occurred_on)
    return Money.total(
        one.amount
        for one in claims_of(session, rule.contract_id)
        if one.rule_id == rule.id
        and one.status is not CreditStatus.WITHDRAWN
        and rules.contract_year(starts_on, one.occurred_on) == year
    )


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as pages show it: what it costs each time, and the most in a year, in words."""

    id: uuid.UUID
    title: str
    trigger: str
    credit: str
    most: str


def view_rule(rule: CreditRule) -> RuleView:
    """A rule in words."""
    each = (
        f"{rule.each} each time"
        if rule.each
        else f"{_percent(rule.basis_points)} of a month’s charge each time"
    )
    most = f"{_percent(rule.most_basis_points)} of the year’s value" if rule.most_basis_points else "No limit"
    return RuleView(rule.id, rule.title, rule.trigger, each, most)


def _percent(basis_points: int) -> str:
    return f"{plain_number(Decimal(basis_points) / 100)}%"


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as pages show it."""

    id: uuid.UUID
    rule: str
    occurred_on: date
    occurrences: int
    amount: Money
    evidence: str
    status: CreditStatus
    label: str
    colour: str
    reply: str
    document: str
    version: int


def view(claim: CreditClaim) -> ClaimView:
    """A claim in words."""
    return ClaimView(
        claim.id,
        claim.rule.title,
        claim.occurred_on,
        claim.occurrences,
        claim.amount,
        claim.evidence,
        claim.status,
        LABELS[claim.status],
        COLOURS[claim.status],
        claim.reply,
        claim.settled_by_document,
        claim.version,
    )


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Credits that a finance lead deducts from the supplier's next invoice, and that a supplier answers."""
    schools = actor.organisations(Kind.SCHOOL, Role.FINANCE_LEAD)
    suppliers = actor.organisations(Kind.SUPPLIER, Role.SUPPLIER_ADMIN, Role.BIDDER)
    if not schools and not suppliers:
        return []
    query = (
        select(CreditClaim, Contract)
        .join(CreditRule, CreditRule.id == CreditClaim.rule_id)
        .join(Contract, Contract.id == CreditRule.contract_id)
        .order_by(CreditClaim.claimed_at)
    )
    deduct = query.where(CreditClaim.status == CreditStatus.ACCEPTED, Contract.school_id.in_(schools))
    answer = query.where(CreditClaim.status == CreditStatus.CLAIMED, Contract.supplier_id.in_(suppliers))
    return [
        *(
            Task(
                f"Deduct a service credit of {claim.amount} before VAT: {contract.title}",
                url_for("awards.settle_credit", claim_id=claim.id),
                contract.supplier_name,
            )
            for claim, contract in session.execute(deduct)
        ),
        *(
            Task(
                f"Answer a claim of a service credit: {contract.title}",
                url_for("awards.answer_credit", claim_id=claim.id),
                contract.school.name,
            )
            for claim, contract in session.execute(answer)
        ),
    ]


def links_of_contract(session: Session, actor: Actor, contract: Contract) -> list[ContractLink]:  # noqa: ARG001  # a place's signature
    """From a contract's page to its service credits."""
    if contract.supplier_id is None:
        return []
    return [ContractLink("See service credits", url_for("awards.list_credits", contract_id=contract.id))]
