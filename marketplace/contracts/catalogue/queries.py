"""Questions about the added categories."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Enum, func, select
from sqlalchemy.orm import Session

from marketplace.contracts.catalogue.models import CategoryCatalogue
from marketplace.contracts.categories import CATALOGUE, read_category
from marketplace.core.db import Base


def uses(session: Session, category_id: str) -> dict[str, int]:
    """How many of which things are in a category; only what there is any of.

    Whatever stage a table belongs to, its column called `category` names one; an invoice's enum is of VAT.
    """
    counted = {
        table.name.replace("_", " "): session.scalar(
            select(func.count()).select_from(table).where(table.c.category == category_id)
        )
        or 0
        for table in Base.metadata.sorted_tables
        if "category" in table.c and not isinstance(table.c.category.type, Enum)
    }
    return {what: number for what, number in counted.items() if number}


def latest(session: Session, *, lock: bool = False) -> CategoryCatalogue | None:
    """The catalogue of added categories that counts; None while nobody has added any."""
    query = select(CategoryCatalogue).order_by(CategoryCatalogue.number.desc()).limit(1)
    return session.scalars(query.with_for_update() if lock else query).first()


def entries(catalogue: CategoryCatalogue | None) -> dict[str, dict[str, Any]]:
    """The entries of a catalogue by the ids of their categories."""
    return {row["id"]: row for row in catalogue.content["categories"]} if catalogue else {}


def refresh(session: Session) -> None:
    """Let this process know the categories as they are stored now.

    It asks for one id, and reads the catalogue only when that is another than it knows: so a category that
    was imported elsewhere is there from the next page on, without a restart.
    """
    newest: uuid.UUID | None = session.scalar(
        select(CategoryCatalogue.id).order_by(CategoryCatalogue.number.desc()).limit(1)
    )
    if newest != CATALOGUE.edition:
        CATALOGUE.add((read_category(row) for row in entries(latest(session)).values()), newest)
