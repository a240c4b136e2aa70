"""Questions about documents of suppliers. Load the supplier as its reader first: see `profiles.queries`."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Person, School
from marketplace.contracts.models import Contract
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Role
from suppliers.profiles.documents.models import DocumentReminder, Reliance, SupplierDocument
from suppliers.profiles.documents.rules import LIVE, THRESHOLDS, DocumentStatus, threshold
from suppliers.profiles.queries import get_supplier


def of_supplier(session: Session, supplier_id: uuid.UUID) -> list[SupplierDocument]:
    """A supplier's documents that were not taken away, by kind, the one that ends last first."""
    query = (
        select(SupplierDocument)
        .where(
            SupplierDocument.supplier_id == supplier_id,
            SupplierDocument.status != DocumentStatus.RETIRED,
        )
        .order_by(SupplierDocument.kind, SupplierDocument.ends_on.desc(), SupplierDocument.id)
        .options(joinedload(SupplierDocument.checker), joinedload(SupplierDocument.school))
    )
    return list(session.scalars(query))


def checkers(session: Session, actor: Actor, documents: Collection[SupplierDocument]) -> dict[uuid.UUID, str]:
    """Who checked each document, for its reader: by name for the supplier and for members of one alliance.

    Schools of other alliances rely on the check too, but are told no more than that a school made it.
    """
    known = {
        *session.scalars(
            select(School.id).where(
                School.id.in_({one.checked_for for one in documents}), alliance.visible_to(actor)
            )
        )
    }
    return {
        one.id: f"{one.checker.name}, {one.school.name}"
        if one.checked_for in known or one.supplier_id in actor.supplier_ids
        else "A school of another alliance"
        for one in documents
        if one.checker and one.school
    }


def get_document(
    session: Session, actor: Actor, supplier_id: uuid.UUID, document_id: uuid.UUID, *, lock: bool = False
) -> SupplierDocument:
    """A document of a supplier that the actor may read. Raises NotFound."""
    get_supplier(session, actor, supplier_id)
    query = select(SupplierDocument).where(
        SupplierDocument.id == document_id, SupplierDocument.supplier_id == supplier_id
    )
    document = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if document is None:
        raise NotFound
    return document


def uses(session: Session, supplier_id: uuid.UUID, school_id: uuid.UUID) -> bool:
    """Did this school ask to hear before the supplier's documents end?"""
    return session.get(Reliance, (supplier_id, school_id)) is not None


def using_schools(
    session: Session, supplier_ids: Collection[uuid.UUID], today: date
) -> dict[uuid.UUID, set[uuid.UUID]]:
    """By supplier, the schools that use its documents: who asked to, and who has a running contract."""
    asked = select(Reliance.supplier_id, Reliance.school_id).where(Reliance.supplier_id.in_(supplier_ids))
    bound = select(Contract.supplier_id, Contract.school_id).where(
        Contract.supplier_id.in_(supplier_ids), Contract.runs_until >= today
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for row in [*session.execute(asked), *session.execute(bound)]:
        if row.supplier_id is not None:
            found.setdefault(row.supplier_id, set()).add(row.school_id)
    return found


def used_suppliers(session: Session, school_ids: Collection[uuid.UUID], today: date) -> set[uuid.UUID]:
    """The suppliers whose documents one of these schools uses."""
    asked = select(Reliance.supplier_id).where(Reliance.school_id.in_(school_ids))
    bound = select(Contract.supplier_id).where(
        Contract.school_id.in_(school_ids), Contract.runs_until >= today, Contract.supplier_id.is_not(None)
    )
    return {one for query in (asked, bound) for one in session.scalars(query) if one}


def ending(
    session: Session, today: date, supplier_ids: Collection[uuid.UUID] | None = None
) -> list[SupplierDocument]:
    """Documents that end within the first threshold and that no later one of their kind replaces."""
    last = today + timedelta(days=max(THRESHOLDS))
    live = (
        select(SupplierDocument)
        .where(SupplierDocument.status.in_(LIVE), SupplierDocument.ends_on >= today)
        .order_by(SupplierDocument.ends_on, SupplierDocument.id)
        .options(joinedload(SupplierDocument.supplier))
    )
    if supplier_ids is not None:
        live = live.where(SupplierDocument.supplier_id.in_(supplier_ids))
    near = list(session.scalars(live.where(SupplierDocument.ends_on <= last)))
    later = select(SupplierDocument.supplier_id, SupplierDocument.kind).where(
        SupplierDocument.status.in_(LIVE),
        SupplierDocument.ends_on > last,
        SupplierDocument.supplier_id.in_([one.supplier_id for one in near]),
    )
    replaced = {(row.supplier_id, row.kind) for row in session.execute(later)}
    return [one for one in near if (one.supplier_id, one.kind) not in replaced]


def due(session: Session, today: date) -> list[tuple[SupplierDocument, int]]:
    """Documents with a reminder that is due and was not given, with its threshold, the nearest end first."""
    near = ending(session, today)
    given = {
        (row.document_id, row.threshold)
        for row in session.scalars(
            select(DocumentReminder).where(DocumentReminder.document_id.in_([one.id for one in near]))
        )
    }
    reached = [(one, threshold(one.ends_on, today)) for one in near]
    return [(one, days) for one, days in reached if days and (one.id, days) not in given]


def people_of_supplier(session: Session, supplier_id: uuid.UUID) -> list[Person]:
    """Who looks after a supplier's documents."""
    return alliance.people_with_role(session, [supplier_id], Role.SUPPLIER_ADMIN)


def people_of_school(session: Session, school_id: uuid.UUID) -> list[Person]:
    """Who hears for a school that a supplier's document ends."""
    return alliance.people_with_role(session, [school_id], Role.BURSAR, Role.FINANCE_LEAD)
