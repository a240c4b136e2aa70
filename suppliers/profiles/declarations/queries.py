"""Questions about declarations. Load the supplier as its reader first: see `profiles.queries`."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from suppliers.profiles.declarations.grounds import Edition, Ground, edition_on
from suppliers.profiles.declarations.models import Declaration
from suppliers.profiles.declarations.rules import NONE, Declared


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """A version of a declaration as pages show it, with the grounds that apply in words."""

    id: uuid.UUID
    number: int
    made_by: str
    made_at: datetime
    edition: Edition
    declared: Declared
    grounds: tuple[Ground, ...]


def latest(session: Session, supplier_id: uuid.UUID) -> Declaration | None:
    """The version that counts now; None before the first."""
    query = (
        select(Declaration)
        .where(Declaration.supplier_id == supplier_id)
        .order_by(Declaration.number.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def latest_of(session: Session, supplier_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Declaration]:
    """The versions that count now, by supplier; suppliers that never declared are left out."""
    newest = (
        select(Declaration.supplier_id, func.max(Declaration.number).label("number"))
        .where(Declaration.supplier_id.in_(supplier_ids))
        .group_by(Declaration.supplier_id)
        .subquery()
    )
    query = (
        select(Declaration)
        .join(
            newest,
            and_(Declaration.supplier_id == newest.c.supplier_id, Declaration.number == newest.c.number),
        )
        .options(joinedload(Declaration.person))
    )
    return {one.supplier_id: one for one in session.scalars(query)}


def versions(session: Session, supplier_id: uuid.UUID) -> list[DeclarationView]:
    """Every version, the newest first."""
    query = (
        select(Declaration)
        .where(Declaration.supplier_id == supplier_id)
        .order_by(Declaration.number.desc())
        .options(joinedload(Declaration.person))
    )
    return [view(one) for one in session.scalars(query)]


def view(row: Declaration) -> DeclarationView:
    """A version as pages show it."""
    declared = declared_in(row)
    edition = edition_on(row.holds_from)
    return DeclarationView(
        row.id,
        row.number,
        row.person.name,
        row.made_at,
        edition,
        declared,
        edition.named(declared.applying),
    )


def declared_in(row: Declaration) -> Declared:
    """What a version holds. One from before each ground had its account says the same of all its grounds."""
    held = row.content
    grounds = (*held["mandatory"], *held["discretionary"])
    accounts = held.get("accounts") or {one: held.get("account", "") for one in grounds if one != NONE}
    return Declared(
        mandatory=tuple(held["mandatory"]),
        discretionary=tuple(held["discretionary"]),
        accounts=accounts,
        connected=tuple(held["connected"]),
        sub_contractors=tuple(held["sub_contractors"]),
        conflict=held["conflict"],
    )
