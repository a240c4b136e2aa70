"""What people do about layouts: copy a shipped one, change it, remove it, bring it back."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy.orm import Session

from invoicing.exports.layouts import queries, rules
from invoicing.exports.layouts.models import ExportLayout, ExportLayoutVersion
from invoicing.exports.layouts.rules import Layout
from invoicing.exports.layouts.shipped import shipped
from marketplace.alliance import queries as alliance
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor


def copy_layout(actor: Actor, layout_id: uuid.UUID, school_id: uuid.UUID, key: str) -> None:
    """Make a shipped layout a school's own, to be changed. Raises NotFound for a key that is none."""
    with transaction() as session:
        school = alliance.get_school(session, actor, school_id)
        policy.require(actor, Act.LAYOUT_COPY, school.id)
        known = session.get(ExportLayout, layout_id)
        if known is not None:
            if known.school_id != school.id:
                raise NotFound
            return
        if key not in shipped():
            raise NotFound
        wanted = shipped()[key].layout
        layout = ExportLayout(id=layout_id, school_id=school.id, based_on=key)
        _write(actor, layout, replace(wanted, name=_free_name(session, school.id, wanted.name)))
        session.add(layout)
        session.flush()
        events.record(session, actor, Act.LAYOUT_COPY, layout.id, organisation_id=school.id, layout=key)


def edit_layout(actor: Actor, layout_id: uuid.UUID, version: int, wanted: Layout) -> None:
    """Change a school's layout; what it said before is kept. Raises RuleBroken or Stale."""
    with transaction() as session:
        layout = queries.get_layout(session, actor, layout_id, lock=True)
        policy.require(actor, Act.LAYOUT_EDIT, layout.school_id)
        if layout.removed_at is not None:
            raise RuleBroken("This layout was removed. Bring it back before you change it.")
        if layout.content == rules.as_data(wanted):
            return
        expect_version(layout, version)
        rules.check_layout(wanted)
        if queries.name_is_taken(session, layout.school_id, wanted.name, but=layout.id):
            raise RuleBroken(
                f"Your school has a layout called “{wanted.name}” already. Choose another name.", "name"
            )
        _write(actor, layout, wanted)
        session.flush()
        events.record(session, actor, Act.LAYOUT_EDIT, layout.id, organisation_id=layout.school_id)


def remove_layout(actor: Actor, layout_id: uuid.UUID, version: int) -> None:
    """Take a layout off the list. It is kept, and can be brought back. Raises Stale."""
    with transaction() as session:
        layout = queries.get_layout(session, actor, layout_id, lock=True)
        policy.require(actor, Act.LAYOUT_REMOVE, layout.school_id)
        if layout.removed_at is not None:
            return
        expect_version(layout, version)
        layout.removed_at, layout.removed_by = clock.now(), actor.person_id
        session.flush()
        events.record(session, actor, Act.LAYOUT_REMOVE, layout.id, organisation_id=layout.school_id)


def restore_layout(actor: Actor, layout_id: uuid.UUID) -> None:
    """Bring a removed layout back, under another name where its own is used again."""
    with transaction() as session:
        layout = queries.get_layout(session, actor, layout_id, lock=True)
        policy.require(actor, Act.LAYOUT_RESTORE, layout.school_id)
        if layout.removed_at is None:
            return
        layout.removed_at = layout.removed_by = None
        if queries.name_is_taken(session, layout.school_id, layout.name, but=layout.id):
            kept = rules.from_data(layout.content)
            name = _free_name(session, layout.school_id, kept.name)
            _write(actor, layout, replace(kept, name=name))
        session.flush()
        events.record(session, actor, Act.LAYOUT_RESTORE, layout.id, organisation_id=layout.school_id)


def _write(actor: Actor, layout: ExportLayout, wanted: Layout) -> None:
    """Put what is wanted on a layout, as its newest version."""
    assert actor.person_id, "people keep layouts"
    layout.name, layout.side, layout.content = wanted.name, wanted.side, rules.as_data(wanted)
    layout.versions.append(
        ExportLayoutVersion(
            number=max((one.number for one in layout.versions), default=0) + 1,
            content=layout.content,
            saved_by=actor.person_id,
            saved_at=clock.now(),
        )
    )


def _free_name(session: Session, school_id: uuid.UUID, name: str) -> str:
    """The name, or the first with a number after it that no layout in use has."""
    free, count = name, 1
    while queries.name_is_taken(session, school_id, free, but=uuid.UUID(int=0)):
        count += 1
        free = f"{name} ({count})"
    return free
