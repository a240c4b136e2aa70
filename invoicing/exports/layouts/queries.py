"""Questions about layouts of schools, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.exports.layouts.models import ExportLayout
from marketplace.alliance.models import Membership
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Layouts of the actor's schools, and of the schools they audit."""
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(ExportLayout.school_id.in_(actor.school_ids), ExportLayout.school_id.in_(audited))


def get_layout(session: Session, actor: Actor, layout_id: uuid.UUID, *, lock: bool = False) -> ExportLayout:
    """A layout the actor may read, with its versions and school. Raises NotFound."""
    query = (
        select(ExportLayout)
        .where(ExportLayout.id == layout_id, visible_to(actor))
        .options(joinedload(ExportLayout.school), selectinload(ExportLayout.versions))
    )
    if lock:
        query = query.with_for_update(of=ExportLayout)
    layout = session.scalars(query).one_or_none()
    if layout is None:
        raise NotFound
    return layout


def layouts(session: Session, actor: Actor, *, removed: bool = False) -> Sequence[ExportLayout]:
    """The layouts the actor may read, by name: those in use, or those that were removed."""
    query = (
        select(ExportLayout)
        .where(
            visible_to(actor),
            ExportLayout.removed_at.is_not(None) if removed else ExportLayout.removed_at.is_(None),
        )
        .options(joinedload(ExportLayout.school))
        .order_by(func.lower(ExportLayout.name), ExportLayout.id)
    )
    return session.scalars(query).all()


def editing_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this actor keeps layouts."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.LAYOUT_COPY].roles)


def name_is_taken(session: Session, school_id: uuid.UUID, name: str, *, but: uuid.UUID) -> bool:
    """Has the school another layout of this name in use?"""
    query = select(ExportLayout.id).where(
        ExportLayout.school_id == school_id,
        ExportLayout.removed_at.is_(None),
        func.lower(ExportLayout.name) == name.lower(),
        ExportLayout.id != but,
    )
    return session.scalar(query) is not None
