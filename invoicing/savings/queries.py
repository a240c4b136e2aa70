"""What contracts have saved: of one contract for whoever reads it, and of an alliance by school."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.rules import Kind
from invoicing.savings.models import Baseline, InvoicedCost
from invoicing.savings.rules import Accepted, BaselineTerms, Saving, added_up, counted, measure
from marketplace.alliance.models import Membership, Organisation
from marketplace.alliance.rules import MembershipStatus
from marketplace.contracts.models import Contract
from marketplace.contracts.offered import ContractLink
from marketplace.contracts.queries import get_contract, visible_to
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from marketplace.tenders.models import Commitment, Tender
from suppliers.awards.models import Award


@dataclass(frozen=True, slots=True)
class Line:
    """What was invoiced for a time, and what that saved; None where there is no baseline.

    `amount` and `source` are typed, or counted from what was accepted; no amount while nothing was.
    """

    cost: InvoicedCost
    amount: Money | None
    source: str
    saving: Saving | None


@dataclass(frozen=True, slots=True)
class ContractSaving:
    """A contract with what it saved so far. Without a baseline nothing of it is counted."""

    contract: Contract
    baseline: Baseline | None
    lines: tuple[Line, ...]

    @property
    def saving(self) -> Saving:
        """What all its lines saved."""
        return added_up(line.saving for line in self.lines if line.saving)

    @property
    def expected(self) -> Money | None:
        """What the award saves in a year against the baseline; None without one."""
        return self.baseline.amount - self.contract.annual_value if self.baseline else None


@dataclass(frozen=True, slots=True)
class SchoolSaving:
    """What a school's contracts saved. `unknown` counts those left out because they have no baseline."""

    school_id: uuid.UUID
    school: str
    contracts: int
    unknown: int
    saving: Saving


@dataclass(frozen=True, slots=True)
class AllianceSavings:
    """What all schools of an alliance saved: `whole` is the sum of `schools`."""

    schools: tuple[SchoolSaving, ...]
    whole: SchoolSaving
    contracts: tuple[ContractSaving, ...]


def of_contract(session: Session, actor: Actor, contract_id: uuid.UUID) -> ContractSaving:
    """A contract that the actor may read, with what it saved. Raises NotFound."""
    contract = get_contract(session, actor, contract_id)
    return _measured(session, [contract])[0]


