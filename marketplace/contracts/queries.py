"""Questions about the register of contracts, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.rules import MembershipStatus
from marketplace.contracts.models import Contract, ContractDocument
from marketplace.contracts.rules import (
    DAYS_AHEAD,
    NOTICE_AHEAD,
    NOTICE_NEAR,
    ContractContent,
    Ending,
    months_in_words,
)
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Kind, Role
from marketplace.core.web import Task

SORTS = {
    "title": Contract.title,
    "school": Organisation.name,
    "supplier": Contract.supplier_name,
    "value": Contract.annual_value,
    "ends": Contract.runs_until,
    "notice": Contract.last_notice_on,
}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Contracts this actor may read: their schools', and a coordinator or auditor those of all members."""
    members = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE)),
        Membership.status == MembershipStatus.ACTIVE,
    )
    return or_(Contract.school_id.in_(actor.school_ids), Contract.school_id.in_(members))


def get_contract(session: Session, actor: Actor, contract_id: uuid.UUID, *, lock: bool = False) -> Contract:
    """A contract the actor may read. Raises NotFound."""
    query = select(Contract).where(Contract.id == contract_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Contract, key_share=True)
    contract = session.scalars(query).one_or_none()
    if contract is None:
        raise NotFound
    return contract


def get_document(
    session: Session, actor: Actor, contract_id: uuid.UUID, document_id: uuid.UUID
) -> ContractDocument:
    """A document of a contract that the actor may read. Raises NotFound."""
    document = session.scalars(
        select(ContractDocument)
        .join(Contract)
        .where(ContractDocument.id == document_id, Contract.id == contract_id, visible_to(actor))
    ).one_or_none()
    if document is None:
        raise NotFound
    return document


def reference_is_taken(session: Session, contract: Contract) -> bool:
    """Has another contract of the school this one's reference?"""
    others = select(Contract.id).where(
        Contract.school_id == contract.school_id,
        Contract.id != contract.id,
        func.lower(Contract.reference) == contract.reference.lower(),
    )
    return session.scalars(others.limit(1)).first() is not None


def content_of(contract: Contract) -> ContractContent:
    """What a contract says, as it was entered."""
    return ContractContent(
        category=contract.category,
        title=contract.title,
        supplier_name=contract.supplier_name,
        annual_value=contract.annual_value,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        notice_days=contract.notice_days,
        notice_months=contract.notice_months,
        renewal_months=contract.renewal_months,
        extension_months=contract.extension_months,
        reference=contract.reference,
    )


def search(
    actor: Actor,
    *,
    text: str = "",
    category_id: str | None = None,
    ending: Ending | None = None,
    school_id: uuid.UUID | None = None,
) -> Select[Contract]:
    """The contracts this actor may read, narrowed down; sort and slice it with `sorted_by`."""
    query = (
        select(Contract)
        .join(School, School.id == Contract.school_id)
        .join(Organisation, Organisation.id == School.id)
        .where(visible_to(actor))
        .options(contains_eager(Contract.school).contains_eager(School.organisation))
    )
    if text:
        columns = (
            Contract.title,
            Contract.supplier_name,
            Contract.tender_reference,
            Contract.reference,
            Organisation.name,
        )
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if category_id:
        query = query.where(Contract.category == category_id)
    if ending is not None:
        query = query.where(_ends(ending, clock.today()))
    if school_id is not None:
        query = query.where(Contract.school_id == school_id)
    return query


def _ends(ending: Ending, today: date) -> ColumnElement[bool]:
    if ending is Ending.OVER:
        return Contract.runs_until < today
    if ending is Ending.NOTICE:
        return Contract.last_notice_on.between(today, today + NOTICE_AHEAD)
    if ending is Ending.LATER:
        return Contract.runs_until > today + timedelta(days=DAYS_AHEAD[Ending.A_YEAR])
    return Contract.runs_until.between(today, today + timedelta(days=DAYS_AHEAD[ending]))


def sorted_by(query: Select[Contract], sort: str, *, descending: bool) -> Select[Contract]:
    """The query in the order of one of SORTS, with ties always in the same order."""
    column = SORTS[sort]
    return query.order_by(column.desc() if descending else column.asc(), Contract.id)


