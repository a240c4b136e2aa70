"""Questions about suppliers, scoped to who asks."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Organisation, Person
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind, Role
from suppliers.profiles.models import ServedCategory, Supplier


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Suppliers this actor may read: their own; people of schools and alliances may read all."""
    if actor.organisations(Kind.SCHOOL) or actor.organisations(Kind.ALLIANCE):
        return true()
    return Supplier.id.in_(actor.supplier_ids)


def get_supplier(session: Session, actor: Actor, supplier_id: uuid.UUID, *, lock: bool = False) -> Supplier:
    """A supplier the actor may read. Raises NotFound."""
    query = select(Supplier).where(Supplier.id == supplier_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Supplier)
    supplier = session.scalars(query).one_or_none()
    if supplier is None:
        raise NotFound
    return supplier


def own_suppliers(session: Session, actor: Actor) -> list[Supplier]:
    """The suppliers this actor belongs to, by name."""
    query = (
        select(Supplier)
        .join(Organisation, Organisation.id == Supplier.id)
        .where(Supplier.id.in_(actor.supplier_ids))
        .order_by(Organisation.name)
    )
    return list(session.scalars(query))


def company_is_taken(session: Session, company_number: str, supplier_id: uuid.UUID) -> bool:
    """Did another supplier than this one register with this company number?"""
    query = select(Supplier.id).where(Supplier.company_number == company_number, Supplier.id != supplier_id)
    return session.scalars(query).first() is not None


def matching(actor: Actor, search: str, category: str | None) -> Select[Supplier]:
    """Suppliers whose name or company number contains a text and who serve a category, by name.

    A blank text or no category leaves nobody out.
    """
    query = (
        select(Supplier)
        .join(Organisation, Organisation.id == Supplier.id)
        .where(visible_to(actor))
        .order_by(func.lower(Organisation.name), Supplier.id)
        .options(selectinload(Supplier.served))
    )
    if search:
        query = query.where(
            or_(
                Organisation.name.icontains(search, autoescape=True),
                Supplier.company_number.icontains(search, autoescape=True),
            )
        )
    if category:
        query = query.where(Supplier.served.any(ServedCategory.category == category))
    return query


def count(session: Session, query: Select[Supplier]) -> int:
    """How many suppliers a query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def people_who_bid(session: Session, supplier_id: uuid.UUID) -> list[Person]:
    """Who may prepare and submit quotes for a supplier."""
    return alliance.people_with_role(session, [supplier_id], Role.SUPPLIER_ADMIN, Role.BIDDER)


def people_serving(session: Session, category: str) -> list[Person]:
    """Who may quote for a supplier that serves a category."""
    serving = list(
        session.scalars(select(ServedCategory.supplier_id).where(ServedCategory.category == category))
    )
    return alliance.people_with_role(session, serving, Role.SUPPLIER_ADMIN, Role.BIDDER)


def count_serving(session: Session, category: str) -> int:
    """How many suppliers serve a category, for the button that publishes to them."""
    serving = select(func.count()).select_from(ServedCategory).where(ServedCategory.category == category)
    return session.scalar(serving) or 0