def get_cost(session: Session, actor: Actor, cost_id: uuid.UUID, *, lock: bool = False) -> InvoicedCost:
    """What was invoiced under a contract the actor may read, and not taken back. Raises NotFound.

    Locking it locks the contract.
    """
    query = (
        select(InvoicedCost)
        .join(Contract)
        .where(InvoicedCost.id == cost_id, visible_to(actor))
        .options(joinedload(InvoicedCost.contract))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    if lock:
        get_contract(session, actor, found.contract_id, lock=True)
        session.refresh(found)
    return found


def counted_days(session: Session, contract_id: uuid.UUID) -> list[tuple[date, date]]:
    """The times of a contract for which what was invoiced has been entered."""
    query = select(InvoicedCost.starts_on, InvoicedCost.ends_on).where(
        InvoicedCost.contract_id == contract_id, InvoicedCost.taken_back_at.is_(None)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def suggested(session: Session, contract: Contract) -> BaselineTerms | None:
    """What the school said when it committed that it pays today, where one contract followed from that."""
    if contract.award_id is None:
        return None
    siblings = select(Contract.id).where(
        Contract.school_id == contract.school_id,
        Contract.tender_reference == contract.tender_reference,
        Contract.award_id.is_not(None),
    )
    if len(session.scalars(siblings).all()) != 1:
        return None
    query = (
        select(Commitment.baseline, Tender.reference)
        .join(Tender, Tender.id == Commitment.tender_id)
        .join(Award, Award.tender_id == Tender.id)
        .where(Award.id == contract.award_id, Commitment.school_id == contract.school_id)
    )
    found = session.execute(query).first()
    if found is None or not found.baseline:
        return None
    return BaselineTerms(
        found.baseline, f"What the school entered when it joined joint tender {found.reference}"
    )


def of_alliance(
    session: Session, actor: Actor, alliance_id: uuid.UUID, ended: tuple[date, date] | None = None
) -> AllianceSavings:
    """What an alliance's joint purchases saved, school by school. Raises NotFound.

    `ended` narrows it down to what was invoiced for times that ended between two days, both included.
    """
    if alliance_id not in actor.alliance_ids:
        raise NotFound
    members = select(Membership.school_id).where(
        Membership.alliance_id == alliance_id, Membership.status == MembershipStatus.ACTIVE
    )
    query = (
        select(Contract)
        .outerjoin(Baseline, Baseline.contract_id == Contract.id)
        .join(Organisation, Organisation.id == Contract.school_id)
        .where(
            Contract.school_id.in_(members),
            or_(Contract.award_id.is_not(None), Baseline.contract_id.is_not(None)),
        )
        .options(joinedload(Contract.school))
        .order_by(Organisation.name, Contract.title, Contract.id)
    )
    found = _measured(session, list(session.scalars(query)), ended)
    by_school: dict[uuid.UUID, list[ContractSaving]] = defaultdict(list)
    for one in found:
        by_school[one.contract.school_id].append(one)
    schools = tuple(
        SchoolSaving(
            school_id,
            contracts[0].contract.school.name,
            len(contracts),
            sum(one.baseline is None for one in contracts),
            added_up(one.saving for one in contracts),
        )
        for school_id, contracts in by_school.items()
    )
    whole = SchoolSaving(
        alliance_id,
        "All schools",
        sum(one.contracts for one in schools),
        sum(one.unknown for one in schools),
        added_up(one.saving for one in schools),
    )
    return AllianceSavings(schools, whole, tuple(found))


def _measured(
    session: Session, contracts: Sequence[Contract], ended: tuple[date, date] | None = None
) -> list[ContractSaving]:
    """Contracts with their baselines and lines. Three queries, however many there are."""
    ids = [contract.id for contract in contracts]
    baselines, bought = _baselines(session, ids), accepted(session, ids)
    costs: dict[uuid.UUID, list[InvoicedCost]] = defaultdict(list)
    query = (
        select(InvoicedCost)
        .where(InvoicedCost.contract_id.in_(ids), InvoicedCost.taken_back_at.is_(None))
        .options(joinedload(InvoicedCost.recorder))
        .order_by(InvoicedCost.starts_on)
    )
    if ended:
        query = query.where(InvoicedCost.ends_on.between(*ended))
    for cost in session.scalars(query):
        costs[cost.contract_id].append(cost)
    return [
        ContractSaving(
            contract,
            baselines.get(contract.id),
            tuple(
                _line(baselines.get(contract.id), contract, cost, bought[contract.id])
                for cost in costs[contract.id]
            ),
        )
        for contract in contracts
    ]


def _baselines(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Baseline]:
    query = select(Baseline).where(Baseline.contract_id.in_(ids)).options(joinedload(Baseline.setter))
    return {one.contract_id: one for one in session.scalars(query)}


def _line(
    baseline: Baseline | None, contract: Contract, cost: InvoicedCost, bought: Sequence[Accepted]
) -> Line:
    terms = counted(cost.terms, bought)
    if terms is None:
        return Line(cost, None, "Nothing that was accepted for this time stands any more: not counted", None)
    saving = measure(baseline.terms, contract.annual_value, terms) if baseline else None
    return Line(cost, terms.amount, terms.source, saving)


def accepted(session: Session, contract_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[Accepted]]:
    """What schools accepted of their suppliers under contracts, by contract: before VAT, by day of supply."""
    query = (
        select(SupplierInvoice)
        .where(SupplierInvoice.contract_id.in_(contract_ids), SupplierInvoice.entry_id.is_not(None))
        .options(joinedload(SupplierInvoice.takes_back))
        .order_by(SupplierInvoice.issued_on, SupplierInvoice.id)
    )
    found: dict[uuid.UUID, list[Accepted]] = defaultdict(list)
    for one in session.scalars(query):
        assert one.contract_id, "only those of a contract were asked for"
        of = one.takes_back or one
        net = one.net if one.kind is Kind.INVOICE else -one.net
        found[one.contract_id].append(Accepted(of.supplied_on or of.issued_on, one.number, net))
    return found


def links_of_contract(session: Session, actor: Actor, contract: Contract) -> list[ContractLink]:  # noqa: ARG001  # a place's signature
    """From a contract's page to what it saves."""
    return [ContractLink("See what it saves", url_for("savings.show_contract", contract_id=contract.id))]
