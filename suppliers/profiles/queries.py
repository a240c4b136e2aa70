"""Questions about suppliers, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Organisation, Person, School
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind, Role
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import CommitmentStatus
from suppliers.profiles.models import ServedArea, ServedCategory, Supplier
from suppliers.profiles.rules import REGIONS


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Suppliers this actor may read: their own; people of schools and alliances may read all."""
    if actor.organisations(Kind.SCHOOL) or actor.organisations(Kind.ALLIANCE):
        return true()
    return Supplier.id.in_(actor.supplier_ids)


def get_supplier(session: Session, actor: Actor, supplier_id: uuid.UUID, *, lock: bool = False) -> Supplier:
    """A supplier the actor may read. Raises NotFound."""
    query = select(Supplier).where(Supplier.id == supplier_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Supplier, key_share=True)
    supplier = session.scalars(query).one_or_none()
    if supplier is None:
        raise NotFound
    return supplier


def get_own_supplier(
    session: Session, actor: Actor, supplier_id: uuid.UUID, *, lock: bool = False
) -> Supplier:
    """One of the actor's own suppliers. Raises NotFound for any other, even one they may read."""
    if supplier_id not in actor.supplier_ids:
        raise NotFound
    return get_supplier(session, actor, supplier_id, lock=lock)


def own_suppliers(session: Session, actor: Actor) -> list[Supplier]:
    """The suppliers this actor belongs to, by name."""
    query = (
        select(Supplier)
        .join(Organisation, Organisation.id == Supplier.id)
        .where(Supplier.id.in_(actor.supplier_ids))
        .order_by(Organisation.name)
    )
    return list(session.scalars(query))


def number_is_taken(session: Session, field: str, number: str, supplier_id: uuid.UUID) -> bool:
    """Did another supplier than this one register with this company or charity number?"""
    column = {"company_number": Supplier.company_number, "charity_number": Supplier.charity_number}[field]
    query = select(Supplier.id).where(column == number, Supplier.id != supplier_id)
    return session.scalars(query).first() is not None


def other_areas(session: Session) -> list[str]:
    """Local authorities of schools that the list of England does not name, such as one abroad."""
    listed = {area for areas in REGIONS.values() for area in areas}
    named = session.scalars(select(School.local_authority).distinct().order_by(School.local_authority))
    return [area for area in named if area and area not in listed]


def known_areas(session: Session) -> set[str]:
    """Every local authority that a supplier can say it serves."""
    return {area for areas in REGIONS.values() for area in areas} | set(other_areas(session))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a school looks for. Blank leaves nobody out; `area` finds those who serve everywhere too."""

    search: str = ""
    category: str | None = None
    area: str | None = None
    sme: bool = False
    vcse: bool = False


def matching(actor: Actor, wanted: Wanted) -> Select[Supplier]:
    """Suppliers that the actor may read and that are as wanted, by name."""
    query = (
        select(Supplier)
        .join(Organisation, Organisation.id == Supplier.id)
        .where(visible_to(actor))
        .order_by(func.lower(Organisation.name), Supplier.id)
        .options(selectinload(Supplier.served), selectinload(Supplier.places))
    )
    if wanted.search:
        columns = (Organisation.name, Supplier.company_number, Supplier.charity_number)
        query = query.where(or_(*(one.icontains(wanted.search, autoescape=True) for one in columns)))
    if wanted.category:
        query = query.where(Supplier.served.any(ServedCategory.category == wanted.category))
    if wanted.area:
        query = query.where(serving_areas([wanted.area]))
    if wanted.sme:
        query = query.where(Supplier.is_sme)
    if wanted.vcse:
        query = query.where(Supplier.is_vcse)
    return query


def serving_areas(authorities: Collection[str]) -> ColumnElement[bool]:
    """Suppliers that serve one of these local authorities: by name, or because they serve all."""
    return or_(~Supplier.places.any(), Supplier.places.any(ServedArea.area.in_(authorities)))


def count(session: Session, query: Select[Supplier]) -> int:
    """How many suppliers a query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def people_who_bid(session: Session, supplier_id: uuid.UUID) -> list[Person]:
    """Who may prepare and submit quotes for a supplier."""
    return alliance.people_with_role(session, [supplier_id], Role.SUPPLIER_ADMIN, Role.BIDDER)


def serves_tender() -> ColumnElement[bool]:
    """Does a supplier serve a tender's category, and one of its schools' local authorities if known?

    A condition between Supplier and Tender, both of them in the query that uses it.
    """
    authorities = (
        select(School.local_authority)
        .join(Commitment, Commitment.school_id == School.id)
        .where(Commitment.tender_id == Tender.id, Commitment.status == CommitmentStatus.COMMITTED)
        .correlate(Tender)
    )
    return and_(
        Supplier.served.any(ServedCategory.category == Tender.category),
        or_(
            ~Supplier.places.any(),
            ~authorities.exists(),
            Supplier.places.any(ServedArea.area.in_(authorities)),
        ),
    )


def serving(session: Session, tender: Tender) -> list[uuid.UUID]:
    """The suppliers that a tender concerns, by its category and its schools' local authorities."""
    query = select(Supplier.id).join(Tender, Tender.id == tender.id).where(serves_tender())
    return list(session.scalars(query))


def count_serving(session: Session, tender: Tender) -> int:
    """How many suppliers are told of a tender, for the button that publishes to them."""
    return len(serving(session, tender))