def count(session: Session, query: Select[Contract]) -> int:
    """How many contracts a query finds."""
    rows = query.with_only_columns(Contract.id).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def baselines_for(
    session: Session, school_ids: Collection[uuid.UUID], category: str, on: date
) -> dict[uuid.UUID, Money]:
    """What schools pay a year, before VAT, by their contracts of a category that run on a day.

    Not scoped to a reader: for a stage that has checked that its reader may see these schools' spending.
    A school without such a contract is not named.
    """
    query = (
        select(Contract.school_id, func.sum(Contract.annual_value).label("total"))
        .where(
            Contract.school_id.in_(school_ids),
            Contract.category == category,
            Contract.starts_on <= on,
            Contract.runs_until >= on,
        )
        .group_by(Contract.school_id)
    )
    return {row.school_id: row.total for row in session.execute(query)}


def baseline_for(session: Session, school_id: uuid.UUID, category: str, on: date) -> Money | None:
    """What one school pays a year by its contracts of a category; None without one. See `baselines_for`."""
    return baselines_for(session, [school_id], category, on).get(school_id)


def of_a_school(session: Session, actor: Actor, school_id: uuid.UUID, category: str) -> list[Contract]:
    """A school's contracts of a category that the actor may read, the one that runs longest first."""
    query = select(Contract).where(
        Contract.school_id == school_id, Contract.category == category, visible_to(actor)
    )
    return list(session.scalars(query.order_by(Contract.runs_until.desc(), Contract.id)))


def schools_with_contracts(session: Session, actor: Actor) -> dict[uuid.UUID, str]:
    """The names of the schools of which this actor may read a contract, by id, in their order."""
    query = (
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(select(Contract.school_id).where(visible_to(actor))))
        .order_by(Organisation.name)
    )
    return {row.id: row.name for row in session.execute(query)}


def asks_for_notice(contract: Contract) -> bool:
    """Is there a last day on which to act? Not where no notice is needed and it just ends."""
    return bool(contract.notice_days or contract.notice_months or contract.renewal_months)


def due_to_renew(session: Session, today: date) -> list[uuid.UUID]:
    """Contracts that renew themselves and whose last safe notice date has passed, by their ids."""
    query = (
        select(Contract.id)
        .where(Contract.renewal_months > 0, Contract.last_notice_on < today)
        .order_by(Contract.id)
    )
    return list(session.scalars(query))


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Contracts of the actor's schools whose last safe notice date, or end without notice, comes near.

    The nearest are named one by one; those farther ahead, of which a school is warned too, are counted.
    """
    schools = actor.organisations(Kind.SCHOOL, Role.BURSAR, Role.HEADTEACHER)
    today = clock.today()
    query = (
        search(actor)
        .where(
            Contract.school_id.in_(schools),
            Contract.last_notice_on.between(today, today + NOTICE_AHEAD),
        )
        .order_by(Contract.last_notice_on, Contract.id)
    )
    found = list(session.scalars(query))
    near = [contract for contract in found if contract.last_notice_on <= today + NOTICE_NEAR]
    tasks = [_task(contract) for contract in near]
    if later := found[len(near) :]:
        tasks.append(_later(later))
    return tasks


def _later(contracts: Sequence[Contract]) -> Task:
    """One line for what has to be decided, but not yet."""
    many = len(contracts) > 1
    return Task(
        f"Decide in good time about {f'{len(contracts)} contracts' if many else contracts[0].title}",
        url_for("contracts.register", ending=Ending.NOTICE, sort="notice"),
        "Give notice, buy again, or let it go on."
        if not many
        else f"Their last days for notice lie within {NOTICE_AHEAD.days} days.",
        contracts[0].last_notice_on,
    )


def _task(contract: Contract) -> Task:
    if contract.renewal_months:
        consequence = f"It renews by itself for {months_in_words(contract.renewal_months)}."
    else:
        consequence = "Plan what follows."
    what = "Give notice or renew" if asks_for_notice(contract) else "About to end"
    return Task(
        f"{what}: {contract.title} with {contract.supplier_name}",
        url_for("contracts.show", contract_id=contract.id),
        f"{contract.school.name}. {consequence}",
        contract.last_notice_on,
    )
